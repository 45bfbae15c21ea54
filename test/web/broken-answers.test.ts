import { expect } from 'chai'
import express from 'express'
import { get, request, type IncomingMessage } from 'node:http'
import type { AddressInfo } from 'node:net'
import { once } from 'node:events'
import { Readable } from 'node:stream'
import { pipeline } from 'node:stream/promises'
import { AppError } from '../../server/errors.ts'
import { errorHandler } from '../../server/web/error-handler.ts'

type Line = Readonly<{ level: string; about: Record<string, unknown>; message: string }>

describe('an answer that breaks on its way', () => {
  const lines: Line[] = []
  const at = (level: string) => (about: object, message: string) =>
    void lines.push({ level, about: about as Record<string, unknown>, message })
  let source: Readable
  const app = express()
  app.get('/', async (_req, res) => {
    res.locals['requestId'] = 'r1'
    await pipeline(source, res)
  })
  app.post('/', async (req) => {
    await new Promise((resume) => req.on('error', () => undefined).once('close', resume))
    throw new AppError('BAD_REQUEST', 'The form was cut off')
  })
  app.use(errorHandler({ info: at('info'), warn: at('warn'), error: at('error') }))
  const server = app.listen(0, '127.0.0.1')
  after(() => {
    server.close()
  })
  beforeEach(() => (lines.length = 0))

  async function begun(): Promise<IncomingMessage> {
    const asking = get({ host: '127.0.0.1', port: (server.address() as AddressInfo).port })
    const [response] = (await once(asking, 'response')) as [IncomingMessage]
    await once(response, 'data')
    return response
  }
  const logged = async (): Promise<Line | undefined> => {
    while (lines.length === 0) await new Promise((resume) => setTimeout(resume, 5))
    return lines[0]
  }

  it('because the visitor left is no error, and leaves nothing open', async () => {
    source = Readable.from(endless(), { objectMode: false })
    const response = await begun()
    response.destroy()
    expect(await logged()).to.deep.include({ level: 'info', message: 'answer not waited for' })
    expect(source.destroyed).to.equal(true)
  })

  it('because the visitor left before its first byte is no error either', async () => {
    source = new Readable({ read: () => undefined })
    const asking = get({ host: '127.0.0.1', port: (server.address() as AddressInfo).port }).on('error', () => undefined)
    await once(server, 'request')
    asking.destroy()
    expect(await logged()).to.deep.include({ level: 'info', message: 'answer not waited for' })
  })

  it('because the visitor left while sending is a request refused', async () => {
    const options = { host: '127.0.0.1', port: (server.address() as AddressInfo).port, method: 'POST' }
    const sending = request(options).on('error', () => undefined)
    sending.write('half of')
    await once(server, 'request')
    sending.destroy()
    expect(await logged()).to.deep.include({ level: 'info', message: 'request refused' })
  })

  it('because we failed is an error in the log, under the number of the request, and never looks whole', async () => {
    source = Readable.from(failing(), { objectMode: false })
    const response = await begun()
    const [error] = (await once(response, 'error')) as [Error]
    expect(error).to.include({ code: 'ECONNRESET' })
    const line = await logged()
    expect(line?.level).to.equal('error')
    expect(line?.about).to.include({ requestId: 'r1' })
    expect((line?.about['err'] as Error).message).to.equal('A piece is missing')
  })
})

async function* endless(): AsyncGenerator<Buffer> {
  for (;;) {
    yield Buffer.alloc(64 * 1024)
    await new Promise((resume) => setImmediate(resume))
  }
}

async function* failing(): AsyncGenerator<Buffer> {
  yield Buffer.alloc(64 * 1024)
  await new Promise((resume) => setTimeout(resume, 20))
  throw new Error('A piece is missing')
}
