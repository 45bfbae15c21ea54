import { expect } from 'chai'
import { randomBytes } from 'node:crypto'
import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import { sendDocument } from '../../server/documents/index.ts'
import { testReceiver } from './receiver.ts'

describe('a download', () => {
  const room = testReceiver()

  async function download(bytes: Buffer, name: string, mediaType: string): Promise<Response> {
    const { documents } = room
    const document = await documents.store(bytes, {
      municipality: 'm',
      filing: 'f',
      kind: 'attachment',
      at: new Date(),
      name,
      mediaType,
    })
    const server = createServer((_req, res) => void sendDocument(res, document, documents.open(document))).listen(
      0,
      '127.0.0.1',
    )
    await new Promise((ready) => server.once('listening', ready))
    try {
      return await fetch(`http://127.0.0.1:${(server.address() as AddressInfo).port}/`)
    } finally {
      server.close()
    }
  }

  it('is to be saved, whole, under its name', async () => {
    const bytes = randomBytes(3_000_000)
    const response = await download(bytes, 'pianta è.pdf', 'application/pdf')
    expect(response.headers.get('content-disposition')).to.equal(
      `attachment; filename="pianta e.pdf"; filename*=UTF-8''pianta%20%C3%A8.pdf`,
    )
    expect(response.headers.get('content-type')).to.equal('application/pdf')
    expect(response.headers.get('x-content-type-options')).to.equal('nosniff')
    expect(response.headers.get('content-security-policy')).to.include('sandbox')
    expect(Buffer.from(await response.arrayBuffer())).to.deep.equal(bytes)
  })

  it('never has a type that a browser would run', async () => {
    for (const mediaType of [
      'application/xml',
      'text/html',
      'image/svg+xml',
      'message/rfc822',
      'application/xhtml+xml',
    ]) {
      expect((await download(Buffer.from('<a/>'), 'a.xml', mediaType)).headers.get('content-type'), mediaType).to.equal(
        'application/octet-stream',
      )
    }
  })
})
