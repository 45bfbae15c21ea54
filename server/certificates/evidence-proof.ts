import { createHash } from 'node:crypto'
import type { Certificate } from './certificate.ts'
import type { Ocsp } from './ocsp.ts'
import type { Evidence } from './evidence.ts'
import type { CertificateTrust } from './certificate-trust.ts'

type Found = Readonly<{ certificates: readonly Certificate[]; evidence: Evidence }>

/**
 * The trust, extended by the revocation data that travels in the file. That counts like data from outside, because its issuer
 * signed it. It was there when the file was registered.
 */
export function withEvidence<T extends CertificateTrust>(trust: T, { certificates, evidence }: Found): T {
  const known = { ...trust, intermediates: [...trust.intermediates, ...certificates] }
  if (!trust.evidence) return known
  const crls = [...trust.evidence.crls, ...evidence.crls]
  const ocsps = [...trust.evidence.ocsps, ...evidence.ocsps]
  return withProof({ ...known, evidence: { crls, ocsps } }, evidence.ocsps, trust.registeredAt)
}

/**
 * The trust once a time proves that these answers were there. The certificates of OCSP responders are short-lived: once one is over, its
 * key could sign an answer of any date, so that only a proof of existence makes the answer count (EN 319 102-1 §5.6.2.2, as in EU DSS).
 */
export function withProof<T extends CertificateTrust>(trust: T, ocsps: readonly Ocsp[], time: Date | null): T {
  if (!time || ocsps.length === 0) return trust
  const proofs = new Map(trust.proofs)
  for (const ocsp of ocsps) {
    const key = keyOf(ocsp)
    const known = proofs.get(key)
    if (!known || time < known) proofs.set(key, time)
  }
  return { ...trust, proofs }
}

/** Since when it is known that the answer was there. */
export function provedAt(ocsp: Ocsp, { proofs, at }: Pick<CertificateTrust, 'proofs' | 'at'>): Date {
  const proved = proofs?.get(keyOf(ocsp))
  return proved && proved < at ? proved : at
}

const keyOf = ({ tbs, signature }: Ocsp): string => createHash('sha256').update(tbs).update(signature).digest('hex')
