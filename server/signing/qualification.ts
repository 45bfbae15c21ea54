import type { Certificate } from './certificate.ts'
import type { Path } from './chain.ts'
import { qualifiedClaims } from './signer.ts'
import { listedStatus, staleLists, type ListedStatus, type TrustIndex } from './trust-index.ts'
import type { Indication } from './verification.ts'

export type QualificationFacts = Readonly<{
  certificate: Certificate | null
  path: Path | null
  indication: Indication
  /** Null when no trusted list is loaded. */
  lists: TrustIndex | null
  /** Best signature time. */
  time: Date
  /** Validation time, at which the lists must be current. */
  at: Date
}>

/**
 * The qualification axis (TS 119 615): a qualified signature needs a certificate that a trusted list makes qualified, at its issue and
 * at signing, and a device. An anchor that somebody configured makes an advanced one, whatever the certificate claims (§4.1, §8).
 */
export function qualification({ certificate, path, indication, lists, time, at }: QualificationFacts): string {
  if (!certificate || indication === 'TOTAL-FAILED') return 'N/A'
  const listed = lists && path ? atBothTimes(lists, path, time) : null
  const isStale = lists !== null && listed !== null && staleLists(lists, at).length > 0
  const name = nameOf(listed, qualifiedClaims(certificate).seal)
  return indication === 'TOTAL-PASSED' && !isStale ? name : `Indeterminate ${name}`
}

function atBothTimes(lists: TrustIndex, path: Path, time: Date): ListedStatus | null {
  const [certificate] = path
  const [issue, signing] = [certificate?.notBefore ?? time, time].map((moment) => listedStatus(lists, path, moment))
  if (!issue || !signing) return null
  return { ...signing, qualified: issue.qualified && signing.qualified && issue.purpose === signing.purpose }
}

function nameOf(listed: ListedStatus | null, isSeal: boolean): string {
  const kind = (listed ? listed.purpose === 'seal' : isSeal) ? 'Seal' : 'Sig'
  if (!listed?.qualified || listed.purpose === 'web') return `AdE${kind}`
  return listed.device ? `QE${kind}` : `AdE${kind}-QC`
}
