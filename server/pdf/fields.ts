import type { PdfDocument } from './document.ts'
import { dictOf, isArray, isRef, nameOf, PdfError, textOf, type PdfDict, type PdfValue } from './value.ts'

/** A field of the form, with what it inherits (ISO 32000-2 §12.7.4). */
export type FormField = Readonly<{
  dict: PdfDict
  /** Fully qualified name. */
  name: string
  type: string | null
  value: PdfValue | undefined
}>

const MAX_FIELDS = 50_000
const MAX_DEPTH = 32

/**
 * All terminal fields of the interactive form, in order; loops end silently. Throws PdfError for a monstrous tree: a signature in what is
 * not looked at would make a signed file pass for an unsigned one.
 */
export function formFields(document: PdfDocument): FormField[] {
  const form = dictOf(document.entry(document.catalog(), 'AcroForm'))
  const found: FormField[] = []
  const visited = new Set<number>()
  const walk = (value: PdfValue, parent: Pick<FormField, 'name' | 'type' | 'value'>, depth: number): void => {
    if (isRef(value)) {
      if (visited.has(value.number)) return
      visited.add(value.number)
    }
    if (depth > MAX_DEPTH || found.length >= MAX_FIELDS)
      throw new PdfError('The form has more fields than are looked at')
    const dict = dictOf(document.resolve(value))
    if (!dict) return
    const own = describe(document, dict, parent)
    const children = fieldChildren(document, dict)
    if (children.length === 0) found.push({ dict, ...own })
    for (const child of children) walk(child, own, depth + 1)
  }
  const roots = document.entry(form, 'Fields')
  if (isArray(roots)) for (const root of roots) walk(root, { name: '', type: null, value: undefined }, 0)
  return found
}

function describe(
  document: PdfDocument,
  dict: PdfDict,
  parent: Pick<FormField, 'name' | 'type' | 'value'>,
): Pick<FormField, 'name' | 'type' | 'value'> {
  const partial = textOf(document.entry(dict, 'T'))
  const name = partial === null ? parent.name : parent.name === '' ? partial : `${parent.name}.${partial}`
  return { name, type: nameOf(document.entry(dict, 'FT')) ?? parent.type, value: dict.entries.get('V') ?? parent.value }
}

/** Kids that are fields themselves; kids without a name are only widgets of this one. */
function fieldChildren(document: PdfDocument, dict: PdfDict): readonly PdfValue[] {
  const kids = document.entry(dict, 'Kids')
  if (!isArray(kids)) return []
  return kids.filter((kid) => dictOf(document.resolve(kid))?.entries.has('T'))
}
