import { createHash } from 'node:crypto'
import type { Connection } from 'mongoose'
import { oldestLogin } from '../shared/session-limits.ts'
import type { Login } from './person.ts'

type Row = {
  _id: string
  session: { login?: Login; municipality?: string; device?: string }
  expires: Date
  lastModified: Date
}

/** A session in which somebody is logged in, as far as they need to know it again. */
export type OpenSession = Readonly<{
  /** Names the session in a form. It is derived from its id, which is the secret of the browser that holds it. */
  handle: string
  login: Login
  device: string
  /** To the minute. */
  lastUsed: Date
}>

/** A person's sessions at one municipality; what they do at another of the same platform is not told there. */
type Whose = Readonly<{ municipality: string; /** Account key. */ person: string }>

export const handleOf = (sessionId: string): string =>
  createHash('sha256').update(sessionId).digest('base64url').slice(0, 22)

export type OpenSessions = ReturnType<typeof createOpenSessions>

/** The sessions that the web layer keeps (web/session-store.ts), looked up by whose they are. */
export function createOpenSessions(connection: Connection, now: () => Date) {
  const sessions = connection.collection<Row>('sessions')
  const ready = sessions
    .createIndexes([{ key: { 'session.login.person.key': 1 }, sparse: true }])
    .catch(() => undefined)
  const rowsOf = async ({ municipality, person }: Whose): Promise<Row[]> => {
    await ready
    // As the web layer lets in: neither idle too long nor logged in too long ago.
    const alive = { expires: { $gt: now() }, 'session.login.at': { $gt: oldestLogin(now()) } }
    const theirs = { 'session.login.person.key': person, 'session.municipality': municipality }
    return sessions.find({ ...theirs, ...alive }).toArray()
  }

  return {
    /** Last used first. */
    async ofPerson(whose: Whose): Promise<OpenSession[]> {
      const open = (await rowsOf(whose)).flatMap(({ _id, session: { login, device }, lastModified }) =>
        login
          ? [{ handle: handleOf(_id), login, device: device ?? 'Browser sconosciuto', lastUsed: lastModified }]
          : [],
      )
      return open.sort((a, b) => b.lastUsed.getTime() - a.lastUsed.getTime())
    },

    /** Ends those of the person's sessions that `chosen` picks, whichever browser holds them; returns how many. */
    async close(whose: Whose, chosen: (handle: string) => boolean): Promise<number> {
      const ids = (await rowsOf(whose)).map(({ _id }) => _id).filter((id) => chosen(handleOf(id)))
      const { deletedCount } = await sessions.deleteMany({ _id: { $in: ids } })
      return deletedCount
    },
  }
}
