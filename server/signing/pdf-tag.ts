import type { PDFDict, PDFDocument, PDFObject, PDFPage, PDFRef } from '@cantoo/pdf-lib'
import { lib } from './pdf-update.ts'

/**
 * Gives a visible signature its place in the structure of a tagged document: a Form element that holds the widget (ISO 14289-1
 * §7.18.4), last in reading order. Leaves a document without tags as it is. Before signing only: it changes the structure.
 */
export function tagWidget(document: PDFDocument, { widget, page }: { widget: PDFRef; page: PDFPage }): void {
  const { context } = document
  const { PDFDict, PDFName, PDFNumber } = lib
  const structure = structureOf(document)
  if (!structure) return
  const { root, body, leaf, next } = structure
  const reference = { Type: 'OBJR', Obj: widget, Pg: page.ref }
  const element = context.register(context.obj({ S: 'Form', P: body, Pg: page.ref, K: reference }))
  append(context.lookup(body, PDFDict), 'K', [element])
  append(leaf, 'Nums', [PDFNumber.of(next), element])
  root.set(PDFName.of('ParentTreeNextKey'), PDFNumber.of(next + 1))
  context.lookup(widget, PDFDict).set(PDFName.of('StructParent'), PDFNumber.of(next))
  for (const ref of [document.catalog.get(PDFName.of('StructTreeRoot')), body, ...structure.refs])
    if (ref instanceof lib.PDFRef) context.snapshot?.markRefForSave(ref)
}

/** Adds to a list; one that is an object of its own, or is not there, is written anew beside its dictionary's other entries. */
function append(dict: PDFDict, key: string, items: readonly PDFObject[]): void {
  const { PDFArray, PDFName } = lib
  const value = dict.lookup(PDFName.of(key))
  const old = value instanceof PDFArray ? value.asArray() : [dict.get(PDFName.of(key))]
  dict.set(PDFName.of(key), dict.context.obj([...old.filter((item) => item !== undefined), ...items]))
}

/** Where an element is added: below the first one, and in the last leaf of the number tree of parents. */
function structureOf({ catalog }: PDFDocument) {
  const { PDFArray, PDFDict, PDFName, PDFRef } = lib
  const root = catalog.lookupMaybe(PDFName.of('StructTreeRoot'), PDFDict)
  const kids = root?.lookup(PDFName.of('K'))
  const body = kids instanceof PDFArray ? kids.get(0) : root?.get(PDFName.of('K'))
  const parents = root && lastLeaf(root)
  return root && parents && body instanceof PDFRef ? { root, body, ...parents } : undefined
}

const MAX_DEPTH = 20

/** The leaf with the highest keys (ISO 32000-1 §7.9.7), the objects on the way to it, and the key after them, which its limits now allow. */
function lastLeaf(root: PDFDict): { leaf: PDFDict; refs: PDFObject[]; next: number } | undefined {
  const { PDFArray, PDFDict, PDFName, PDFNumber } = lib
  const refs = [root.get(PDFName.of('ParentTree'))]
  const nodes = [root.lookupMaybe(PDFName.of('ParentTree'), PDFDict)]
  for (let kids = kidsOf(nodes.at(-1)); kids && nodes.length < MAX_DEPTH; kids = kidsOf(nodes.at(-1))) {
    refs.push(kids.get(kids.size() - 1))
    nodes.push(kids.lookupMaybe(kids.size() - 1, PDFDict))
  }
  const leaf = nodes.at(-1)
  const pairs = leaf?.lookupMaybe(PDFName.of('Nums'), PDFArray)
  if (!leaf || !pairs) return undefined
  const keys = pairs.asArray().filter((_, index) => index % 2 === 0)
  const free = root.lookupMaybe(PDFName.of('ParentTreeNextKey'), PDFNumber)?.asNumber() ?? 0
  const next = keys.reduce((most, key) => (key instanceof PDFNumber ? Math.max(most, key.asNumber() + 1) : most), free)
  for (const node of nodes) allow(node, next)
  return { leaf, refs: refs.filter((ref) => ref !== undefined), next }
}

/** Widens the limits of a node: readers look for no key beyond them. */
function allow(node: PDFDict | undefined, key: number): void {
  const limits = node?.lookupMaybe(lib.PDFName.of('Limits'), lib.PDFArray)
  if (node && limits) node.set(lib.PDFName.of('Limits'), node.context.obj([limits.get(0), lib.PDFNumber.of(key)]))
}

const kidsOf = (node: PDFDict | undefined) => {
  const kids = node?.lookupMaybe(lib.PDFName.of('Kids'), lib.PDFArray)
  return kids && kids.size() > 0 ? kids : undefined
}
