import { expect } from 'chai'
import compression from 'compression'
import express from 'express'
import session from 'express-session'
import { MongoNetworkError } from 'mongodb'
import { get, request, type IncomingMessage } from 'node:http'
import type { AddressInfo } from 'node:net'
import { once } from 'node:events'
import { Readable } from 'node:stream'
import { pipeline } from 'node:stream/promises'
import { AppError } from '../../server/errors.ts'
import { errorHandler } from '../../server/web/error-handler.ts'
import { endingWhole } from '../../server/web/session.ts'
import { viewsBelow } from '../../server/web/views.ts'

type Line = Readonly<{ level: string; about: Record<string, unknown>; message: string }>

describe('an answer that breaks on its way', () => {
  const lines: Line[] = []
  const at = (level: string) => (about: object, message: string) =>
    void lines.push({ level, about: about as Record<string, unknown>, message })
  let source: Readable
  const app = express()
  app.set('views', 'templates').set('view engine', 'hbs').engine('hbs', viewsBelow(process.cwd()).engine)
  app.get('/', async (_req, res) => {
    res.locals['requestId'] = 'r1'
    await pipeline(source, res)
  })
  app.post('/', async (req) => {
    await new Promise((resume) => req.on('error', () => undefined).once('close', resume))
    throw new AppError('BAD_REQUEST', 'The form was cut off')
  })
  const store = new (class extends session.MemoryStore {
    override set(...[, , done]: Parameters<session.MemoryStore['set']>): void {
      done?.(new Error('The session cannot be saved'))
    }
  })()
  app.get('/refused', session({ store, secret: 's', resave: false, saveUninitialized: true }), () => {
    throw new AppError('NOT_FOUND', 'No such page')
  })
  const unsaved = endingWhole(session({ store, secret: 's', resave: false, saveUninitialized: true }))
  const long = Array.from({ length: 10_000 }, (_, index) => index).join()
  app.get('/unsaved', compression(), unsaved, (_req, res) => void res.send(long))
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

  it('because the database went away is told as that', async () => {
    source = Readable.from(failing(new MongoNetworkError('read ECONNRESET')), { objectMode: false })
    await once(await begun(), 'error')
    expect((await logged())?.about)
      .to.include({ code: 'UPSTREAM_UNAVAILABLE' })
      .and.not.have.property('err')
  })

  it('because the session of an error page cannot be saved is a line in the log, and nothing beside it', async () => {
    const printed: unknown[] = []
    const write = process.stderr.write.bind(process.stderr)
    process.stderr.write = (what) => printed.push(what) > 0
    try {
      const response = await fetch(`http://127.0.0.1:${(server.address() as AddressInfo).port}/refused`)
      expect(response.status).to.equal(404)
      while (lines.length + printed.length < 2) await new Promise((resume) => setTimeout(resume, 5))
    } finally {
      process.stderr.write = write
    }
    expect(printed).to.deep.equal([])
    expect((lines[1]?.about['err'] as Error).message).to.equal('The session cannot be saved')
  })

  it('does so for no session that could not be saved: the page comes whole, and the log has the failure', async () => {
    const response = await fetch(`http://127.0.0.1:${(server.address() as AddressInfo).port}/unsaved`)
    expect(response.headers.get('content-encoding')).to.equal('gzip')
    expect(await response.text()).to.equal(long)
    expect(((await logged())?.about['err'] as Error).message).to.equal('The session cannot be saved')
  })
})

async function* endless(): AsyncGenerator<Buffer> {
  for (;;) {
    yield Buffer.alloc(64 * 1024)
    await new Promise((resume) => setImmediate(resume))
  }
}

async function* failing(error = new Error('A piece is missing')): AsyncGenerator<Buffer> {
  yield Buffer.alloc(64 * 1024)
  await new Promise((resume) => setTimeout(resume, 20))
  throw error
}
