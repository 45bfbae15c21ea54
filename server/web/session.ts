import type { RequestHandler } from 'express'
import session from 'express-session'
import type { MongoClient } from 'mongodb'
import { createSessionStore } from './session-store.ts'

/** Idle time after which a person must log in again: long enough to look for a document at home, short at a shared computer. */
const IDLE_MINUTES = 30
/** No session outlives a working day, however busy (spid-cie.md §7). */
const ABSOLUTE_HOURS = 10

type Settings = { client: unknown; dbName: string; secret: string; https: boolean; now: () => Date }

/** Sessions in MongoDB, so that any web process answers any request. Nothing is stored for visitors who do not log in. */
export function sessions({ client, dbName, secret, https, now }: Settings): RequestHandler[] {
  const store = createSessionStore({ client: client as MongoClient, dbName, idleMinutes: IDLE_MINUTES, now })
  return [
    (req, _res, next) => {
      // With a public address on https, TLS ends at the proxy in front of us, whether or not it says so.
      if (https) req.headers['x-forwarded-proto'] = 'https'
      next()
    },
    session({
      name: https ? '__Host-sportello' : 'sportello',
      secret,
      store,
      resave: false,
      saveUninitialized: false,
      proxy: https,
      cookie: { httpOnly: true, sameSite: 'lax', secure: https, path: '/' },
    }),
    (req, _res, next) => {
      const login = req.session.login
      if (login && now().getTime() - new Date(login.at).getTime() > ABSOLUTE_HOURS * 3_600_000)
        delete (req.session as Partial<typeof req.session>).login
      next()
    },
  ]
}

export const SESSION_COOKIES = ['sportello', '__Host-sportello'] as const
