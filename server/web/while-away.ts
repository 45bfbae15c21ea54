import { Router, type ErrorRequestHandler, type RequestHandler } from 'express'
import { isDatabaseAway } from '../shared/database-failure.ts'
import { hasSession } from './session.ts'

type Parts = Readonly<{ site: RequestHandler; publicPages: RequestHandler; isAway: () => boolean }>

/**
 * Public pages for a browser with a session, while the database is away and nobody can say whose session it is. They name nobody, and
 * offer the personal area instead of a login: the session is as it was when the database is back. Everything else fails by itself, on
 * a page with the municipality's name and style.
 */
export function publicPagesWhileAway({ site, publicPages, isAway }: Parts) {
  const pages = Router().use(site, publicPages)

  /** Nobody waits for what the driver knows. */
  const atOnce: RequestHandler = (req, res, next) => {
    if (isAway() && hasSession(req)) pages(req, res, next)
    else next()
  }
  const afterFailure: ErrorRequestHandler = (error: unknown, req, res, next) => {
    if (isDatabaseAway(error) && res.locals['municipality'] !== undefined)
      pages(req, res, (other: unknown) => next(other ?? error))
    else next(error)
  }
  return { atOnce, afterFailure }
}
