import type { SignatureReport, Verification } from '../signing/index.ts'
import type { Revalidation, StoredDocument } from './document.ts'

const HOUR = 3_600_000

/** After each try, the wait for the next: a responder is down for hours, a list is late for days. Then only a person asks again. */
const WAITS: readonly number[] = [1, 6, 24, 48, 96, 168, 336].map((hours) => hours * HOUR)

/** When to try again after so many tries; null when there were enough of them, or nothing is awaited. */
export function nextTry(report: Verification | undefined, tries: number, at: Date): Revalidation | null {
  const wait = WAITS[tries]
  if (!report || wait === undefined || !lacksOurs(report)) return null
  return { due: new Date(at.getTime() + wait), tries }
}

/**
 * Whether a report is inconclusive for what we lack, not for what the file is: no answer on revocation, a list that is overdue, an
 * authority that a list may name tomorrow. Such a file is accepted and looked at again (signatures-and-pdf.md §0.7).
 */
export const lacksOurs = ({ signatures, content }: Verification): boolean =>
  signatures.some(lacksOfSignature) || (content?.nested !== undefined && lacksOurs(content.nested))

const AWAITED: ReadonlySet<string | undefined> = new Set(['TRY_LATER', 'NO_CERTIFICATE_CHAIN_FOUND'])

const lacksOfSignature = (signature: SignatureReport): boolean =>
  AWAITED.has(signature.indication === 'INDETERMINATE' ? signature.subIndication : undefined) ||
  (signature.indication !== 'TOTAL-FAILED' && signature.trustedList?.overdue === true) ||
  signature.timestamps.some(({ subIndication }) => subIndication === 'TRY_LATER') ||
  (signature.counterSignatures ?? []).some(lacksOfSignature)

/** Every report on a document, the one made on arrival first. None is ever replaced: what was known on the day is evidence. */
export const reportsOf = ({ verification, laterVerifications = [] }: StoredDocument): Verification[] =>
  verification ? [verification, ...laterVerifications] : []

/** The newest report: what the signatures are worth as far as is known now. */
export const latestReport = (document: StoredDocument): Verification | undefined => reportsOf(document).at(-1)
