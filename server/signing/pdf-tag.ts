import type { PDFArray, PDFDict, PDFDocument, PDFPage, PDFRef } from '@cantoo/pdf-lib'
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
  const { root, numbers, body, next } = structure
  const reference = { Type: 'OBJR', Obj: widget, Pg: page.ref }
  const element = context.register(context.obj({ S: 'Form', P: body.ref, Pg: page.ref, K: reference }))
  body.children.push(element)
  numbers.push(PDFNumber.of(next))
  numbers.push(element)
  root.set(PDFName.of('ParentTreeNextKey'), PDFNumber.of(next + 1))
  context.lookup(widget, PDFDict).set(PDFName.of('StructParent'), PDFNumber.of(next))
  const changed = [document.catalog.get(PDFName.of('StructTreeRoot')), root.get(PDFName.of('ParentTree')), body.ref]
  for (const ref of changed) if (ref instanceof lib.PDFRef) context.snapshot?.markRefForSave(ref)
}

/** The parts of a structure tree to which an element can be added; undefined where it is missing or built otherwise. */
function structureOf({ catalog }: PDFDocument) {
  const { PDFArray, PDFDict, PDFName, PDFNumber } = lib
  const root = catalog.lookupMaybe(PDFName.of('StructTreeRoot'), PDFDict)
  if (!root) return undefined
  const numbers = root.lookupMaybe(PDFName.of('ParentTree'), PDFDict)?.lookupMaybe(PDFName.of('Nums'), PDFArray)
  const next = root.lookupMaybe(PDFName.of('ParentTreeNextKey'), PDFNumber)?.asNumber()
  const body = bodyOf(root)
  return numbers && body && next !== undefined ? { root, numbers, body, next } : undefined
}

/** The element that holds all others, and its children. */
function bodyOf(root: PDFDict): { ref: PDFRef; children: PDFArray } | undefined {
  const { PDFArray, PDFDict, PDFName, PDFRef } = lib
  const kids = root.lookup(PDFName.of('K'))
  const ref = kids instanceof PDFArray ? kids.get(0) : root.get(PDFName.of('K'))
  if (!(ref instanceof PDFRef)) return undefined
  const children = root.context.lookup(ref, PDFDict).lookupMaybe(PDFName.of('K'), PDFArray)
  return children && { ref, children }
}
