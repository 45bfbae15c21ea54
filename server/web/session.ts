import type { IncomingMessage } from 'node:http'
import type { RequestHandler } from 'express'
import session from 'express-session'
import type { MongoClient } from 'mongodb'
import type { Attempts } from '../shared/attempts.ts'
import { IDLE_MINUTES, oldestLogin } from '../shared/session-limits.ts'
import { parking } from './park.ts'
import { UnsavedSession } from './error-handler.ts'
import { createSessionStore } from './session-store.ts'

type Settings = {
  client: unknown
  dbName: string
  secret: string
  https: boolean
  attempts: Pick<Attempts, 'take'>
  now: () => Date
}

/** Sessions in MongoDB, so that any web process answers any request. Nothing is stored for visitors who do not log in. */
export function sessions({ client, dbName, secret, https, attempts, now }: Settings): RequestHandler[] {
  const store = createSessionStore({ client: client as MongoClient, dbName, idleMinutes: IDLE_MINUTES, now })
  return [
    (req, _res, next) => {
      // With a public address on https, TLS ends at the proxy in front of us, whether or not it says so.
      if (https) req.headers['x-forwarded-proto'] = 'https'
      next()
    },
    endingWhole(
      session({
        name: https ? '__Host-sportello' : 'sportello',
        secret,
        store,
        resave: false,
        saveUninitialized: false,
        proxy: https,
        cookie: { httpOnly: true, sameSite: 'lax', secure: https, path: '/' },
      }),
    ),
    ownSessions,
    bareRedirects,
    (req, _res, next) => {
      const login = req.session.login
      if (login && login.at <= oldestLogin(now())) delete (req.session as Partial<typeof req.session>).login
      next()
    },
    parking(attempts),
  ]
}

/**
 * A login counts for the municipality to which it was addressed (SAML audience, its own staff directory), and for no other on the same
 * platform. Browsers keep a cookie to its host: one that comes to another was carried there by hand, and its session ends.
 */
const ownSessions: RequestHandler = (req, res, next) => {
  const { id } = res.locals['municipality'] as { id: string }
  if (req.session.login && req.session.municipality !== id) req.session.regenerate(next)
  else next()
}

/**
 * express-session goes on a second time when it could not save the session as the page ended, and ends the page all the same. That is no
 * failure of the page: to cut the connection for it would break what the person reads, or the way to the next page, which says itself
 * that the database is away.
 */
export const endingWhole =
  (sessionOf: RequestHandler): RequestHandler =>
  (req, res, next) => {
    let hasBegun = false
    return sessionOf(req, res, (error?: unknown) => {
      const isLate = hasBegun
      hasBegun = true
      next(isLate ? new UnsavedSession(error) : error)
    })
  }

/**
 * Redirects without a body. Of an answer with one, express-session sends the head before it has saved the session, and a quick browser
 * would ask for the next page with the session as it was: what was just put in it would be lost.
 */
export const bareRedirects: RequestHandler = (_req, res, next) => {
  res.redirect = (...[first, second]: [string] | [number, string]): void => {
    const [status, address] = typeof first === 'number' ? [first, second ?? ''] : [302, first]
    res.status(status).location(address).end()
  }
  next()
}

export const SESSION_COOKIES = ['sportello', '__Host-sportello'] as const

/** Whether a browser says that it has a session; whether there is one, the database knows. */
export function hasSession({ headers: { cookie } }: IncomingMessage): boolean {
  return cookie !== undefined && SESSION_COOKIES.some((name) => cookie.includes(`${name}=`))
}
