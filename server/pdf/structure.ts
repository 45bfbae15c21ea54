import type { PdfDocument } from './document.ts'
import { createEquality, type Equal, type Revisions } from './equality.ts'
import { dictOf, isArray, isRef, type PdfDict, type PdfRef, type PdfValue } from './value.ts'

/** `landmarks`: the objects that are compared elsewhere (pages, annotations, fields). */
type Facts = Readonly<{ landmarks: ReadonlySet<number>; newWidgets: ReadonlySet<number> }>

const MAX_DEPTH = 100

/**
 * The objects of the tags (ISO 32000-2 §14.7) if these only grew by elements of new signature fields, as a signer of a PDF/UA document adds
 * them; else null.
 * Nothing that was tagged may be tagged otherwise. Elements name their parents, so each is compared by itself, with the others as
 * landmarks: else one new element would make every other one differ.
 */
export function grownStructure(revisions: Revisions, { landmarks, newWidgets }: Facts): ReadonlySet<number> | null {
  const { before, after } = revisions
  const root = before.catalog().entries.get('StructTreeRoot')
  const sameRoot = after.catalog().entries.get('StructTreeRoot')
  if (!isRef(root) || !isRef(sameRoot) || root.number !== sameRoot.number) return null
  const elements = elementsUnder(before, root)
  const equal = createEquality(revisions, new Set([...landmarks, ...elements.keys()]))
  const grewOnly = [...elements.values()].every((element) => {
    const [left, right] = [dictOf(before.resolve(element)), dictOf(after.resolve(element))]
    return left !== null && right !== null && dictGrew(revisions, { left, right }, { equal, newWidgets })
  })
  return grewOnly ? new Set(elements.keys()) : null
}

/** The root and the elements that hang on it, by object number. */
function elementsUnder(document: PdfDocument, root: PdfRef): Map<number, PdfRef> {
  const found = new Map([[root.number, root]])
  const waiting: PdfValue[] = [root]
  for (let next = waiting.pop(); next !== undefined; next = waiting.pop()) {
    const dict = dictOf(document.resolve(next))
    for (const kid of listOf(document, dict?.entries.get('K'))) {
      if (!isRef(kid) || found.has(kid.number)) continue
      found.set(kid.number, kid)
      waiting.push(kid)
    }
  }
  return found
}

type Checks = Readonly<{ equal: Equal; newWidgets: ReadonlySet<number> }>

function dictGrew(
  revisions: Revisions,
  { left, right }: { left: PdfDict; right: PdfDict },
  { equal, newWidgets }: Checks,
): boolean {
  if ([...left.entries.keys()].some((key) => !right.entries.has(key))) return false
  if (left.duplicates.length > 0 || right.duplicates.length > 0) return left === right
  return [...right.entries].every(([key, value]) => {
    const earlier = left.entries.get(key)
    if (earlier !== undefined && equal(earlier, value)) return true
    switch (key) {
      case 'K':
        return kidsGrew(revisions, { earlier, value }, { equal, newWidgets })
      case 'ParentTree':
        return parentTreeGrew(revisions, { earlier, value }, { equal, newWidgets })
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

function kidsGrew({ before, after }: Revisions, { earlier, value }: Pair, { equal, newWidgets }: Checks): boolean {
  const [old, now] = [listOf(before, earlier), listOf(after, value)]
  if (!old.every((kid, index) => equal(kid, now[index]))) return false
  return now.slice(old.length).every((kid) => belongsToNewField(after, kid, { newWidgets, depth: 0 }))
}

/** A new element holds only object references to new widgets: no marked content, no alternative text for old things. */
function belongsToNewField(
  document: PdfDocument,
  kid: PdfValue,
  { newWidgets, depth }: { newWidgets: ReadonlySet<number>; depth: number },
): boolean {
  const dict = dictOf(document.resolve(kid))
  if (!dict || depth > MAX_DEPTH) return false
  const target = dict.entries.get('Obj')
  if (target !== undefined) return isRef(target) && newWidgets.has(target.number)
  const kids = listOf(document, dict.entries.get('K'))
  return kids.length > 0 && kids.every((inner) => belongsToNewField(document, inner, { newWidgets, depth: depth + 1 }))
}

function parentTreeGrew({ before, after }: Revisions, { earlier, value }: Pair, { equal, newWidgets }: Checks) {
  const [old, now] = [numbersOf(before, earlier), numbersOf(after, value)]
  if (!old || !now || [...old].some(([key, item]) => !equal(item, now.get(key)))) return false
  return [...now].every(([key, item]) => old.has(key) || belongsToNewField(after, item, { newWidgets, depth: 0 }))
}

/** The entries of a number tree (ISO 32000-2 §7.9.7), or null where readers could find different ones. */
function numbersOf(document: PdfDocument, tree: PdfValue | undefined): Map<number, PdfValue> | null {
  const found = new Map<number, PdfValue>()
  const seen = new Set<number>()
  const waiting = [tree]
  while (waiting.length > 0) {
    const node = waiting.pop()
    if (isRef(node) && seen.size === seen.add(node.number).size) return null
    const dict = dictOf(document.resolve(node))
    if (!dict) return null
    waiting.push(...listOf(document, dict.entries.get('Kids')))
    const pairs = listOf(document, dict.entries.get('Nums'))
    for (let at = 0; at < pairs.length; at += 2) {
      const [key, item] = [document.resolve(pairs[at]), pairs[at + 1]]
      if (typeof key !== 'number' || item === undefined || found.has(key)) return null
      found.set(key, item)
    }
  }
  return found
}
