import { randomBytes, timingSafeEqual } from 'node:crypto'
import type { Request, RequestHandler } from 'express'
import { AppError } from '../errors.ts'

const EXPLANATION =
  'La pagina era aperta da troppo tempo o da un’altra sessione. Ricaricala e ripeti l’operazione: quello che avevi salvato non è andato perso.'

/** The token of this session, made when first asked for. Only sessions of people who logged in have one. */
export function csrfToken(req: Request): string {
  req.session.csrf ??= randomBytes(24).toString('base64url')
  return req.session.csrf
}

/** Throws NOT_ALLOWED unless `token` is the one of this session. Upload handlers call it with the first field of their stream. */
export function checkCsrf(req: Request, token: unknown): void {
  const expected = req.session.csrf
  if (typeof token === 'string' && expected !== undefined && same(token, expected)) return
  throw new AppError('NOT_ALLOWED', 'CSRF token missing or wrong', { explanation: EXPLANATION, csrf: true })
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
    if (!safe && req.session.login && !except(req))
      checkCsrf(req, (req.body as Record<string, unknown> | undefined)?.['_csrf'])
    next()
  }
}

function same(a: string, b: string): boolean {
  const [left, right] = [Buffer.from(a), Buffer.from(b)]
  return left.length === right.length && timingSafeEqual(left, right)
}
