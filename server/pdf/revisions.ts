import type { Change, Permissions } from './change.ts'
import type { PdfDocument } from './document.ts'
import { createEquality, keysOf, type Equal, type Revisions } from './equality.ts'
import { fieldChanges, fieldNodes } from './field-changes.ts'
import { pageChanges } from './page-changes.ts'
import { annotationsOf, pageList } from './pages.ts'
import { grownStructure } from './structure.ts'
import { dictOf, isArray, isRef, PdfError, type PdfDict } from './value.ts'

/** Entries of the catalog that no later revision may touch (signatures-and-pdf.md §11.1). */
const PROTECTED = new Set([
  'OCProperties',
  'Outlines',
  'Names',
  'OpenAction',
  'AA',
  'Perms',
  'Dests',
  'PageLabels',
  'PageMode',
  'Threads',
  'URI',
  'Requirements',
  'AF',
  'Collection',
  'NeedsRendering',
  'StructTreeRoot',
])
/** Validation data, what it needs to be understood, and the form and pages, which have rules of their own. */
const ELSEWHERE = new Set(['Type', 'Pages', 'AcroForm', 'Extensions'])
/** The change that a later `/DSS` is. */
export const VALIDATION_DATA_ADDED = 'validation data added'

const HARMLESS = new Set(['Metadata', 'Version'])

/**
 * What changed in a document after a signature, each change judged by §11.1. The two are compared as graphs from the catalog down,
 * so an object replaced in place, taken from an object stream or revived from the signed bytes (shadow attacks) is a difference
 * wherever it is used.
 */
export function revisionChanges(revisions: Revisions, permissions: Permissions): Change[] {
  try {
    const changes = [...changesOf(revisions, permissions)]
    return [...new Map(changes.map((change) => [`${change.verdict} ${change.what}`, change])).values()]
  } catch (error) {
    if (!(error instanceof PdfError)) throw error
    return [{ what: `the later revision cannot be read: ${error.message}`, verdict: 'forbidden' }]
  }
}

function* changesOf(revisions: Revisions, permissions: Permissions): Generator<Change> {
  const { before, after } = revisions
  const pages = { before: pageList(before), after: pageList(after) }
  const fields = { before: fieldNodes(before), after: fieldNodes(after) }
  const annotations = pages.before.pages.flatMap((page) =>
    annotationsOf(before, page).flatMap((annotation) => (isRef(annotation) ? [annotation.number] : [])),
  )
  const landmarks = new Set([...pages.before.nodes, ...fields.before.keys(), ...annotations, ...rootNumber(before)])
  const newWidgets = new Set([...fields.after.keys()].filter((number) => !fields.before.has(number)))
  const { equal, grown } = equalityBesideTags(revisions, { landmarks, newWidgets })
  const strict = createEquality(revisions, new Set())

  yield* trailerChanges(revisions, equal)
  if (grown) yield { what: 'tags of a new signature field added', verdict: 'allowed' }
  yield* catalogChanges(revisions, equal)
  yield* formChanges(revisions, equal)
  yield* fieldChanges(fields.before, fields.after, { revisions, equal, permissions })
  yield* pageChanges(pages.before.pages, pages.after.pages, { revisions, equal, strict, permissions, fields })
}

/** Outlines and links name elements of the tags, and elements their parents: where these only grew, they too are landmarks. */
function equalityBesideTags(
  revisions: Revisions,
  { landmarks, newWidgets }: { landmarks: ReadonlySet<number>; newWidgets: ReadonlySet<number> },
): { equal: Equal; grown: boolean } {
  const equal = createEquality(revisions, landmarks)
  const [left, right] = [revisions.before, revisions.after].map((each) => each.catalog().entries.get('StructTreeRoot'))
  const grown = equal(left, right) ? null : grownStructure(revisions, { landmarks, newWidgets })
  return grown
    ? { equal: createEquality(revisions, new Set([...landmarks, ...grown])), grown: true }
    : { equal, grown: false }
}

/** Old signatures name the catalog as what they are about: it too is compared in its own right. */
function rootNumber({ trailer }: Revisions['before']): number[] {
  const root = trailer.entries.get('Root')
  return isRef(root) ? [root.number] : []
}

