import { Store, type SessionData } from 'express-session'
import type { Request } from 'express'
import type { Collection, MongoClient } from 'mongodb'
import { askTogether } from '../shared/ask-together.ts'

type Row = { _id: string; session: SessionData; expires: Date; lastModified: Date }
type Done = (error?: unknown) => void
type Settings = Readonly<{ client: MongoClient; dbName: string; idleMinutes: number; now: () => Date }>

/** A session in use is written again only so often: reading a page costs one query. */
const RENEW_AFTER_MS = 60_000

/**
 * Sessions in MongoDB. A session is put off when it is read, not when the answer ends: a store with `touch` makes
 * express-session hold back the last byte of every page. A session that was ended meanwhile is not written again, or the
 * request that was under way would bring it back to life.
 */
export function createSessionStore(settings: Settings): Store {
  return new SessionStore(settings)
}

class SessionStore extends Store {
  readonly #sessions: Collection<Row>
  readonly #idleMs: number
  readonly #now: () => Date
  /** Of sessions that are not past their time. */
  readonly #row: (id: string) => Promise<Row | undefined>
  /** Sessions of which the database has a row, as far as this process knows. */
  readonly #kept = new WeakSet<object>()

  constructor({ client, dbName, idleMinutes, now }: Settings) {
    super()
    this.#sessions = client.db(dbName).collection<Row>('sessions')
    this.#idleMs = idleMinutes * 60_000
    this.#now = now
    this.#row = askTogether((ids) => {
      const inUse = { _id: { $in: ids }, expires: { $gt: now() } }
      return this.#sessions.find(inUse).hint({ _id: 1 }).toArray()
    })
    // What is past its time is nobody's session any more, erased or not: without the index it only takes up room.
    this.#sessions.createIndexes([{ key: { expires: 1 }, expireAfterSeconds: 0 }]).catch(() => undefined)
  }

  override createSession(...[req, data]: Parameters<Store['createSession']>): ReturnType<Store['createSession']> {
    const session = super.createSession(req, data)
    this.#kept.add(session)
    return session
  }

  override get(id: string, done: (error: unknown, session?: SessionData | null) => void): void {
    this.#find(id).then((session) => done(null, session), done)
  }

  override set(id: string, session: SessionData, done: Done = () => undefined): void {
    const { data: cookie } = session.cookie as unknown as { data: SessionData['cookie'] }
    const kept = { session: { ...session, cookie }, ...this.#putOff() }
    const write = this.#sessions.updateOne({ _id: id }, { $set: kept }, { upsert: !this.#kept.has(session) })
    write.then(() => {
      this.#kept.add(session)
      done()
    }, done)
  }

  /** Of a visitor who logs in nothing was kept until now: there is nothing to end. */
  override regenerate(req: Request, done: Done): void {
    if (this.#kept.has(req.session)) {
      super.regenerate(req, done)
      return
    }
    req.sessionStore.generate(req)
    done()
  }

  override destroy(id: string, done: Done = () => undefined): void {
    this.#sessions.deleteOne({ _id: id }).then(() => done(), done)
  }

  async #find(id: string): Promise<SessionData | null> {
    const row = await this.#row(id)
    if (!row) return null
    // What is parked without a login is there for as long as a login takes, however often it is looked at.
    if ('login' in row.session && this.#now().getTime() - row.lastModified.getTime() > RENEW_AFTER_MS)
      await this.#sessions.updateOne({ _id: id }, { $set: this.#putOff() })
    return row.session
  }

  #putOff(): Pick<Row, 'expires' | 'lastModified'> {
    const now = this.#now()
    return { expires: new Date(now.getTime() + this.#idleMs), lastModified: now }
  }
}
