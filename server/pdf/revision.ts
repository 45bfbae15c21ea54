import { failed, undecided, type Finding } from '../certificates/index.ts'
import { segmentSource, type Source } from '../shared/source.ts'
import type { Change, Permissions } from './change.ts'
import { openPdf, type PdfDocument } from './document.ts'
import { revisionChanges } from './revisions.ts'
import {
  coverageOf,
  pdfSignatures,
  startOf,
  strictest,
  transforms,
  type Coverage,
  type PdfSignature,
} from './signatures.ts'
import { PdfError } from './value.ts'
import { revisionEnd } from './xref.ts'

/** A signature in its file: what it covers, what is wrong with that, and what came after it. */
export type Revision = Readonly<{
  signature: PdfSignature
  /** Null when the byte range cannot be trusted. */
  coverage: Coverage | null
  /** The document as it was signed; null with `coverage`. */
  signed: PdfDocument | null
  docMdp: 1 | 2 | 3 | null
  findings: readonly Finding[]
  notes: readonly string[]
  changes: readonly Change[]
}>

type Context = Readonly<{
  all: readonly PdfSignature[]
  /** What is wrong with the end of the file, or null. */ defect: string | null
}>

const SUB_FILTERS = new Set(['ETSI.CAdES.detached', 'adbe.pkcs7.detached', 'ETSI.RFC3161'])

/** Format check of one signature of a PDF (EN 319 102-1 §5.2.2 with signatures-and-pdf.md §6.1 and §11). */
export function revisionOf(document: PdfDocument, signature: PdfSignature, { all, defect }: Context): Revision {
  const findings: Finding[] = [...formFindings(signature)]
  if (defect !== null) findings.push(failed('FORMAT_FAILURE', `The file goes on after its last revision: ${defect}`))
  const { docMdp } = transforms(document, signature)
  try {
    const coverage = coverageOf(document, signature)
    const rest = afterwards(document, { signature, coverage, all })
    return {
      signature,
      coverage,
      signed: rest.signed,
      docMdp,
      findings: [...findings, ...rest.findings],
      notes: notesOf(signature),
      changes: rest.changes,
    }
  } catch (error) {
    if (!(error instanceof PdfError)) throw error
    return {
      signature,
      coverage: null,
      signed: null,
      docMdp,
      findings: [...findings, failed('FORMAT_FAILURE', error.message)],
      notes: [],
      changes: [],
    }
  }
}

function* formFindings({ subFilter, fields, isHidden }: PdfSignature): Generator<Finding> {
  if (isHidden === true)
    // Of a file that is encrypted or broken it cannot be known whether a field shows the signature.
    yield fields.length > 0
      ? failed('FORMAT_FAILURE', 'A later revision hides the signature')
      : undecided('SIG_CONSTRAINTS_FAILURE', 'No field that can be read shows the signature')
  if (!SUB_FILTERS.has(subFilter))
    yield failed(
      'FORMAT_FAILURE',
      subFilter === '' ? 'The signature has no /SubFilter' : `/SubFilter ${subFilter} is not accepted`,
    )
  if (fields.some(({ type }) => type !== 'Sig'))
    yield failed('FORMAT_FAILURE', 'A field that is no signature field holds the signature')
}

function notesOf({ fields, dict }: PdfSignature): string[] {
  const notes: string[] = []
  if (fields.length > 1) notes.push(`The signature is shown by ${fields.length} fields`)
  if (dict.entries.has('Cert')) notes.push('The signature dictionary has /Cert, which does not count here')
  return notes
}

type Placed = Readonly<{ signature: PdfSignature; coverage: Coverage; all: readonly PdfSignature[] }>

type Aftermath = Pick<Revision, 'findings' | 'changes'> & { signed: PdfDocument }

/** What the file became after the signed revision. */
function afterwards(document: PdfDocument, placed: Placed): Aftermath {
  const { coverage } = placed
  if (coverage.end === document.source.size) return { signed: document, findings: [], changes: [] }
  const before = beforeEnd(document, coverage.end)
  const { signed } = before
  const here = before.signatures.get(startOf(placed.signature))
  if (!here) throw new PdfError('The signed revision does not hold this signature')
  if (!document.sections.some(({ offset }) => offset >= coverage.end))
    return { signed, ...appendedBytes(document, coverage.end) }
  const changes = before.changes(transforms(signed, here).docMdp)
  const appended = afterRevisions(document)
  return {
    signed,
    findings: [...changeFindings(changes), ...chainFindings(document, signed), ...appended.findings],
    changes: [...changes, ...appended.changes],
  }
}

