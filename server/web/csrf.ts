import { randomBytes, timingSafeEqual } from 'node:crypto'
import type { Request, RequestHandler } from 'express'
import { AppError } from '../errors.ts'
import { park } from './park.ts'

declare module 'express-session' {
  // eslint-disable-next-line @typescript-eslint/consistent-type-definitions -- only an interface can be merged
  interface SessionData {
    csrf: string
  }
}

const EXPLANATION =
  'La pagina era aperta da troppo tempo o da un’altra sessione, quindi non abbiamo salvato niente. Torna alla pagina precedente: ritrovi quello che avevi scritto e puoi inviarlo di nuovo.'

/**
 * The token of this session, made when first asked for. To be called only for people who logged in: it would store a session for
 * every visitor.
 */
export function csrfToken(req: Request): string {
  req.session.csrf ??= randomBytes(24).toString('base64url')
  return req.session.csrf
}

/** The failure of a request whose token is not the one of this session; undefined when it is. Upload handlers ask with the first field of their stream. */
export function csrfFailure(req: Request, token: unknown): AppError | undefined {
  const expected = req.session.csrf
  if (typeof token === 'string' && expected !== undefined && same(token, expected)) return undefined
  return new AppError('NOT_ALLOWED', 'CSRF token missing or wrong', { explanation: EXPLANATION, back: req.originalUrl })
}

/** Throws NOT_ALLOWED unless `token` is the one of this session. */
export function checkCsrf(req: Request, token: unknown): void {
  const failure = csrfFailure(req, token)
  if (failure) throw failure
}

/**
 * Refuses every state-changing request of a logged-in person that does not carry the session's token in `_csrf`.
 * Bodies of other types than urlencoded are refused too, because their token would not have been read:
 * `except` names the few paths whose handler checks on its own (uploads) or that have another proof (SAML).
 */
export function csrfGuard(except: (req: Request) => boolean): RequestHandler {
  return (req, _res, next) => {
    const safe = req.method === 'GET' || req.method === 'HEAD' || req.method === 'OPTIONS'
    // Without a login there is nothing to protect, and the route itself answers "log in first".
    if (!safe && req.session.login && !except(req)) {
      const failure = csrfFailure(req, (req.body as Record<string, unknown> | undefined)?.['_csrf'])
      if (failure) {
        park(req, req.body)
        throw failure
      }
    }
    next()
  }
}

function same(a: string, b: string): boolean {
  const [left, right] = [Buffer.from(a), Buffer.from(b)]
  return left.length === right.length && timingSafeEqual(left, right)
}
