import { createRequire } from 'node:module'
import type * as PdfLib from '@cantoo/pdf-lib'
import type { PDFRef } from '@cantoo/pdf-lib'

// See pdf-placeholder.ts: the CommonJS build is there at once.
const lib = createRequire(import.meta.url)('@cantoo/pdf-lib') as typeof PdfLib

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
  const document = await lib.PDFDocument.load(pdf, { forIncrementalUpdate: true, updateMetadata: false })
  const { context, catalog } = document
  const streams = (items: readonly Uint8Array[]): PDFRef[] =>
    items.map((item) => context.register(context.flateStream(item)))
  const store = context.obj({ Certs: streams(certificates), CRLs: streams(crls), OCSPs: streams(ocsps) })
  catalog.set(lib.PDFName.of('DSS'), context.register(store))
  context.snapshot?.markRefForSave(context.trailerInfo.Root as PDFRef)
  return Buffer.from(await document.save({ useObjectStreams: false }))
}
