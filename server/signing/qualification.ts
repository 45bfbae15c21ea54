import type { Certificate } from './certificate.ts'
import { qualifiedClaims } from './signer.ts'
import type { Indication } from './verification.ts'

/**
 * The qualification axis (TS 119 615) without a trusted list: an anchor that somebody configured makes an advanced signature or
 * seal, never a qualified one, whatever the certificate claims (signatures-and-pdf.md §4.1, §8).
 */
export function qualification(certificate: Certificate | null, indication: Indication): string {
  if (!certificate || indication === 'TOTAL-FAILED') return 'N/A'
  const kind = qualifiedClaims(certificate).seal ? 'AdESeal' : 'AdESig'
  return indication === 'TOTAL-PASSED' ? kind : `Indeterminate ${kind}`
}
