import type { Request, RequestHandler } from 'express'

declare module 'express-session' {
  interface SessionData {
    /** Local path to continue at after login. */
    returnTo: string
    /** The form that was being sent when the session ended: shown again to the owner after login. */
    parked: { path: string; body: Record<string, string | string[]> }
  }
}

/**
 * Keeps what a person was sending when their session had ended, so that it is still there after the login.
 * It changes nothing by itself: the page at the same path shows it again, to the owner of that page only.
 */
export function parkWithout(login: (req: Request) => unknown): RequestHandler {
  return (req, _res, next) => {
    if (req.method === 'POST' && !login(req)) park(req)
    next()
  }
}

export function park(req: Request): void {
  req.session.parked = {
    path: req.originalUrl,
    body: { ...(req.body as Record<string, string | string[]> | undefined) },
  }
  req.session.returnTo = req.originalUrl
}

/** What was parked for this very path, once. */
export function takeParked(req: Request): Record<string, string | string[]> | undefined {
  const { parked } = req.session
  if (parked?.path !== req.originalUrl) return undefined
  delete (req.session as Partial<typeof req.session>).parked
  return parked.body
}
