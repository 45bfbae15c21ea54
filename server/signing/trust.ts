import type { CertificateTrust } from '../certificates/index.ts'
import type { TrustIndex } from './trust-index.ts'

/** What the validation of a signature relies on: what that of its certificates does, and who is called qualified. */
export type Trust = CertificateTrust &
  Readonly<{
    /** Trusted lists in force; null or absent when none is loaded. */
    lists?: TrustIndex | null
  }>
