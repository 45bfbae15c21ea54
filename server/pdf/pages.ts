import type { PdfDocument } from './document.ts'
import { dictOf, isArray, isRef, PdfError, type PdfDict, type PdfValue } from './value.ts'

/** A page with what it inherits from the nodes above (ISO 32000-2 §7.7.3.4). */
export type Page = Readonly<{ object: number | null; dict: PdfDict; inherited: ReadonlyMap<string, PdfValue> }>

const INHERITABLE = ['Resources', 'MediaBox', 'CropBox', 'Rotate']
const MAX_PAGES = 100_000
const MAX_DEPTH = 64

/** The pages in order, and the numbers of all nodes. Throws PdfError on a loop: readers disagree on what such a file shows. */
export function pageList(document: PdfDocument): { pages: Page[]; nodes: Set<number> } {
  const pages: Page[] = []
  const nodes = new Set<number>()
  const walk = (value: PdfValue | undefined, above: Page['inherited'], depth: number): void => {
    if (depth > MAX_DEPTH || pages.length > MAX_PAGES) throw new PdfError('The page tree is too deep or too large')
    const object = isRef(value) ? value.number : null
    if (object !== null && nodes.has(object)) throw new PdfError('A page appears twice or the page tree forms a loop')
    if (object !== null) nodes.add(object)
    const dict = dictOf(document.resolve(value))
    if (!dict) return
    const inherited = inheritedBy(dict, above)
    const kids = document.entry(dict, 'Kids')
    if (isArray(kids)) for (const kid of kids) walk(kid, inherited, depth + 1)
    else pages.push({ object, dict, inherited })
  }
  walk(document.catalog().entries.get('Pages'), new Map(), 0)
  return { pages, nodes }
}

function inheritedBy({ entries }: PdfDict, above: Page['inherited']): Map<string, PdfValue> {
  const own = INHERITABLE.flatMap((key) => {
    const value = entries.get(key)
    return value === undefined ? [] : [[key, value] as const]
  })
  return new Map([...above, ...own])
}

/** The annotations of a page as written: mostly references. */
export function annotationsOf(document: PdfDocument, { dict }: Page): readonly PdfValue[] {
  const list = document.entry(dict, 'Annots')
  return isArray(list) ? list : []
}
