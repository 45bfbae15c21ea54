import type { Level } from './person.ts'
import type { SamlScheme } from './service-provider.ts'

/** An AuthnRequest that waits for its response. The provider is taken from here, never from what the response says of itself. */
export type LoginRequest = Readonly<{
  id: string
  scheme: SamlScheme
  /** Id of the organisation whose service provider asked. */
  organization: string
  identityProvider: string
  level: Level
  attributeSet: number
  issueInstant: Date
  /** Fingerprint of the secret in the cookie of the browser that asked. */
  browser: string
  /** The visitor's session, if it holds anything: its unfinished business continues after login. */
  sessionId: string | undefined
  returnTo: string | undefined
  expiresAt: Date
}>

/** Fifteen minutes to find the telephone and type a code: what the federation's service providers commonly use. */
export const REQUEST_LIFETIME_MS = 15 * 60_000

/** What is wanted of a login. */
export type Wishes = Readonly<{
  level: Level
  /** Local path to go on at. */
  returnTo: string | undefined
  /** With an identity for professional use, which also names the company (AgID Avviso 18 v2). */
  professional: boolean
}>

/** With whom to log in, and what is wanted of it: all that a link needs to start, or to start again after a failure. */
export type Attempt = Wishes & Readonly<{ scheme: SamlScheme; identityProvider: string }>

/**
 * A path of this site, or `undefined`: whatever a browser would read as another host (`//host`, `/\host`, a scheme,
 * control characters in between) must not become a redirect (open redirect), and the login pages would lead in a circle.
 */
export function localPath(text: unknown): string | undefined {
  if (typeof text !== 'string' || text.length > 2000) return undefined
  // Resolved as a browser would do it: only what stays on the made-up origin is local.
  const origin = 'http://local.invalid'
  if (!text.startsWith('/') || !URL.canParse(text, origin)) return undefined
  const url = new URL(text, origin)
  if (url.origin !== origin || /^\/(accesso|spid|cie|esci)(\/|$)/.test(url.pathname) || url.pathname.startsWith('//'))
    return undefined
  return url.pathname + url.search + url.hash
}
