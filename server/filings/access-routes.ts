import type { Request, RequestHandler, Response } from 'express'
import { AppError } from '../errors.ts'
import { loginOf, type Level, type Login } from '../identity/index.ts'
import type { Municipality } from '../municipalities/index.ts'

/** The municipality that answers, set by the tenant middleware. */
export const municipalityOf = (res: Response): Municipality => res.locals['municipality'] as Municipality

/** The login of this session; routes behind `requireLogin` always have one. */
export function personOf(req: Request): Login {
  const login = loginOf(req)
  if (!login) throw new AppError('NOT_LOGGED_IN', 'Login needed')
  return login
}

/** Most services want level 2: who is not logged in is asked for it at once, and not twice. A session of level 1 may go on. */
export const requirePerson: RequestHandler = (req, _res, next) => {
  if (!loginOf(req)) throw new AppError('NOT_LOGGED_IN', 'Login needed', { level: 2 })
  next()
}

/** Asks for a stronger login where the procedure wants one; the person continues where they were. */
export function assertLevel(login: Login | undefined, level: Level): void {
  if (!login || login.level < level) throw new AppError('NOT_LOGGED_IN', `Level ${level} needed`, { level })
}

/** A value of an urlencoded body as one string; anything else (absent, repeated) is the empty string. */
export function bodyText(body: unknown, name: string): string {
  const value = (body as Record<string, unknown> | undefined)?.[name]
  return typeof value === 'string' ? value : ''
}
