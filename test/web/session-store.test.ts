import { expect } from 'chai'
import type { Request } from 'express'
import type { SessionData, Store } from 'express-session'
import type { Login } from '../../server/identity/index.ts'
import { createSessionStore } from '../../server/web/session-store.ts'
import { testDatabase } from '../support/database.ts'

const MINUTE = 60_000

describe('the sessions in the database', () => {
  const database = testDatabase()
  // Far ahead: what is past by its own clock MongoDB erases, at any moment.
  let at = new Date('2126-03-02T09:00:00Z')
  let store: Store

  before(() => {
    const { connection } = database
    const client = connection.getClient()
    store = createSessionStore({ client, dbName: connection.name, idleMinutes: 30, now: () => at })
  })

  const pass = (minutes: number) => (at = new Date(at.getTime() + minutes * MINUTE))
  const fresh = (csrf: string) =>
    ({ csrf, cookie: { data: { path: '/', originalMaxAge: null } } }) as unknown as SessionData
  const set = (id: string, session: SessionData) =>
    new Promise<void>((done, fail) =>
      store.set(id, session, (error?: unknown) => (error instanceof Error ? fail(error) : done())),
    )
  const destroy = (id: string) => new Promise<void>((done) => store.destroy(id, () => done()))
  /** As a request meets it. */
  const load = (id: string) =>
    new Promise<SessionData | undefined>((done, fail) =>
      store.load(id, (error: unknown, session) => (error instanceof Error ? fail(error) : done(session))),
    )

  it('lasts half an hour after it was last read, however often', async () => {
    await set('read', { ...fresh('token'), login: { at } as Login })
    for (let reading = 0; reading < 3; reading += 1) {
      pass(29)
      expect(await load('read')).to.include({ csrf: 'token' })
    }
    pass(31)
    expect(await load('read')).to.equal(undefined)
  })

  it('is put off by no reading of another, and without a login by none at all', async () => {
    await set('parked', fresh('token'))
    await set('logged in', { ...fresh('token'), login: { at } as Login })
    pass(29)
    expect(await load('parked')).to.include({ csrf: 'token' })
    expect(await load('logged in')).to.include({ csrf: 'token' })
    pass(2)
    expect(await load('parked')).to.equal(undefined)
    expect(await load('logged in')).to.include({ csrf: 'token' })
  })

  it('is not brought back by a request that was under way when it was ended', async () => {
    await set('ended', fresh('token'))
    const underWay = await load('ended')
    if (!underWay) throw new Error('No session')
    await destroy('ended')
    underWay.csrf = 'another'
    await set('ended', underWay)
    expect(await load('ended')).to.equal(undefined)
  })

  it('keeps what a request changed in it', async () => {
    await set('changed', fresh('token'))
    const session = await load('changed')
    if (!session) throw new Error('No session')
    session.csrf = 'another'
    await set('changed', session)
    expect(await load('changed')).to.include({ csrf: 'another' })
  })

  it('ends with the login that another one replaces; of a visitor there is nothing to end', async () => {
    await set('replaced', fresh('token'))
    const known = await load('replaced')
    if (!known) throw new Error('No session')
    expect(await renewed('replaced', known)).to.equal('another')
    expect(await load('replaced')).to.equal(undefined)

    await set('of somebody else', fresh('token'))
    expect(await renewed('of somebody else', fresh('token'))).to.equal('another')
    expect(await load('of somebody else')).to.include({ csrf: 'token' })
  })

  /** The session's id after a login in it. */
  const renewed = async (sessionID: string, session: SessionData): Promise<string> => {
    const req = { sessionID, session, sessionStore: store } as unknown as Request
    // What express-session adds to the store.
    Object.assign(store, { generate: (of: Request) => Object.assign(of, { sessionID: 'another' }) })
    await new Promise((done) => store.regenerate(req, done))
    return req.sessionID
  }
})
