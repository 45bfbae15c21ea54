import { createRequire } from 'node:module'
import type * as PdfLib from '@cantoo/pdf-lib'
import type { PDFDocument } from '@cantoo/pdf-lib'

/** The PDF library. Its ES build is hundreds of files, which a loader reads one by one; its CommonJS build is there at once. */
export const lib = createRequire(import.meta.url)('@cantoo/pdf-lib') as typeof PdfLib

/**
 * A PDF to be appended to. Not in turns, as the library reads and writes by itself: it would wait a millisecond after every
 * fifty or hundred objects for others, and in our threads nobody waits.
 */
export async function openForUpdate(pdf: Uint8Array): Promise<PDFDocument> {
  const document = await lib.PDFDocument.load(pdf, {
    forIncrementalUpdate: true,
    updateMetadata: false,
    parseSpeed: lib.ParseSpeeds.Fastest,
  })
  // At each entry of each new dictionary the library would look through all objects for the one that it changes: we say which.
  document.context.registerObjectChange = () => undefined
  return document
}

/** What was opened, byte for byte, and what was changed in it as one more revision (ISO 32000-2 §7.5.6); it may be changed further. */
export const updated = async (document: PDFDocument): Promise<Buffer> => {
  const { buffer } = await document.commit({ useObjectStreams: false, objectsPerTick: Infinity })
  return Buffer.from(buffer)
}
