import {
  failed,
  undecided,
  withEvidence,
  withProof,
  type Finding,
  type ProofOfExistence,
} from '../certificates/index.ts'
import {
  allSignatures,
  coveredSource,
  dssEvidence,
  newestReadable,
  openPdf,
  PdfError,
  rebuildPdf,
  revisionOf,
  type DocumentSecurityStore,
  type PdfDocument,
  type Revision,
} from '../pdf/index.ts'
import { DerError } from '../shared/asn1/der.ts'
import { memorySource, type Source } from '../shared/source.ts'
import type { Trust } from './trust.ts'
import { readSignedData, type SignedData } from './cms.ts'
import { padesLevel } from './level.ts'
import { hasStatus, withMessageEvidence } from './message-evidence.ts'
import { brokenSignature } from './broken-signature.ts'
import { earliest, earliestTime, isArchived, validateSignature } from './signature-validation.ts'
import { contentOf } from './content.ts'
import { rejected, validateTimestamp, type TimestampResult } from './timestamp.ts'
import type { SignatureReport } from './verification.ts'

type PadesResult = Readonly<{
  signatures: readonly SignatureReport[]
  document: PdfDocument
  /** What is wrong with the end of the file, or null. */
  defect: string | null
  warnings: readonly string[]
}>

/** Validates every signature and document time stamp of a PDF. Throws PdfError when no revision of it can be read. */
export function validatePades(source: Source, trust: Trust): PadesResult {
  const { document, defect } = openLast(source)
  const { signatures: found, orphans } = allSignatures(source, document, defect)
  const store = dssEvidence(document)
  const revisions = found.map((signature) => revisionOf(document, signature, { all: found, defect }))
  const { timestamps, trust: known } = validateTimestamps(revisions, { trust: withEvidence(trust, store), source })
  const signatures = revisions
    .filter(({ signature }) => !signature.isTimestamp)
    .map((revision) => validateOne(revision, { source, trust: known, timestamps, store }))
  const warnings = [
    ...revisions.flatMap(({ signature, findings }) =>
      signature.isTimestamp ? findings.map(({ message }) => `Document time stamp: ${message}`) : [],
    ),
    ...(orphans > 0 ? [`The bytes hold ${orphans} signature dictionaries that no revision shows`] : []),
  ]
  return { signatures, document, defect, warnings }
}

/**
 * The document as its end describes it or, when that cannot be read, the newest older revision that can, with what is wrong:
 * signatures are then still found and reported as broken, never as absent (incremental-saving attacks). At last the objects are looked
 * for one by one, as viewers do.
 */
function openLast(source: Source): { document: PdfDocument; defect: string | null } {
  try {
    const document = openPdf(source)
    document.catalog()
    return { document, defect: null }
  } catch (error) {
    if (!(error instanceof PdfError)) throw error
    const document = newestReadable(source) ?? rebuildPdf(source)
    document.catalog()
    return { document, defect: error.message }
  }
}

type Stamped = Readonly<{ revision: Revision; result: TimestampResult }>

/**
 * Newest first: each proves the existence of the older ones, which may thus outlive their certificates, and of the validation data that
 * the file held by then (PAdES-LTA).
 */
function validateTimestamps(
  revisions: readonly Revision[],
  { trust, source }: { trust: Trust; source: Source },
): Readonly<{ timestamps: readonly Stamped[]; trust: Trust }> {
  const newestFirst = revisions
    .filter(({ signature }) => signature.isTimestamp)
    .sort((left, right) => (right.coverage?.end ?? 0) - (left.coverage?.end ?? 0))
  const timestamps: Stamped[] = []
  let known = trust
  for (const revision of newestFirst) {
    const poe: ProofOfExistence | null = earliest(timestamps.map(({ result }) => result))
    const result = stampResult(revision, { trust: known, source, poe })
    timestamps.push({ revision, result })
    if (result.proof && revision.signed)
      known = withProof(known, dssEvidence(revision.signed).evidence.ocsps, result.proof)
  }
  return { timestamps, trust: known }
}

function stampResult(
  { coverage, findings }: Revision,
  { trust, source, poe }: { trust: Trust; source: Source; poe: ProofOfExistence | null },
): TimestampResult {
  const token = coverage?.contents ?? Buffer.alloc(0)
  const content = coverage ? contentOf(coveredSource(source, coverage)) : null
  const stamp = { token, kind: 'document', digest: content ? content.digest : null, pool: [] } as const
  return rejected(validateTimestamp(stamp, trust, poe), findings)
}

type Facts = Readonly<{ source: Source; trust: Trust; timestamps: readonly Stamped[]; store: DocumentSecurityStore }>

function validateOne(revision: Revision, facts: Facts): SignatureReport {
  const { signature, coverage, findings } = revision
  if (!coverage) return brokenSignature(signature, findings)
  try {
    return validateMessage(revision, readSignedData(memorySource(coverage.contents)), facts)
  } catch (error) {
    if (!(error instanceof DerError)) throw error
    return brokenSignature(signature, [
      ...findings,
      failed('FORMAT_FAILURE', `The message cannot be read: ${error.message}`),
    ])
  }
}

function validateMessage(
  revision: Revision,
  message: SignedData,
  { source, trust, timestamps, store }: Facts,
): SignatureReport {
  const { signature, coverage } = revision
  const [signer] = message.signers
  if (!signer || !coverage) throw new DerError('The message has no signer')
  const covering = timestamps.filter(({ revision: other }) => (other.coverage?.end ?? 0) >= coverage.end)
  return validateSignature(
    {
      signer,
      certificates: message.certificates,
      contentType: message.contentType,
      content: contentOf(coveredSource(source, coverage)),
      profile: signature.subFilter === 'adbe.pkcs7.detached' ? 'pkcs7' : 'pades',
      findings: [...revision.findings, ...messageFindings(message)],
      notes: revision.notes,
      level: (check) =>
        padesLevel(message, check, {
          subFilter: signature.subFilter,
          hasClaimedTime: signature.declaredTime !== null,
          hasTimestamp: covering.length > 0,
          hasStatus: store.hasStatus,
          hasArchiveTimestamp: covering.some(
            ({ revision: { signed }, result }) =>
              isArchived([result]) && signed !== null && dssEvidence(signed).hasStatus,
          ),
        }),
      hasStatus: hasStatus(message) || store.hasStatus,
      certificateChoices: message.certificateChoices,
      revocations: message.revocations,
      declaredTime: signature.declaredTime,
      documentTimestamps: covering.map(({ result }) => result),
      coversWholeDocument: coverage.end === source.size,
      docMdp: revision.docMdp,
      modifications: revision.changes.map(({ what, verdict }) => ({
        what,
        allowed: verdict === 'flag' ? 'flag' : verdict === 'allowed',
      })),
    },
    withMessageEvidence(trust, message, earliestTime(covering.map(({ result }) => result))),
  )
}

/** Detached means detached: content inside would be what the signature is about (pyHanko `pdf-sig-with-econtent`). */
function* messageFindings(message: SignedData): Generator<Finding> {
  if (message.content) yield failed('FORMAT_FAILURE', 'The message holds content of its own')
  // EN 319 142-1 §6.3: one signer; a reader that looks at another one would show another name.
  if (message.signers.length > 1) yield undecided('SIG_CONSTRAINTS_FAILURE', 'The message has more than one signer')
}
