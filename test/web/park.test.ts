import { expect } from 'chai'
import express from 'express'
import { once } from 'node:events'
import type { Server } from 'node:http'
import type { AddressInfo } from 'node:net'
import type { Login } from '../../server/identity/index.ts'
import { createAttempts } from '../../server/shared/attempts-store.ts'
import { parkWithout, takeParked } from '../../server/web/park.ts'
import { sessions } from '../../server/web/session.ts'
import { testDatabase } from '../support/database.ts'

/** Far ahead: what is past by its own clock MongoDB erases, at any moment. */
const START = new Date('2126-03-02T09:00:00Z')
const MINUTE = 60_000

describe('a form that is sent after its session ended', () => {
  const database = testDatabase()
  let server: Server
  let at = START
  const now = () => at

  before(async () => {
    const { connection } = database
    const settings = { client: connection.getClient(), dbName: connection.name, secret: 'of the test', https: false }
    const app = express()
    app.use((_req, res, next) => {
      res.locals['municipality'] = { id: 'vallechiara' }
      next()
    })
    app.use(sessions({ ...settings, attempts: createAttempts({ connection, now }), now }))
    app.use(express.urlencoded({ extended: false, limit: '512kb' }))
    app.post('/login', (req, res) => {
      req.session.login = { at: now() } as Login
      req.session.municipality = 'vallechiara'
      res.end()
    })
    app.use(parkWithout((req) => req.session.login))
    app.get('/form', (req, res) => void res.json(takeParked(req) ?? null))
    app.use((_req, res) => void res.end())
    server = app.listen(0, '127.0.0.1')
    await once(server, 'listening')
  })
  after(() => server.close())

  const rows = () => database.connection.collection<{ _id: string }>('sessions')
  beforeEach(async () => {
    at = START
    await rows().deleteMany({})
    await database.connection.collection('attempts').deleteMany({})
  })

  const ask = (path: string, cookie: string, body?: Record<string, string>, headers?: Record<string, string>) =>
    fetch(`http://127.0.0.1:${(server.address() as AddressInfo).port}${path}`, {
      headers: { cookie, ...headers },
      ...(body && { method: 'POST', body: new URLSearchParams(body) }),
    })
  const cookieOf = (answer: Response): string => answer.headers.getSetCookie()[0]?.split(';')[0] ?? ''
  /** The cookie of somebody whose session is over. */
  async function ended(): Promise<string> {
    const cookie = cookieOf(await ask('/login', '', {}))
    await rows().deleteMany({})
    return cookie
  }
  const found = async (cookie: string): Promise<unknown> => (await ask('/form', cookie)).json()

  it('is there once at its page, in the browser that sent it', async () => {
    const cookie = cookieOf(await ask('/form', await ended(), { via: 'Roma' }))
    expect(await found('')).to.equal(null)
    expect(await found(cookie)).to.deep.equal({ via: 'Roma' })
    expect(await found(cookie)).to.equal(null)
  })

  it('is kept also where the cookie went with the session, and nothing is of whoever only looks', async () => {
    await ask('/form', '')
    expect(await rows().countDocuments()).to.equal(0)
    expect(await found(cookieOf(await ask('/form', '', { via: 'Roma' })))).to.deep.equal({ via: 'Roma' })
  })

  it('leaves no cookie when another site sent it: it would take the place of that of a session that goes on', async () => {
    for (const site of ['cross-site', 'same-site']) {
      // Browsers send no SameSite=Lax cookie along.
      const answer = await ask('/form', '', { via: 'Roma' }, { 'sec-fetch-site': site })
      expect(answer.headers.getSetCookie(), site).to.deep.equal([])
    }
    expect(await rows().countDocuments()).to.equal(0)
    expect(await database.connection.collection('attempts').countDocuments(), 'counted').to.equal(0)
  })

  it('is kept only so often from one network, until a quarter of an hour is over', async () => {
    const cookie = await ended()
    for (let sent = 0; sent < 80; sent += 1) await ask('/form', cookie, { via: 'Roma' })
    expect(await rows().countDocuments()).to.equal(60)
    at = new Date(START.getTime() + 15 * MINUTE)
    await ask('/form', cookie, { via: 'Roma' })
    expect(await rows().countDocuments()).to.equal(61)
  })

  it('is not kept when it is far longer than any of ours', async () => {
    const cookie = cookieOf(await ask('/form', await ended(), { text: 'x'.repeat(65 * 1024) }))
    expect(await found(cookie)).to.equal(null)
    const long = { text: 'x'.repeat(60 * 1024) }
    expect(await found(cookieOf(await ask('/form', await ended(), long)))).to.deep.equal(long)
  })

  it('is gone after half an hour without a login, however often it is looked at', async () => {
    const cookie = cookieOf(await ask('/form', await ended(), { via: 'Roma' }))
    at = new Date(START.getTime() + 29 * MINUTE)
    await ask('/elsewhere', cookie)
    at = new Date(START.getTime() + 31 * MINUTE)
    expect(await found(cookie)).to.equal(null)
  })
})
