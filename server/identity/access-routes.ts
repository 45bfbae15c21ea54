import type { Request, RequestHandler, Response } from 'express'
import { AppError } from '../errors.ts'
import type { Level, Login } from './person.ts'
import type { Organization } from './service-provider.ts'
import './session.ts'

/** The municipality that answers, as far as this room knows one; set by the tenant middleware (`web/tenant.ts`). */
export const organizationOf = (res: Response): Organization => res.locals['municipality'] as Organization

/**
 * Who is logged in on this request and acts for themselves: with SPID, CIE, CNS or eIDAS. A login of the municipality's
 * directory is none: services for citizens may be opened with those alone (CAD art. 64 c. 2-quater, 2-nonies).
 */
export function loginOf(req: Request): Login | undefined {
  const login = officerLoginOf(req)
  return login?.scheme === 'oidc' ? undefined : login
}

/** Who is logged in, with the municipality's directory too: for the officers' desk, and for the way out. */
export function officerLoginOf(req: Request): Login | undefined {
  return req.session.login
}

/**
 * The login of whoever acts for themselves. Without one it throws NOT_LOGGED_IN, and the person is led to a login at `level`, or
 * to the choice of a login where no level is named. Behind `requireLogin` there always is one.
 */
export function citizenLogin(req: Request, level?: Level): Login {
  const login = loginOf(req)
  if (!login) throw new AppError('NOT_LOGGED_IN', 'Login needed', level === undefined ? {} : { level })
  return login
}

/**
 * Lets only people pass who logged in at `level` or above. Others are asked to log in, or to step up, and come back:
 * the error handler sends NOT_LOGGED_IN to `/accesso?ritorno=…&livello=…`.
 */
export const requireLogin = (level: Level = 1): RequestHandler => required(loginOf, level)

/** Likewise for the officers' pages; whether they are officers is decided there. */
export const requireOfficerLogin = (level: Level): RequestHandler => required(officerLoginOf, level)

const required =
  (find: (req: Request) => Login | undefined, level: Level): RequestHandler =>
  (req, _res, next) => {
    const login = find(req)
    if (!login || login.level < level) throw new AppError('NOT_LOGGED_IN', `Login at level ${level} needed`, { level })
    next()
  }

/** Asks for a stronger login where the procedure wants one; the person continues where they were. */
export function assertLevel(login: Login | undefined, level: Level): void {
  if (!login || login.level < level) throw new AppError('NOT_LOGGED_IN', `Level ${level} needed`, { level })
}
