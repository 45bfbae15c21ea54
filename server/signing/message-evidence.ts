import { decodeCrls, decodeOcsps, withEvidence, withProof } from '../certificates/index.ts'
import type { Trust } from './trust.ts'
import { readRevocation, type SignedData } from './cms.ts'

/**
 * The trust of one message: what is known, and the CRLs and OCSP responses that travel in it (RFC 5652 §10.2.1). `covered` is the time of
 * a stamp over the whole message.
 */
export function withMessageEvidence(
  trust: Trust,
  { certificates, revocations }: SignedData,
  covered: Date | null = null,
): Trust {
  const { crls, ocsps } = readRevocation(revocations)
  const evidence = { crls: decodeCrls(crls), ocsps: decodeOcsps(ocsps) }
  return withProof(withEvidence(trust, { certificates, evidence }), evidence.ocsps, covered)
}

/** Whether the message holds CRLs or OCSP responses. */
export function hasStatus({ revocations }: SignedData): boolean {
  const { crls, ocsps } = readRevocation(revocations)
  return crls.length + ocsps.length > 0
}
