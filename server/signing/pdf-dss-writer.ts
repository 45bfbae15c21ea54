import type { PDFDocument } from '@cantoo/pdf-lib'
import { lib, openForUpdate, updated } from './pdf-update.ts'

export type ValidationData = Readonly<{
  certificates: readonly Uint8Array[]
  crls: readonly Uint8Array[]
  ocsps: readonly Uint8Array[]
}>

/** Appends validation data in a revision of its own. */
export async function withValidationData(pdf: Uint8Array, data: ValidationData): Promise<Buffer> {
  const document = await openForUpdate(pdf)
  addValidationData(document, data)
  return updated(document)
}

/**
 * Adds to the document security store (EN 319 142-1 §5.4.2): what makes a seal verifiable when its authorities are silent. What
 * is there already stays: it is about earlier signatures.
 */
export function addValidationData({ context, catalog }: PDFDocument, data: ValidationData): void {
  const { PDFArray, PDFDict, PDFName, PDFRef } = lib
  const old = catalog.lookup(PDFName.of('DSS'))
  const store = old instanceof PDFDict ? old.clone() : context.obj({})
  const lists = { Certs: data.certificates, CRLs: data.crls, OCSPs: data.ocsps }
  for (const [name, items] of Object.entries(lists)) {
    const list = store.lookup(PDFName.of(name))
    const known = list instanceof PDFArray ? list.asArray() : []
    const added = items.map((item) => context.register(context.stream(item)))
    store.set(PDFName.of(name), context.obj([...known, ...added]))
  }
  catalog.set(PDFName.of('DSS'), context.register(store))
  const { Root } = context.trailerInfo
  if (Root instanceof PDFRef) context.snapshot?.markRefForSave(Root)
}
