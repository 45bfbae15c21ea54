import type { Trust } from './certificate-validation.ts'
import type { SignedData } from './cms.ts'
import { decodeCrls, decodeOcsps } from './embedded-evidence.ts'

/** The trust of one message: what is known, and the CRLs and OCSP responses that travel in it (RFC 5652 §10.2.1). */
export function withMessageEvidence(trust: Trust, { certificates, crls, ocsps }: SignedData): Trust {
  const intermediates = [...trust.intermediates, ...certificates]
  if (!trust.evidence || crls.length + ocsps.length === 0) return { ...trust, intermediates }
  const { evidence } = trust
  return {
    ...trust,
    intermediates,
    evidence: { crls: [...evidence.crls, ...decodeCrls(crls)], ocsps: [...evidence.ocsps, ...decodeOcsps(ocsps)] },
  }
}
