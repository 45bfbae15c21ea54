import type { Request } from 'express'
import type { SessionData } from 'express-session'
import { deviceOf } from './device.ts'
import type { Login } from './person.ts'
import './session.ts'

/** Where a login leads that was begun on the way to nowhere. */
export const AFTER_LOGIN = '/area-personale'

/** Id of this request's session when it holds something to go on with, or a login to replace. */
export function unfinishedSession({ session, sessionID }: Request): string | undefined {
  return session.login || session.parked || session.returnTo ? sessionID : undefined
}

type Opening = Readonly<{
  /** Id of the municipality for which the person logged in. */
  municipality: string
  /** The session in which the login was begun. */
  previous: string | undefined
  idToken?: string
}>

/**
 * Opens a session of its own for a person who has just logged in: a new id, so that whoever knew or planted the old one
 * is not logged in (session fixation). The response comes from another site, so the browser may not have sent the
 * visitor's session cookie (SameSite=Lax): `previous` is the session in which the login was begun. What it had left
 * unfinished goes on in the new one, and it ends, also when it was logged in at a lower level.
 */
export async function renewSession(
  req: Request,
  login: Login,
  { municipality, previous, idToken }: Opening,
): Promise<{ returnTo: string | undefined }> {
  const before = previous === undefined ? undefined : await storedSession(req, previous)
  if (before && previous !== undefined) await endStoredSession(req, previous)
  await done((callback) => req.session.regenerate(callback))
  req.session.login = login
  req.session.municipality = municipality
  req.session.device = deviceOf(req.get('user-agent'))
  if (idToken !== undefined) req.session.idToken = idToken
  if (before?.parked) req.session.parked = before.parked
  return { returnTo: before?.returnTo }
}

/** Ends this request's session: its cookie opens nothing any more. */
export async function endSession(req: Request): Promise<void> {
  await done((callback) => req.session.destroy(callback))
}

/** Ends a session by its id, whichever browser holds it. */
export async function endStoredSession(req: Request, id: string): Promise<void> {
  await done((callback) => req.sessionStore.destroy(id, callback))
}

async function storedSession(req: Request, id: string): Promise<SessionData | undefined> {
  return new Promise((resolve, reject) => {
    req.sessionStore.get(id, (error: unknown, session) => {
      if (error) reject(asError(error))
      else resolve(session ?? undefined)
    })
  })
}

/** express-session calls back; the rest of us awaits. */
async function done(work: (callback: (error?: unknown) => void) => void): Promise<void> {
  return new Promise((resolve, reject) => {
    work((error) => {
      if (error) reject(asError(error))
      else resolve()
    })
  })
}

const asError = (thrown: unknown): Error => (thrown instanceof Error ? thrown : new Error(String(thrown)))
