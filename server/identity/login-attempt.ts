import { createHash } from 'node:crypto'
import type { Wishes } from './login-request.ts'

/**
 * A login that was begun here and waits for its proof from elsewhere: a card (CNS) or the municipality's directory.
 * Whoever reads the database can finish nobody's login: of the secrets it holds fingerprints only.
 */
export type LoginAttempt<Detail> = Readonly<{
  /** Fingerprint of the secret that goes to the other side and comes back. */
  id: string
  kind: 'cns' | 'oidc'
  /** Fingerprint of the secret in the cookie of the browser that asked. */
  browser: string
  organization: string
  wishes: Wishes
  /** The visitor's session, if it holds anything: its unfinished business continues after login. */
  sessionId: string | undefined
  detail: Detail
  expiresAt: Date
}>

/** SHA-256: the secrets are random and long, so nothing slower is needed. */
export const fingerprint = (secret: string): string => createHash('sha256').update(secret).digest('base64url')
