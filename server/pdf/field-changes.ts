import { fillVerdict, type Change, type ChangeVerdict, type Permissions } from './change.ts'
import type { PdfDocument } from './document.ts'
import { keysOf, type Equal, type Revisions } from './equality.ts'
import { isLocked } from './signatures.ts'
import { dictOf, isArray, isName, isRef, nameOf, PdfError, textOf, type PdfDict, type PdfValue } from './value.ts'

/** A field or a widget of one, by object number. */
export type FieldNode = Readonly<{ number: number; dict: PdfDict; name: string; type: string | null; isLeaf: boolean }>

const MAX_NODES = 100_000

/** Every node of the form's tree. Nodes written directly in their parent have no number and are compared with it. Throws PdfError for a monstrous tree. */
export function fieldNodes(document: PdfDocument): Map<number, FieldNode> {
  const nodes = new Map<number, FieldNode>()
  const walk = (value: PdfValue, parent: Pick<FieldNode, 'name' | 'type'>): void => {
    if (!isRef(value) || nodes.has(value.number)) return
    if (nodes.size > MAX_NODES) throw new PdfError('The form has more fields than are looked at')
    const dict = dictOf(document.resolve(value))
    if (!dict) return
    const kids = listOf(document.entry(dict, 'Kids'))
    const node = { number: value.number, dict, isLeaf: kids.length === 0, ...inherited(document, dict, parent) }
    nodes.set(value.number, node)
    for (const kid of kids) walk(kid, node)
  }
  const form = dictOf(document.entry(document.catalog(), 'AcroForm'))
  for (const root of listOf(document.entry(form, 'Fields'))) walk(root, { name: '', type: null })
  return nodes
}

const listOf = (value: PdfValue): readonly PdfValue[] => (isArray(value) ? value : [])

function inherited(
  document: PdfDocument,
  dict: PdfDict,
  parent: Pick<FieldNode, 'name' | 'type'>,
): Pick<FieldNode, 'name' | 'type'> {
  const names = [parent.name, textOf(document.entry(dict, 'T')) ?? ''].filter((name) => name !== '')
  return { name: names.join('.'), type: nameOf(document.entry(dict, 'FT')) ?? parent.type }
}

type Comparison = Readonly<{ revisions: Revisions; equal: Equal; permissions: Permissions }>

/** With the signatures that fields showed before, as they are now. */
type Known = Comparison & Readonly<{ signed: ReadonlySet<PdfDict> }>

/** Changes of fields between two revisions: removed, filled in, altered, added. */
export function* fieldChanges(
  before: ReadonlyMap<number, FieldNode>,
  after: ReadonlyMap<number, FieldNode>,
  compared: Comparison,
): Generator<Change> {
  const comparison = { ...compared, signed: signaturesIn(before, compared.revisions.after) }
  const filled = filledNames(before, after, comparison.equal)
  for (const node of before.values()) {
    const later = after.get(node.number)
    if (!later) yield { what: `field “${node.name}” removed`, verdict: 'forbidden' }
    else if (later.dict !== node.dict || filled.has(node.name))
      yield* nodeChanges(node, later, { ...comparison, filled })
  }
  for (const node of after.values()) if (!before.has(node.number)) yield newField(node, comparison)
}

function signaturesIn(fields: ReadonlyMap<number, FieldNode>, now: PdfDocument): Set<PdfDict> {
  return new Set([...fields.values()].flatMap(({ dict }) => dictOf(now.resolve(dict.entries.get('V'))) ?? []))
}

/** Names of the fields whose value differs; their appearances may then differ too. */
function filledNames(
  before: ReadonlyMap<number, FieldNode>,
  after: ReadonlyMap<number, FieldNode>,
  equal: Equal,
): Set<string> {
  const names = new Set<string>()
  for (const node of before.values()) {
    const later = after.get(node.number)
    if (later && !equal(node.dict.entries.get('V'), later.dict.entries.get('V'))) names.add(node.name)
  }
  return names
}

const READ_ONLY = 1

function* nodeChanges(
  node: FieldNode,
  later: FieldNode,
  { filled, ...comparison }: Known & { filled: ReadonlySet<string> },
): Generator<Change> {
  const { equal } = comparison
  const { name, dict } = node
  const isFilled = filled.has(name) || [...filled].some((other) => name.startsWith(`${other}.`))
  for (const key of keysOf(dict, later.dict)) {
    if (key === 'P' || equal(dict.entries.get(key), later.dict.entries.get(key))) continue
    const verdict = keyVerdict(key, { ...comparison, node, later, isFilled })
    if (key === 'V' && node.type === 'Sig')
      yield {
        what: verdict === 'forbidden' ? `signature in field “${name}” replaced or removed` : `field “${name}” signed`,
        verdict,
      }
    else yield { what: key === 'V' ? `field “${name}” filled in` : `/${key} of field “${name}” changed`, verdict }
  }
}

type KeyFacts = Known & Readonly<{ node: FieldNode; later: FieldNode; isFilled: boolean }>

/** Entries that show a value: they change with it. */
const APPEARANCE = new Set(['AP', 'AS', 'MK', 'I'])
/** Those from which it is drawn. Whoever fills in a field writes them anew (iText, without the colour): they show no more than the value. */
const LETTERS = new Set(['DA', 'Q'])
/** Entries that signers adjust on the field that they fill. */
const ADJUSTED = new Set(['F', 'M', 'StructParent'])
/** Bits of /F: Invisible, Hidden, NoView (ISO 32000-2 table 167). */
const UNSEEN = 1 | 2 | 32

const showsValue = (key: string, isFilled: boolean): boolean => APPEARANCE.has(key) || (isFilled && LETTERS.has(key))

