import type { Request, RequestHandler } from 'express'
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