/** What a trailer or a cross-reference stream says of itself; nothing of it shows. */
const BOOKKEEPING = new Set([
  'Size',
  'Prev',
  'Root',
  'ID',
  'XRefStm',
  'Type',
  'W',
  'Index',
  'Length',
  'Filter',
  'DecodeParms',
  'DL',
])

function* trailerChanges({ before, after }: Revisions, equal: Equal): Generator<Change> {
  for (const key of keysOf(before.trailer, after.trailer)) {
    if (BOOKKEEPING.has(key) || equal(before.trailer.entries.get(key), after.trailer.entries.get(key))) continue
    if (key === 'Info') yield { what: 'document information changed', verdict: 'flag' }
    else yield { what: `/${key} of the trailer changed`, verdict: key === 'Encrypt' ? 'forbidden' : 'unknown' }
  }
}

function* catalogChanges(revisions: Revisions, equal: Equal): Generator<Change> {
  const [left, right] = [revisions.before.catalog(), revisions.after.catalog()]
  for (const key of keysOf(left, right)) {
    if (!ELSEWHERE.has(key) && !equal(left.entries.get(key), right.entries.get(key))) yield catalogChange(key)
  }
}

function catalogChange(key: string): Change {
  if (key === 'DSS') return { what: VALIDATION_DATA_ADDED, verdict: 'allowed' }
  const what = `/${key} of the document changed`
  if (HARMLESS.has(key)) return { what, verdict: 'flag' }
  return { what, verdict: PROTECTED.has(key) ? 'forbidden' : 'unknown' }
}

const NO_FORM: PdfDict = { kind: 'dict', entries: new Map(), duplicates: [] }

const formOf = (document: PdfDocument): PdfDict => dictOf(document.entry(document.catalog(), 'AcroForm')) ?? NO_FORM

/** The form's own entries; its fields are compared one by one elsewhere. */
function* formChanges(revisions: Revisions, equal: Equal): Generator<Change> {
  const { before, after } = revisions
  const [left, right] = [formOf(before), formOf(after)]
  for (const key of keysOf(left, right)) {
    if (key === 'SigFlags' || equal(left.entries.get(key), right.entries.get(key))) continue
    if (key !== 'Fields') yield formChange(key, revisions, { left, right, equal })
    else if (hasDirectFields(left, before) || hasDirectFields(right, after))
      yield { what: 'fields without object number changed', verdict: 'unknown' }
  }
}

type Forms = Readonly<{ left: PdfDict; right: PdfDict; equal: Equal }>

/** Entries that a signing tool writes when the form has none. */
const DEFAULTS = new Set(['DA', 'Q'])

function formChange(key: string, revisions: Revisions, forms: Forms): Change {
  if (key === 'DR')
    return { what: 'resources of the form changed', verdict: grewOnly(revisions, forms) ? 'flag' : 'forbidden' }
  const what = `/${key} of the form changed`
  // Readers then draw each field anew from its value, which need not be what was shown (shadow: replace).
  if (key === 'NeedAppearances')
    return { what, verdict: revisions.after.entry(forms.right, key) === true ? 'unknown' : 'flag' }
  if (!DEFAULTS.has(key)) return { what, verdict: 'forbidden' }
  return { what, verdict: forms.left.entries.has(key) ? 'unknown' : 'flag' }
}

function hasDirectFields(form: PdfDict, document: Revisions['before']): boolean {
  const fields = document.entry(form, 'Fields')
  return isArray(fields) && fields.some((field) => !isRef(field))
}

/** Resources that a field's appearance could be drawn with; signers keep their own drawings (`/XObject`) beside them. */
const DRAWING = ['Font', 'Encoding']

/** Fonts may be added for a new appearance; those that were there must be what they were. */
function grewOnly({ before, after }: Revisions, { left, right, equal }: Forms): boolean {
  const [earlier, later] = [dictOf(before.entry(left, 'DR')), dictOf(after.entry(right, 'DR'))]
  if (!earlier) return true
  return DRAWING.every((category) => {
    const [old, now] = [dictOf(before.entry(earlier, category)), dictOf(after.entry(later, category))]
    if (!old) return true
    if (!now) return false
    return [...old.entries].every(([name, value]) => equal(value, now.entries.get(name)))
  })
}
