import type { Certificate, Path } from '../certificates/index.ts'
import { claimsSeal } from './signer.ts'
import { isOverdue, listedStatus, type ListedStatus, type TrustIndex } from './trust-index.ts'
import type { Indication, SignatureReport } from './verification.ts'

type QualificationFacts = Readonly<{
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
 * A list that is overdue makes this axis uncertain and no other: the integrity of a signature does not hang on it (§8.3).
 */
export function qualification({
  certificate,
  path,
  indication,
  lists,
  time,
  at,
}: QualificationFacts): Pick<SignatureReport, 'qualification' | 'trustedList'> {
  if (!certificate || indication === 'TOTAL-FAILED') return { qualification: 'N/A' }
  const listed = lists && path ? atBothTimes(lists, path, time) : null
  const isUncertain = indication !== 'TOTAL-PASSED' || (listed !== null && isOverdue(listed.list, at))
  const name = nameOf(listed, claimsSeal(certificate))
  return {
    qualification: isUncertain ? `Indeterminate ${name}` : name,
    ...(listed && { trustedList: listUsed(listed, at) }),
  }
}

const listUsed = ({ list }: ListedStatus, at: Date): NonNullable<SignatureReport['trustedList']> => ({
  territory: list.territory,
  sequence: list.sequence,
  issued: list.issued.toISOString(),
  nextUpdate: list.nextUpdate?.toISOString() ?? null,
  overdue: isOverdue(list, at),
})

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
