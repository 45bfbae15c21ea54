import type { Request, RequestHandler } from 'express'
import { AppError } from '../errors.ts'
import type { Level, Login } from './person.ts'
import './session.ts'

/** Who is logged in on this request. The session store may give instants back as text. */
export function loginOf(req: Request): Login | undefined {
  const { login } = req.session
  return login && { ...login, at: new Date(login.at) }
}

/**
 * Lets only people pass who logged in at `level` or above. Others are asked to log in, or to step up, and come back:
 * the error handler sends NOT_LOGGED_IN to `/accesso?ritorno=…&livello=…`.
 */
export function requireLogin(level: Level = 1): RequestHandler {
  return (req, _res, next) => {
    const login = loginOf(req)
    if (!login || login.level < level) throw new AppError('NOT_LOGGED_IN', `Login at level ${level} needed`, { level })
    next()
  }
}
