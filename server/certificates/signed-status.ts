import type { Der } from '../shared/asn1/der.ts'
import { checkSignature, signatureAlgorithm } from './algorithms.ts'
import { keyFacts, publicKey, type Certificate } from './certificate.ts'
import { signatureUses, type UsedAlgorithm } from './policy.ts'

/** What a revocation list and an OCSP answer have in common: bytes, and a signature over them (RFC 5280 §5.1, RFC 6960 §4.2.1). */
type SignedStatus = Readonly<{ tbs: Buffer; signatureAlgorithm: Der; signature: Buffer }>

/** Is it signed with the key of this certificate? An algorithm that we do not know signs nothing. */
export function isSignedWith(
  { tbs, signatureAlgorithm: algorithm, signature }: SignedStatus,
  signer: Certificate,
): boolean {
  try {
    return checkSignature(signatureAlgorithm(algorithm, null), publicKey(signer), { data: tbs, signature }).valid
  } catch {
    return false
  }
}

/** What it was signed with, for the policy on algorithms and their dates. */
export const statusAlgorithms = (status: SignedStatus, signer: Certificate): UsedAlgorithm[] =>
  signatureUses(signatureAlgorithm(status.signatureAlgorithm, null), keyFacts(signer))
