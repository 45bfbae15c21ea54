import type { PDFRef } from '@cantoo/pdf-lib'
import { lib, openForUpdate, updated } from './pdf-update.ts'

export type ValidationData = Readonly<{
  certificates: readonly Uint8Array[]
  crls: readonly Uint8Array[]
  ocsps: readonly Uint8Array[]
}>

/** Appends the document security store (EN 319 142-1 §5.4.2): what makes a seal verifiable when its authorities are silent. */
export async function withValidationData(
  pdf: Uint8Array,
  { certificates, crls, ocsps }: ValidationData,
): Promise<Buffer> {
  const document = await openForUpdate(pdf)
  const { context, catalog } = document
  const streams = (items: readonly Uint8Array[]): PDFRef[] =>
    items.map((item) => context.register(context.stream(item)))
  const store = context.obj({ Certs: streams(certificates), CRLs: streams(crls), OCSPs: streams(ocsps) })
  catalog.set(lib.PDFName.of('DSS'), context.register(store))
  context.snapshot?.markRefForSave(context.trailerInfo.Root as PDFRef)
  return updated(document)
}
