import { expect } from 'chai'
import { randomBytes } from 'node:crypto'
import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http'
import { connect, type AddressInfo } from 'node:net'
import { uploadForm, type UploadedForm } from '../../server/documents/index.ts'
import { AppError } from '../../server/errors.ts'
import { JPEG_BYTES, makePdf } from './files.ts'
import { testReceiver } from './receiver.ts'

const PDF_ONLY = {
  kind: 'attachment',
  accept: ['application/pdf'],
  maxBytes: 1_000_000,
  municipality: 'm',
  filing: 'f',
  sender: 'giulia',
} as const

describe('a form with files', () => {
  const room = testReceiver()
  let server: Server
  let outcome: { form?: UploadedForm; error?: unknown }

  async function answer(req: IncomingMessage, res: ServerResponse): Promise<void> {
    outcome = {}
    try {
      outcome.form = await uploadForm(req, {
        maxFiles: 3,
        maxBytes: 40_000_000,
        authorize(fields) {
          if (fields.get('_csrf') !== 'right') throw new AppError('NOT_ALLOWED', 'CSRF token missing or wrong')
        },
        receive: ({ stream, name }) => room.documents.receive(stream, { ...PDF_ONLY, name, at: new Date() }),
      })
      res.end('taken')
    } catch (error) {
      outcome.error = error
      res.statusCode = error instanceof AppError ? error.status : 500
      res.end('refused')
    }
  }

  before(async () => {
    server = createServer((req, res) => void answer(req, res)).listen(0, '127.0.0.1')
    await new Promise((ready) => server.once('listening', ready))
  })
  after(() => server.close())

  const port = () => (server.address() as AddressInfo).port
  const stored = () => room.database.connection.collection('documents').countDocuments()
  const nothingStaged = async () =>
    expect(await room.database.connection.collection('stagedContents').countDocuments()).to.equal(0)

  function post(...parts: [name: string, value: string | Buffer, filename?: string][]): Promise<Response> {
    const body = new FormData()
    for (const [name, value, filename] of parts) {
      if (typeof value === 'string') body.append(name, value)
      else body.append(name, new Blob([new Uint8Array(value)]), filename)
    }
    return fetch(`http://127.0.0.1:${port()}/`, { method: 'POST', body })
  }

  it('gives the fields, and each file stored', async () => {
    const pdf = await makePdf()
    const response = await post(
      ['_csrf', 'right'],
      ['nota', 'è qui'],
      ['planimetria', pdf, 'pianta è.pdf'],
      ['relazione', pdf, 'la "nuova"\r\n100%20.pdf'],
    )
    expect(response.status).to.equal(200)
    const { fields, files } = outcome.form!
    expect(Object.fromEntries(fields)).to.deep.equal({ _csrf: 'right', nota: 'è qui' })
    expect(files.map(({ field, name }) => [field, name])).to.deep.equal([
      ['planimetria', 'pianta è.pdf'],
      ['relazione', 'la _nuova_100%20.pdf'],
    ])
    expect(await room.documents.bytes(files[0]!.document!)).to.deep.equal(pdf)
  })

  it('does not mistake an input left empty for a file', async () => {
    await post(['_csrf', 'right'], ['file', Buffer.alloc(0), ''])
    expect(outcome.form?.files).to.deep.equal([])
  })

  it('takes the good files and says what is wrong with the others', async () => {
    await post(
      ['_csrf', 'right'],
      ['a', JPEG_BYTES, 'foto.jpg'],
      ['b', await makePdf(), 'b.pdf'],
      ['c', Buffer.alloc(0), 'vuoto.pdf'],
    )
    const [photo, pdf, empty] = outcome.form!.files
    expect(photo!.error).to.have.property('code', 'UNSUPPORTED_TYPE')
    expect(pdf!.document).to.have.property('mediaType', 'application/pdf')
    expect(empty!.error).to.have.property('code', 'INVALID_INPUT')
  })

  it('reads past a file that is too large, so that the browser gets an answer', async () => {
    const response = await post(
      ['_csrf', 'right'],
      ['a', Buffer.concat([await makePdf(), randomBytes(20_000_000)]), 'a.pdf'],
      ['b', await makePdf(), 'b.pdf'],
    )
    expect(response.status).to.equal(200)
    expect(outcome.form!.files[0]!.error).to.have.property('code', 'TOO_LARGE')
    expect(outcome.form!.files[1]).to.have.property('document')
    await nothingStaged()
  })

  it('stores nothing when the token is wrong, missing or after the file', async () => {
    const before = await stored()
    const pdf: [string, Buffer, string] = ['a', await makePdf(), 'a.pdf']
    for (const parts of [
      [['_csrf', 'wrong'], pdf],
      [pdf],
      [pdf, ['_csrf', 'right']],
      [['_csrf', 'wrong'], ['_csrf', 'right'], pdf],
    ]) {
      expect((await post(...(parts as Parameters<typeof post>))).status).to.equal(403)
    }
    expect((await post(['_csrf', 'wrong'])).status, 'without a file').to.equal(403)
    expect(await stored()).to.equal(before)
    await nothingStaged()
  })

  it('answers a refused form of 30 MB after having let the browser send it', async () => {
    const response = await post(['_csrf', 'wrong'], ['a', randomBytes(30_000_000), 'a.pdf'])
    expect(response.status).to.equal(403)
    expect(await response.text()).to.equal('refused')
  })

  it('refuses a form that is declared too long before reading it', async () => {
    expect((await post(['_csrf', 'right'], ['a', Buffer.alloc(40_000_001), 'a.pdf'])).status).to.equal(413)
  })

  it('takes as many files as it may, with what was typed, and says so of the others', async () => {
    const file: [string, Buffer, string] = ['a', await makePdf(), 'a.pdf']
    expect((await post(['_csrf', 'right'], file, file, file, file, file, ['testo', 'Scritto'])).status).to.equal(200)
    const { fields, files } = outcome.form!
    expect(fields.get('testo')).to.equal('Scritto')
    expect(files.map(({ error }) => error?.code)).to.have.members([undefined, undefined, undefined, 'TOO_LARGE'])
  })

  it('refuses fields without end, and what is no form', async () => {
    const before = await stored()
    expect((await post(['_csrf', 'right'], ['x', 'a'.repeat(200_000)])).status).to.equal(413)
    const fields = Array.from({ length: 300 }, (_, i): [string, string] => [`x${i}`, ''])
    expect((await post(['_csrf', 'right'], ...fields)).status).to.equal(413)
    const json = await fetch(`http://127.0.0.1:${port()}/`, {
      method: 'POST',
      body: '{}',
      headers: { 'content-type': 'application/json' },
    })
    expect(json.status).to.equal(400)
    expect(await stored()).to.equal(before)
    await nothingStaged()
  })

  it('refuses a form whose end is missing', async () => {
    const boundary = 'X'
    const pdf = await makePdf()
    const head = `--X\r\nContent-Disposition: form-data; name="_csrf"\r\n\r\nright\r\n--X\r\nContent-Disposition: form-data; name="a"; filename="a.pdf"\r\n\r\n`
    const response = await fetch(`http://127.0.0.1:${port()}/`, {
      method: 'POST',
      body: new Uint8Array(Buffer.concat([Buffer.from(head), pdf])),
      headers: { 'content-type': `multipart/form-data; boundary=${boundary}` },
    })
    expect(response.status).to.equal(400)
    expect((outcome.error as AppError).explanation).to.include('si è interrotto')
    await nothingStaged()
  })

  const encoded = 'form-data; name="a"\r\nContent-Type: text/plain; charset=utf-7'
  for (const part of ['form-data', 'form-data; filename="a.pdf"', 'form-data; filename=""', encoded])
    it(`refuses a part without a name, or in no encoding (${part.replace('\r\n', ', ')}), which no browser sends`, async () => {
      const before = await stored()
      const body = `--X\r\nContent-Disposition: form-data; name="_csrf"\r\n\r\nright\r\n--X\r\nContent-Disposition: ${part}\r\n\r\nx\r\n--X--\r\n`
      const headers = { 'content-type': 'multipart/form-data; boundary=X' }
      const response = await fetch(`http://127.0.0.1:${port()}/`, { method: 'POST', body, headers })
      expect(response.status).to.equal(400)
      expect(await stored()).to.equal(before)
    })

  it('gives up what a browser that goes away had begun to send', async () => {
    const before = await stored()
    const socket = connect(port(), '127.0.0.1')
    const head =
      '--X\r\nContent-Disposition: form-data; name="_csrf"\r\n\r\nright\r\n--X\r\nContent-Disposition: form-data; name="a"; filename="a.pdf"\r\n\r\n'
    socket.write(
      `POST / HTTP/1.1\r\nHost: x\r\nContent-Type: multipart/form-data; boundary=X\r\nContent-Length: 9000000\r\n\r\n${head}`,
    )
    socket.write(await makePdf())
    socket.write(randomBytes(600_000))
    const staged = room.database.connection.collection('stagedContents')
    while ((await staged.countDocuments()) === 0) await new Promise((wait) => setTimeout(wait, 5))
    socket.destroy()
    while (!outcome.error) await new Promise((wait) => setTimeout(wait, 5))
    expect(outcome.error).to.have.property('code', 'BAD_REQUEST')
    expect(await stored()).to.equal(before)
    await nothingStaged()
  })

  it('does not take the name of a field for a property of objects', async () => {
    await post(['_csrf', 'right'], ['__proto__', 'x'], ['constructor', 'y'])
    expect(outcome.form!.fields.get('__proto__')).to.equal('x')
    expect(({} as Record<string, unknown>)['x']).to.equal(undefined)
  })
})
