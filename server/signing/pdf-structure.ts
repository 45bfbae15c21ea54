import type { PdfDocument } from './pdf-document.ts'
import type { Equal, Revisions } from './pdf-equality.ts'
import { dictOf, isArray, isRef, type PdfDict, type PdfValue } from './pdf-value.ts'

type Facts = Readonly<{ equal: Equal; newWidgets: ReadonlySet<number> }>

const MAX_DEPTH = 100

/**
 * Whether the tags (ISO 32000-2 §14.7) only grew by elements of new signature fields, as a signer of a PDF/UA document adds them.
 * Nothing that was tagged may be tagged otherwise.
 */
export function structureGrewOnly({ before, after }: Revisions, facts: Facts): boolean {
  const left = dictOf(before.entry(before.catalog(), 'StructTreeRoot'))
  const right = dictOf(after.entry(after.catalog(), 'StructTreeRoot'))
  if (!left || !right) return false
  return dictGrew({ before, after }, { left, right }, { facts, depth: 0 })
}

type Step = Readonly<{ facts: Facts; depth: number }>

function dictGrew(
  revisions: Revisions,
  { left, right }: { left: PdfDict; right: PdfDict },
  { facts, depth }: Step,
): boolean {
  if (depth > MAX_DEPTH || [...left.entries.keys()].some((key) => !right.entries.has(key))) return false
  return [...right.entries].every(([key, value]) => {
    const earlier = left.entries.get(key)
    if (key === 'P' || (earlier !== undefined && facts.equal(earlier, value))) return true
    switch (key) {
      case 'K':
        return kidsGrew(revisions, { earlier, value }, { facts, depth })
      case 'ParentTree':
        return parentTreeGrew(revisions, { earlier, value }, facts)
      case 'ParentTreeNextKey':
        return true
      default:
        return false
    }
  })
}

type Pair = Readonly<{ earlier: PdfValue | undefined; value: PdfValue }>

const listOf = (document: PdfDocument, value: PdfValue | undefined): readonly PdfValue[] => {
  const resolved = document.resolve(value)
  return isArray(resolved) ? resolved : value === undefined || resolved === null ? [] : [value]
}

function kidsGrew(revisions: Revisions, { earlier, value }: Pair, { facts, depth }: Step): boolean {
  const [old, now] = [listOf(revisions.before, earlier), listOf(revisions.after, value)]
  if (now.length < old.length) return false
  return now.every((kid, index) => {
    const counterpart = old[index]
    if (counterpart === undefined) return belongsToNewField(revisions.after, kid, { facts, depth })
    if (facts.equal(counterpart, kid)) return true
    const [left, right] = [dictOf(revisions.before.resolve(counterpart)), dictOf(revisions.after.resolve(kid))]
    const isSameObject = isRef(counterpart) && isRef(kid) && counterpart.number === kid.number
    return (
      isSameObject &&
      left !== null &&
      right !== null &&
      dictGrew(revisions, { left, right }, { facts, depth: depth + 1 })
    )
  })
}

/** A new element holds only object references to new widgets: no marked content, no alternative text for old things. */
function belongsToNewField(document: PdfDocument, kid: PdfValue, { facts, depth }: Step): boolean {
  const dict = dictOf(document.resolve(kid))
  if (!dict || depth > MAX_DEPTH) return false
  const target = dict.entries.get('Obj')
  if (target !== undefined) return isRef(target) && facts.newWidgets.has(target.number)
  const kids = listOf(document, dict.entries.get('K'))
  return kids.length > 0 && kids.every((inner) => belongsToNewField(document, inner, { facts, depth: depth + 1 }))
}

function parentTreeGrew(revisions: Revisions, { earlier, value }: Pair, { equal }: Facts): boolean {
  const [left, right] = [dictOf(revisions.before.resolve(earlier)), dictOf(revisions.after.resolve(value))]
  const [old, now] = [
    listOf(revisions.before, left?.entries.get('Nums')),
    listOf(revisions.after, right?.entries.get('Nums')),
  ]
  if (!left || !right || left.entries.has('Kids') || right.entries.has('Kids')) return false
  return old.every((item, index) => equal(item, now[index]))
}
