import type { Request, RequestHandler } from 'express'

type Parked = Record<string, string | string[]>

declare module 'express-session' {
  // eslint-disable-next-line @typescript-eslint/consistent-type-definitions -- only an interface can be merged
  interface SessionData {
    /** Local path to continue at after login. */
    returnTo: string
    /** The form that was being sent when the session ended: shown again to the owner after login. */
    parked: { path: string; body: Parked }
  }
}

/**
 * Keeps what a person was sending when their session had ended, so that it is still there after the login.
 * It changes nothing by itself: the page at the same path shows it again, to the owner of that page only.
 * `read` gives the body of a request that no parser before has read.
 */
export function parkWithout(
  login: (req: Request) => unknown,
  read: (req: Request) => unknown = (req) => req.body,
): RequestHandler {
  return async (req, _res, next) => {
    if (req.method === 'POST' && !login(req)) {
      park(req, await read(req))
      req.session.returnTo = req.originalUrl
    }
    next()
  }
}

/** Fields that are never kept: what opens a signature is for the moment in which it is typed. */
const SECRETS: ReadonlySet<string> = new Set(['pin', 'codice'])

/** Keeps a form in the session. Never one that another site sent: its page would show a person what they did not write. */
export function park(req: Request, body: unknown): void {
  const site = req.get('sec-fetch-site')
  if (site !== undefined && site !== 'same-origin' && site !== 'none') return
  const fields = Object.entries((body as Parked | undefined) ?? {}).filter(([name]) => !SECRETS.has(name))
  req.session.parked = { path: req.originalUrl, body: Object.fromEntries(fields) }
}

/** What was parked for this very path, once. */
export function takeParked(req: Request): Parked | undefined {
  const { parked } = req.session
  if (parked?.path !== req.originalUrl) return undefined
  delete (req.session as Partial<typeof req.session>).parked
  return parked.body
}
