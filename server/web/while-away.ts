import { Router, type ErrorRequestHandler, type RequestHandler } from 'express'
import { isDatabaseAway } from '../shared/database-failure.ts'
import { databaseAway } from './error-handler.ts'
import { hasSession } from './session.ts'

type Parts = Readonly<{
  site: RequestHandler
  publicPages: RequestHandler
  /** `isLasting`: longer than what asks it waits for a server. */
  absence: { isAway: () => boolean; isLasting: () => boolean }
}>

/**
 * Public pages for a browser with a session, while the database is away and nobody can say whose session it is. They name nobody, and
 * offer the personal area instead of a login: the session is as it was when the database is back. Everything else fails by itself, on
 * a page with the municipality's name and style.
 */
export function publicPagesWhileAway({ site, publicPages, absence }: Parts) {
  const pages = Router().use(site, publicPages)

  /** Nobody waits for what the driver knows: not who sends something either, to whom the page says how it is sent again. */
  const atOnce: RequestHandler = (req, res, next) => {
    if (!absence.isAway() || !hasSession(req)) next()
    else pages(req, res, (error: unknown) => next(error ?? (absence.isLasting() ? databaseAway('known') : undefined)))
  }
  const afterFailure: ErrorRequestHandler = (error: unknown, req, res, next) => {
    if (isDatabaseAway(error) && res.locals['municipality'] !== undefined)
      pages(req, res, (other: unknown) => next(other ?? error))
    else next(error)
  }
  return { atOnce, afterFailure }
}
