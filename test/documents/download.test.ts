import { expect } from 'chai'
import { randomBytes } from 'node:crypto'
import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import { sendDocument, type StoredDocument } from '../../server/documents/index.ts'
import { AppError } from '../../server/errors.ts'
import { attachmentHeaders } from '../../server/shared/attachment.ts'
import { testReceiver } from './receiver.ts'

type Wishes = Readonly<{
  scan?: StoredDocument['scan']
  method?: string
  open?: (document: StoredDocument) => AsyncIterable<Uint8Array>
}>

const OF_CONNECTION = ['date', 'connection', 'keep-alive']

describe('a download', () => {
  const room = testReceiver()

  async function download(
    bytes: Buffer,
    name: string,
    mediaType: string,
    { scan, method = 'GET', open = (document) => room.documents.open(document) }: Wishes = {},
  ): Promise<Response> {
    const { documents } = room
    const stored = await documents.store(bytes, {
      municipality: 'm',
      filing: 'f',
      kind: 'attachment',
      at: new Date(),
      name,
      mediaType,
    })
    const document = { ...stored, ...(scan && { scan }) }
    const server = createServer((_req, res) => {
      sendDocument(res, document, open(document)).catch((error: unknown) => {
        res.statusCode = error instanceof AppError ? error.status : 500
        res.end()
      })
    }).listen(0, '127.0.0.1')
    await new Promise((ready) => server.once('listening', ready))
    try {
      return await fetch(`http://127.0.0.1:${(server.address() as AddressInfo).port}/`, { method })
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

  it('is told of without being read', async () => {
    const bytes = randomBytes(3_000_000)
    const asked = await download(bytes, 'pianta.pdf', 'application/pdf')
    await asked.arrayBuffer()
    // eslint-disable-next-line require-yield -- nothing of it may be asked for
    const open = async function* (): AsyncGenerator<Uint8Array> {
      throw new Error('The file was read')
    }
    const told = await download(bytes, 'pianta.pdf', 'application/pdf', { method: 'HEAD', open })
    const headers = (response: Response) => [...response.headers].filter(([name]) => !OF_CONNECTION.includes(name))
    expect(headers(told)).to.deep.equal(headers(asked))
    expect(told.headers.get('content-length')).to.equal('3000000')
    expect(told.headers.get('accept-ranges')).to.equal('none')
  })

  const inert = ['application/pdf', 'application/pkcs7-mime', 'application/zip', 'image/png', 'text/plain', 'text/csv']
  const run = [
    ...['application/xml', 'text/xml', 'text/html', 'application/xhtml+xml', 'image/svg+xml', 'message/rfc822'],
    ...[
      'multipart/related',
      'text/javascript',
      'application/javascript',
      'text/css',
      'application/json',
      'application/wasm',
    ],
    ...[
      'application/xslt+xml',
      'application/x-shockwave-flash',
      'text/vtt',
      'application/pdf; x',
      'image/jpeg\r\nx: y',
      '',
    ],
  ]
  it('never has a type that a browser would run', async () => {
    for (const mediaType of inert) expect(attachmentHeaders('a', mediaType)['Content-Type']).to.equal(mediaType)
    for (const mediaType of run)
      expect(attachmentHeaders('a', mediaType)['Content-Type'], mediaType).to.equal('application/octet-stream')
    const response = await download(Buffer.from('<script/>'), 'a.html', 'text/html')
    expect(response.headers.get('content-type')).to.equal('application/octet-stream')
  })

  it('warns of what was not scanned, and is not given with a virus', async () => {
    const pending = await download(Buffer.from('x'), 'a.pdf', 'application/pdf', { scan: 'pending' })
    expect(pending.headers.get('content-disposition')).to.include('NON-CONTROLLATO-a.pdf')
    expect((await download(Buffer.from('x'), 'a.pdf', 'application/pdf', { scan: 'infected' })).status).to.equal(410)
  })
})
