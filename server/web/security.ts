import type { RequestHandler, Response } from 'express'
import helmet from 'helmet'

const policy = (formAction: string): string =>
  [
    "default-src 'none'",
    "script-src 'self'",
    "style-src 'self'",
    "img-src 'self' data:",
    "font-src 'self'",
    "connect-src 'self'",
    "manifest-src 'self'",
    `form-action ${formAction}`,
    "frame-ancestors 'none'",
    "base-uri 'none'",
  ].join('; ')

const DEFAULT_POLICY = policy("'self'")

/** Headers of every answer. No inline script or style anywhere, nothing from other hosts (forms-and-ui.md §6). */
export function securityHeaders({ https }: { https: boolean }): RequestHandler {
  const others = helmet({
    contentSecurityPolicy: false,
    strictTransportSecurity: https ? { maxAge: 31_536_000, includeSubDomains: false } : false,
    referrerPolicy: { policy: 'same-origin' },
    xFrameOptions: { action: 'deny' },
    crossOriginEmbedderPolicy: false,
  })
  return (req, res, next) => {
    res.setHeader('content-security-policy', DEFAULT_POLICY)
    res.setHeader('permissions-policy', 'camera=(), geolocation=(), microphone=(), payment=()')
    others(req, res, next)
  }
}

/** Lets the forms of this one page post to another origin too (an identity provider); browsers apply it to redirects as well. */
export function allowFormAction(res: Response, ...origins: string[]): void {
  res.setHeader('content-security-policy', policy(["'self'", ...origins].join(' ')))
}