function keyVerdict(key: string, facts: KeyFacts): ChangeVerdict {
  const { node, isFilled, permissions } = facts
  const fill = fillVerdict(permissions, node.name)
  if (key === 'V') return node.type === 'Sig' ? signatureVerdict(facts) : fill
  if (showsValue(key, isFilled)) return appearanceVerdict(facts, fill)
  if (key === 'F' && turnsUnseen(facts)) return 'forbidden'
  if (ADJUSTED.has(key)) return fill === 'forbidden' ? 'forbidden' : 'flag'
  return isHarmless(key, facts) ? 'flag' : 'forbidden'
}

/**
 * An appearance that changes while its value does not is how a shadow document swaps what is read. So is one that comes with a time
 * stamp, which has nothing to show.
 */
const appearanceVerdict = ({ later, isFilled, revisions: { after } }: KeyFacts, fill: ChangeVerdict): ChangeVerdict =>
  isFilled && !isDocumentTimestamp(later.dict, after) ? fill : 'unknown'

/** A field that goes away, or comes up, uncovers or covers what was signed (shadow attacks); only a signature comes with its look. */
function turnsUnseen({ node, later, isFilled, revisions: { before, after } }: KeyFacts): boolean {
  const seen = (flags: PdfValue): number => (typeof flags === 'number' ? flags & UNSEEN : 0)
  const [was, is] = [seen(before.entry(node.dict, 'F')), seen(after.entry(later.dict, 'F'))]
  return was !== is && !(is === 0 && isFilled && node.type === 'Sig')
}

/**
 * Some signers (PDFBox, EU DSS) take the place of the empty field that they sign and show nothing: as good as an appearance that is
 * empty.
 */
function isSignedUnseen({ node, later, isFilled, revisions: { after } }: KeyFacts): boolean {
  const rect = after.entry(later.dict, 'Rect')
  const takesNoPlace = isArray(rect) && rect.length === 4 && rect.every((edge) => edge === 0)
  return takesNoPlace && isFilled && node.type === 'Sig' && !isDocumentTimestamp(later.dict, after)
}

function isHarmless(key: string, facts: KeyFacts): boolean {
  const { node, later, revisions } = facts
  const { before, after } = revisions
  if (key === 'Rect') return isSignedUnseen(facts)
  if (key === 'Ff') return onlyReadOnlyAdded(before.entry(node.dict, 'Ff'), after.entry(later.dict, 'Ff'))
  return key === 'Type' && isName(later.dict.entries.get('Type'), 'Annot')
}

/**
 * An empty signature field may be signed; a signature that was there stays what it is, and where it is: one that is replaced is also
 * hidden, or shown again.
 */
function signatureVerdict({ node, later, permissions, signed, revisions: { before, after } }: KeyFacts): ChangeVerdict {
  if (before.entry(node.dict, 'V') !== null || isShownAgain(later, { signed, after })) return 'forbidden'
  return signVerdict(later, permissions, after)
}

/** An earlier signature in a further field seems to be about what stands there (confusing fields, signatures-and-pdf.md §11). */
function isShownAgain(
  { dict }: FieldNode,
  { signed, after }: { signed: Known['signed']; after: PdfDocument },
): boolean {
  const signature = dictOf(after.entry(dict, 'V'))
  return signature !== null && signed.has(signature)
}

const onlyReadOnlyAdded = (before: PdfValue, after: PdfValue): boolean =>
  typeof after === 'number' && after === ((typeof before === 'number' ? before : 0) | READ_ONLY)

function signVerdict({ dict, name }: FieldNode, permissions: Permissions, after: PdfDocument): ChangeVerdict {
  return isDocumentTimestamp(dict, after) ? 'allowed' : fillVerdict(permissions, name)
}

/** Whether a field holds a time stamp, which is nobody's signature: by either of the names that readers go by. */
export const isDocumentTimestamp = (field: PdfDict, document: PdfDocument): boolean => {
  const signature = dictOf(document.entry(field, 'V'))
  return (
    nameOf(document.entry(signature, 'SubFilter')) === 'ETSI.RFC3161' ||
    nameOf(document.entry(signature, 'Type')) === 'DocTimeStamp'
  )
}

function newField(node: FieldNode, { revisions: { after }, permissions, signed }: Known): Change {
  const { dict, name, type, isLeaf } = node
  if (isShownAgain(node, { signed, after }))
    return { what: `field “${name}” added that shows an earlier signature`, verdict: 'forbidden' }
  // A node above signature fields only holds them together; it shows nothing.
  if (!isLeaf && !dict.entries.has('V'))
    return { what: `field group “${name}” added`, verdict: type === 'Sig' || type === null ? 'allowed' : 'unknown' }
  if (type !== 'Sig')
    return { what: `field “${name}” added`, verdict: permissions.docMdp === null ? 'unknown' : 'forbidden' }
  if (isDocumentTimestamp(dict, after)) return { what: `document time stamp “${name}” added`, verdict: 'allowed' }
  return { what: `signature field “${name}” added`, verdict: newSignatureVerdict(permissions, name) }
}

/**
 * P=2 permits signing (ISO 32000-2 table 257), also in a field of its own. A lock is about values of fields that were there (§12.8.2.4), so
 * nothing forbids a new one; whoever locked all may not have meant that (EU DSS warns, pyHanko refuses), and a person is told.
 */
function newSignatureVerdict({ docMdp, locks }: Permissions, name: string): ChangeVerdict {
  if (docMdp === 1) return 'forbidden'
  return locks.some((lock) => isLocked(lock, name)) ? 'flag' : 'allowed'
}