/** A document up to a byte: its signatures by where their values lie, and what became of it for a signature of this permission. */
type Before = Readonly<{
  signed: PdfDocument
  signatures: ReadonlyMap<number | null, PdfSignature>
  changes: (docMdp: Permissions['docMdp']) => readonly Change[]
}>

const earlier = new WeakMap<PdfDocument, Map<number, Before | PdfError>>()

/** Read and compared once for all signatures that end there: a file may hold hundreds that somebody made up. Throws PdfError. */
function beforeEnd(document: PdfDocument, end: number): Before {
  const known = earlier.get(document) ?? new Map<number, Before | PdfError>()
  earlier.set(document, known)
  const before = known.get(end) ?? orPdfError(() => readBefore(document, end))
  known.set(end, before)
  if (before instanceof PdfError) throw before
  return before
}

function orPdfError<T>(read: () => T): T | PdfError {
  try {
    return read()
  } catch (error) {
    if (error instanceof PdfError) return error
    throw error
  }
}

function readBefore(document: PdfDocument, end: number): Before {
  const signed = openPdf(segmentSource(document.source, [{ offset: 0, length: end }]))
  const all = pdfSignatures(signed)
  // Of two that name one place the first counts.
  const signatures = new Map(all.toReversed().map((one) => [startOf(one), one]))
  const changes = new Map<Permissions['docMdp'], readonly Change[]>()
  return {
    signed,
    signatures,
    changes(docMdp) {
      const found =
        changes.get(docMdp) ?? revisionChanges({ before: signed, after: document }, permissionsOf(signed, all, docMdp))
      changes.set(docMdp, found)
      return found
    },
  }
}

/** Bytes that no cross-reference accounts for: white space is harmless, objects are meant for readers that repair files (ISA). */
function appendedBytes({ source }: PdfDocument, end: number): Appended {
  return isBlank(source, end)
    ? { findings: [], changes: [{ what: 'blank bytes after the end', verdict: 'flag' }] }
    : APPENDED
}

/** The same after the last of several revisions, where a line end is nothing to speak of. */
function afterRevisions({ source }: PdfDocument): Appended {
  return isBlank(source, revisionEnd(source)) ? { findings: [], changes: [] } : APPENDED
}

type Appended = Readonly<{ findings: readonly Finding[]; changes: readonly Change[] }>

const OUTSIDE = 'bytes appended outside any revision'
const APPENDED: Appended = {
  findings: [failed('FORMAT_FAILURE', OUTSIDE)],
  changes: [{ what: OUTSIDE, verdict: 'forbidden' }],
}

const isBlank = (source: Source, from: number): boolean =>
  source.size - from <= 4_096 && /^[\s\0]*$/.test(source.read(from, 4_096).toString('latin1'))

function chainFindings(document: PdfDocument, signed: PdfDocument): Finding[] {
  const newest = signed.sections[0]?.offset
  return document.sections.some(({ offset }) => offset === newest)
    ? []
    : [undecided('SIG_CONSTRAINTS_FAILURE', 'Later revisions do not build on the signed one')]
}

function changeFindings(changes: readonly Change[]): Finding[] {
  return changes.flatMap(({ what, verdict }) => {
    if (verdict === 'forbidden') return [failed('FORMAT_FAILURE', `Changed after signing: ${what}`)]
    return verdict === 'unknown'
      ? [undecided('SIG_CONSTRAINTS_FAILURE', `Changed after signing, for a person to judge: ${what}`)]
      : []
  })
}

/** A certification binds whatever signature it is looked at from; the locks are those of the signatures that were there. */
function permissionsOf(
  signed: PdfDocument,
  signatures: readonly PdfSignature[],
  own: Permissions['docMdp'],
): Permissions {
  const all = signatures.map((one) => transforms(signed, one))
  return { docMdp: strictest([own, ...all.map(({ docMdp }) => docMdp)]), locks: all.flatMap(({ lock }) => lock ?? []) }
}
