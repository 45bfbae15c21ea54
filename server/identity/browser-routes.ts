import { randomBytes } from 'node:crypto'
import type { Request, Response } from 'express'
import { localPath, type Wishes } from './login-request.ts'
import type { Level } from './person.ts'

/** What the procedures of a municipality normally ask. */
const DEFAULT_LEVEL: Level = 2

/** What the address that starts a login asks for: level, kind of identity, and where to go on. */
export function wishesOf({ query }: Request): Wishes {
  const { livello, ritorno, uso } = query
  const level = typeof livello === 'string' && /^[123]$/.test(livello) ? (Number(livello) as Level) : DEFAULT_LEVEL
  return { level, returnTo: localPath(ritorno), professional: uso === 'professionale' }
}

const cookieName = (https: boolean): string => (https ? '__Host-accesso' : 'accesso')

/** The secret that this browser keeps, if it has one. */
export function browserSecret(req: Request, https: boolean): string | undefined {
  const pairs = (req.headers.cookie ?? '').split(';').map((pair) => pair.trim().split('='))
  const value = pairs.find(([name]) => name === cookieName(https))?.[1]
  return value !== undefined && /^[\w-]{32}$/.test(value) ? value : undefined
}

/**
 * Binds the login to this browser: only the browser with this secret can bring the response. One secret serves all the
 * logins that a browser begins at the same time in several tabs.
 *
 * The provider's page posts the response from another site, and browsers then send only `SameSite=None; Secure`
 * cookies. Without TLS (development) Secure is impossible, and None without Secure is dropped; a cookie with no SameSite
 * attribute at all still goes along with a top-level POST for two minutes (Chrome's "Lax + POST"), hence none.
 */
export function keepBrowserSecret(req: Request, res: Response, https: boolean): string {
  const secret = browserSecret(req, https) ?? randomBytes(24).toString('base64url')
  const attributes = { httpOnly: true, path: '/' } as const
  res.cookie(cookieName(https), secret, https ? { ...attributes, secure: true, sameSite: 'none' } : attributes)
  return secret
}
