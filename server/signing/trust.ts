import type { Certificate } from './certificate.ts'
import type { Evidence } from './revocation.ts'
import type { TrustIndex } from './trust-index.ts'

/** Revocation data that would let a validation conclude, and where the certificate says to find it. */
export type MissingRevocation = Readonly<{
  certificate: Certificate
  issuer: Certificate
  ocsp: readonly string[]
  crls: readonly string[]
}>

/** Since when OCSP answers are proved to have been there; those not named are known only now. */
export type Proofs = ReadonlyMap<string, Date>

/** What a validation relies on. `evidence` null = revocation is not asked for. `missing` is filled as the validation goes. */
export type Trust = Readonly<{
  /** Validation time. */
  at: Date
  anchors: readonly Certificate[]
  /** Certificates that help to build paths but are not trusted. */
  intermediates: readonly Certificate[]
  evidence: Evidence | null
  /** When the register proves that the file existed (DPCM 22/02/2013 art. 41 c. 4), or null. */
  registeredAt: Date | null
  missing: MissingRevocation[]
  /** Since when OCSP answers among the evidence are proved to have been there (evidence-proof.ts). */
  proofs?: Proofs
  /** Trusted lists in force; null or absent when none is loaded. */
  lists?: TrustIndex | null
}>
