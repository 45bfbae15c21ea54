import {
  annotationVerdict,
  signedAnnotationVerdict,
  type Change,
  type ChangeVerdict,
  type Permissions,
} from './change.ts'
import type { FieldNode } from './field-changes.ts'
import { keysOf, type Equal, type Revisions } from './equality.ts'
import { annotationsOf, type Page } from './pages.ts'
import { dictOf, isArray, isName, isRef, nameOf, type PdfDict, type PdfValue } from './value.ts'

type Comparison = Readonly<{
  revisions: Revisions
  equal: Equal
  /** Without landmarks: what a page draws has no business with pages, fields or annotations, and must not hide behind being one. */
  strict: Equal
  permissions: Permissions
  fields: Readonly<{ before: ReadonlyMap<number, FieldNode>; after: ReadonlyMap<number, FieldNode> }>
}>

/** Entries of a page that a signing tool may touch without anything looking different. */
const HARMLESS = new Set(['Tabs', 'LastModified', 'Metadata', 'PieceInfo'])
const ELSEWHERE = new Set(['Type', 'Annots', 'Resources', 'MediaBox', 'CropBox', 'Rotate'])
const DRAWN = new Set(['Contents', 'Group'])
const INHERITED = ['Resources', 'MediaBox', 'CropBox', 'Rotate']

export function* pageChanges(
  before: readonly Page[],
  after: readonly Page[],
  comparison: Comparison,
): Generator<Change> {
  const sameOrder =
    before.length === after.length && before.every(({ object }, index) => object === after[index]?.object)
  if (!sameOrder) {
    yield { what: 'pages added, removed or put in another order', verdict: 'forbidden' }
    return
  }
  for (const [index, page] of before.entries()) {
    const later = after[index]
    if (later) yield* onePage(page, later, { ...comparison, number: index + 1 })
  }
}

function* onePage(page: Page, later: Page, comparison: Comparison & { number: number }): Generator<Change> {
  const { equal, strict, number } = comparison
  for (const key of INHERITED) {
    if (!strict(page.inherited.get(key), later.inherited.get(key)))
      yield { what: `/${key} of page ${number} changed`, verdict: 'forbidden' }
  }
  for (const key of keysOf(page.dict, later.dict)) {
    if (
      ELSEWHERE.has(key) ||
      (DRAWN.has(key) ? strict : equal)(page.dict.entries.get(key), later.dict.entries.get(key))
    )
      continue
    yield { what: `/${key} of page ${number} changed`, verdict: HARMLESS.has(key) ? 'flag' : 'forbidden' }
  }
  yield* annotationChanges(page, later, comparison)
}

function* annotationChanges(page: Page, later: Page, comparison: Comparison & { number: number }): Generator<Change> {
  const { revisions, equal } = comparison
  const remaining = [...annotationsOf(revisions.after, later)]
  for (const annotation of annotationsOf(revisions.before, page)) {
    const index = remaining.findIndex((candidate) => isSame(annotation, candidate, equal))
    const [found] = index < 0 ? [] : remaining.splice(index, 1)
    yield* oldAnnotation(annotation, found, comparison)
  }
  for (const annotation of remaining) yield newAnnotation(annotation, comparison)
}

/** An annotation that was signed, and what it is now; fields are compared one by one elsewhere. */
function* oldAnnotation(
  annotation: PdfValue,
  found: PdfValue | undefined,
  { revisions, equal, permissions, fields, number }: Comparison & { number: number },
): Generator<Change> {
  const dict = dictOf(revisions.before.resolve(annotation))
  const isWidget = isName(revisions.before.entry(dict, 'Subtype'), 'Widget')
  if (found === undefined) {
    yield {
      what: `${isWidget ? 'field' : 'annotation'} removed from page ${number}`,
      verdict: isWidget ? 'forbidden' : signedAnnotationVerdict(permissions),
    }
    return
  }
  const now = dictOf(revisions.after.resolve(found))
  const isField = isRef(annotation) && fields.before.has(annotation.number)
  if (dict && now && !isField)
    yield* alteredAnnotation(dict, now, {
      equal,
      number,
      verdict: isWidget ? 'unknown' : signedAnnotationVerdict(permissions),
    })
}

const isSame = (left: PdfValue, right: PdfValue, equal: Equal): boolean =>
  isRef(left) ? isRef(right) && left.number === right.number : !isRef(right) && equal(left, right)

function* alteredAnnotation(
  before: PdfDict,
  after: PdfDict,
  { equal, number, verdict }: { equal: Equal; number: number; verdict: ChangeVerdict },
): Generator<Change> {
  for (const key of keysOf(before, after)) {
    if (key !== 'P' && !equal(before.entries.get(key), after.entries.get(key))) {
      yield { what: `/${key} of an annotation on page ${number} changed`, verdict }
    }
  }
}

function newAnnotation(
  annotation: PdfValue,
  { revisions: { after }, permissions, fields, number }: Comparison & { number: number },
): Change {
  const dict = dictOf(after.resolve(annotation))
  const subtype = nameOf(after.entry(dict, 'Subtype')) ?? ''
  if (subtype !== 'Widget')
    return { what: `annotation ${subtype} added on page ${number}`, verdict: annotationVerdict(permissions) }
  const field = isRef(annotation) ? fields.after.get(annotation.number) : undefined
  if (field?.type !== 'Sig') return { what: `field shown on page ${number}`, verdict: 'unknown' }
  // Permitted, but it can cover what was signed ("sneaky signature"): a person is told where.
  return isVisible(dict, after.entry(dict, 'Rect'))
    ? { what: `signature field “${field.name}” shown on page ${number}`, verdict: 'flag' }
    : { what: `invisible signature field “${field.name}” on page ${number}`, verdict: 'allowed' }
}

function isVisible(dict: PdfDict | null, rect: PdfValue): boolean {
  if (!dict?.entries.has('AP') || !isArray(rect)) return false
  const [left, bottom, right, top] = rect
  return left !== right && bottom !== top
}
