import type { Request } from 'express'
import type { SessionData } from 'express-session'
import type { Login } from './person.ts'
import './session.ts'

/**
 * Opens a session of its own for a person who has just logged in: a new id, so that whoever knew or planted the old one
 * is not logged in (session fixation). The response comes from another site, so the browser may not have sent the
 * visitor's session cookie (SameSite=Lax): `previous` is the session in which the login was begun. What it had left
 * unfinished goes on in the new one, and it ends, also when it was logged in at a lower level.
 */
export async function renewSession(
  req: Request,
  login: Login,
  previous: string,
): Promise<{ returnTo: string | undefined }> {
  const before = await storedSession(req, previous)
  if (before) await endStoredSession(req, previous)
  await new Promise<void>((resolve, reject) => {
    req.session.regenerate((error: unknown) => (error ? reject(asError(error)) : resolve()))
  })
  req.session.login = login
  if (before?.parked) req.session.parked = before.parked
  await new Promise<void>((resolve, reject) => {
    req.session.save((error: unknown) => (error ? reject(asError(error)) : resolve()))
  })
  return { returnTo: before?.returnTo }
}

/** Ends this request's session: its cookie opens nothing any more. */
export async function endSession(req: Request): Promise<void> {
  await new Promise<void>((resolve, reject) => {
    req.session.destroy((error: unknown) => (error ? reject(asError(error)) : resolve()))
  })
}

/** Ends a session by its id, whichever browser holds it. */
export async function endStoredSession(req: Request, id: string): Promise<void> {
  await new Promise<void>((resolve, reject) => {
    req.sessionStore.destroy(id, (error: unknown) => (error ? reject(asError(error)) : resolve()))
  })
}

async function storedSession(req: Request, id: string): Promise<SessionData | undefined> {
  return new Promise((resolve, reject) => {
    req.sessionStore.get(id, (error: unknown, session) =>
      error ? reject(asError(error)) : resolve(session ?? undefined),
    )
  })
}

const asError = (thrown: unknown): Error => (thrown instanceof Error ? thrown : new Error(String(thrown)))
