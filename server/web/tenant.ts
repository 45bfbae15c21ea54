import type { Request, RequestHandler, Response } from 'express'
import { AppError } from '../errors.ts'

/** Puts the municipality that answers on this host name into `res.locals.municipality`. */
export function tenant(byHost: (host: string) => Promise<unknown>): RequestHandler {
  return async (req, res, next) => {
    const municipality = await byHost(hostOf(req))
    if (!municipality) throw new AppError('NOT_FOUND', 'No municipality on this host')
    res.locals['municipality'] = municipality
    next()
  }
}

/**
 * Host name without port, from the `Host` header, which the proxy in front passes on. Express's own `hostname` believes an
 * `X-Forwarded-Host` too, which a visitor may write: pages of one municipality would be kept for the visitors of another.
 */
const hostOf = ({ headers: { host = '' } }: Request): string => host.replace(/:\d+$/, '')

/** A path parameter that must be there; missing means a route mounted wrongly, answered as unknown page. */
export function param(req: Request, name: string): string {
  const value = req.params[name]
  if (typeof value !== 'string') throw new AppError('NOT_FOUND', `No ${name} in the path`)
  return value
}

/** Sends the browser on with a GET (303), the answer to every POST that succeeded. */
export const seeOther = (res: Response, path: string): void => res.redirect(303, path)

/** Address of the page without what was asked of it. */
export const pathOf = (req: Request): string => req.originalUrl.split('?', 1)[0] ?? ''

/** The page of a list that is asked for (`?pagina=2`), from 1. */
export function pageNumber({ query: { pagina } }: Request): number {
  return typeof pagina === 'string' && /^[1-9]\d{0,4}$/.test(pagina) ? Number(pagina) : 1
}
