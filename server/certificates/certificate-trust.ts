import type { Certificate } from './certificate.ts'
import type { Evidence } from './evidence.ts'
import type { MissingRevocation } from './missing-revocation.ts'

/** Since when OCSP answers are proved to have been there; those not named are known only now. */
type Proofs = ReadonlyMap<string, Date>

/** What the validation of a certificate relies on. `evidence` null = revocation is not asked for. `missing` is filled as it goes. */
export type CertificateTrust = Readonly<{
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
}>
