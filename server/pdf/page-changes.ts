import {
  annotationVerdict,
  signedAnnotationVerdict,
  type Change,
  type ChangeVerdict,
  type Permissions,
} from './change.ts'
import type { PdfDocument } from './document.ts'
import { isDocumentTimestamp, type FieldNode } from './field-changes.ts'
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
  const { revisions, equal, permissions, number } = comparison
  const remaining = createPlaces(annotationsOf(revisions.after, later), equal)
  const places: number[] = []
  for (const annotation of annotationsOf(revisions.before, page)) {
    const found = remaining.take(annotation)
    if (found) places.push(found.place)
    yield* oldAnnotation(annotation, found?.annotation, comparison)
  }
  // The later one is drawn over the earlier: who swaps two of them shows what was covered (shadow: hide and replace).
  if (places.some((place, index) => place < (places[index - 1] ?? 0)))
    yield { what: `annotations of page ${number} in another order`, verdict: signedAnnotationVerdict(permissions) }
  for (const annotation of remaining.left()) yield newAnnotation(annotation, comparison)
}

type Placed = Readonly<{ place: number; annotation: PdfValue | undefined }>

/** Unequal pairs of annotations without number that are looked at on a page: enough to put two hundred of them in any order. */
const MAX_UNEQUAL = 20_000

/**
 * The annotations of a page, each to be found once: by number, or those written in the page itself by what they say. One of those that
 * is not found in time is as good as removed: nobody reorders thousands.
 */
function createPlaces(annotations: readonly PdfValue[], equal: Equal) {
  const left = new Map(annotations.map((annotation, place) => [place, annotation]))
  const written = new Map([...left].filter(([, annotation]) => !isRef(annotation)))
  const numbered = new Map<number, number[]>()
  // From the end, so that the first of several is taken first.
  for (const [place, annotation] of [...left].reverse()) {
    if (!isRef(annotation)) continue
    const same = numbered.get(annotation.number)
    if (same) same.push(place)
    else numbered.set(annotation.number, [place])
  }
  let unequal = 0

  function placeOf(annotation: PdfValue): number | undefined {
    if (isRef(annotation)) return numbered.get(annotation.number)?.pop()
    for (const [place, other] of written) {
      if (unequal > MAX_UNEQUAL) break
      if (equal(annotation, other)) return place
      unequal += 1
    }
    return undefined
  }

  return {
    take(annotation: PdfValue): Placed | undefined {
      const place = placeOf(annotation)
      if (place === undefined) return undefined
      left.delete(place)
      written.delete(place)
      return { place, annotation: annotations[place] }
    },
    left: () => left.values(),
  }
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
  return isVisible(dict, after.entry(dict, 'Rect'))
    ? {
        what: `signature field “${field.name}” shown on page ${number}`,
        verdict: shownFieldVerdict(field, after, permissions),
      }
    : { what: `invisible signature field “${field.name}” on page ${number}`, verdict: 'allowed' }
}

/**
 * Permitted with a signature, but it can cover what was signed ("sneaky signature"): a person is told where. Whoever shows something and
 * signs nothing, or lets a time stamp stand for a signature, adds what any annotation adds.
 */
const shownFieldVerdict = ({ dict }: FieldNode, after: PdfDocument, permissions: Permissions): ChangeVerdict =>
  dictOf(after.entry(dict, 'V')) !== null && !isDocumentTimestamp(dict, after) ? 'flag' : annotationVerdict(permissions)

function isVisible(dict: PdfDict | null, rect: PdfValue): boolean {
  if (!dict?.entries.has('AP') || !isArray(rect)) return false
  const [left, bottom, right, top] = rect
  return left !== right && bottom !== top
}
