import { createRequire } from 'node:module'
import type * as PdfLib from '@cantoo/pdf-lib'
import type { PDFDocument } from '@cantoo/pdf-lib'
import { MAX_EXPANDED } from '../pdf/index.ts'

/** The PDF library. Its ES build is hundreds of files, which a loader reads one by one; its CommonJS build is there at once. */
export const lib = createRequire(import.meta.url)('@cantoo/pdf-lib') as typeof PdfLib

const BOMB = 'A stream expands beyond any structure'

/** Streams that went beyond it so far: the library goes on without the objects of one that throws. */
let bombs = 0

/**
 * The library, other than our own reader, expands every object stream in a file, those that nothing needs too, to any size and outside the heap that a thread is
 * limited to: two gigabytes in a file of two megabytes. All its decoders grow by one method of their common prototype.
 */
function limitExpansion(): void {
  type Decoder = { ensureBuffer: (this: unknown, requested: number) => Uint8Array }
  const dictionary = lib.PDFContext.create().obj({ Filter: 'FlateDecode' })
  const flate = lib.decodePDFRawStream(lib.PDFRawStream.of(dictionary, Uint8Array.of(0x78, 0x9c)))
  const decoder = Object.getPrototypeOf(Object.getPrototypeOf(flate)) as Decoder
  const { ensureBuffer } = decoder
  decoder.ensureBuffer = function (requested) {
    if (requested <= MAX_EXPANDED) return ensureBuffer.call(this, requested)
    bombs += 1
    throw new Error(BOMB)
  }
}
limitExpansion()

/**
 * A PDF to be appended to. Not in turns, as the library reads and writes by itself: it would wait a millisecond after every
 * fifty or hundred objects for others, and in our threads nobody waits.
 */
export async function openForUpdate(pdf: Uint8Array): Promise<PDFDocument> {
  const before = bombs
  const document = await lib.PDFDocument.load(pdf, {
    forIncrementalUpdate: true,
    updateMetadata: false,
    parseSpeed: lib.ParseSpeeds.Fastest,
  })
  if (bombs > before) throw new Error(BOMB)
  // At each entry of each new dictionary the library would look through all objects for the one that it changes: we say which.
  document.context.registerObjectChange = () => undefined
  return document
}

/** What was opened, byte for byte, and what was changed in it as one more revision (ISO 32000-2 §7.5.6); it may be changed further. */
export const updated = async (document: PDFDocument): Promise<Buffer> => {
  const { buffer } = await document.commit({ useObjectStreams: false, objectsPerTick: Infinity })
  return Buffer.from(buffer)
}
