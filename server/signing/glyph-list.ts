import type { PDFFont } from '@cantoo/pdf-lib'
import { lib } from './pdf-update.ts'

/**
 * Writes the part of a TrueType face that was drawn with into the document, with the list of the glyphs in it: PDF/A-1 asks for one
 * (ISO 19005-1 §6.3.5), PDF/A-2 that one be complete (ISO 19005-2 §6.2.11.4.2).
 */
export async function embedListed(font: PDFFont): Promise<void> {
  await font.embed()
  const { PDFArray, PDFDict, PDFName, PDFRawStream } = lib
  const { context } = font.doc
  const descriptor = context
    .lookup(font.ref, PDFDict)
    .lookup(PDFName.of('DescendantFonts'), PDFArray)
    .lookup(0, PDFDict)
    .lookup(PDFName.of('FontDescriptor'), PDFDict)
  const face = descriptor.lookup(PDFName.of('FontFile2'))
  if (!(face instanceof PDFRawStream)) throw new Error('The face is not TrueType')
  const list = listOf(glyphsIn(Buffer.from(lib.decodePDFRawStream(face).decode())))
  descriptor.set(PDFName.of('CIDSet'), context.register(context.flateStream(list)))
}

/** The table `maxp` says how many (ISO/IEC 14496-22 §5.2.6). */
function glyphsIn(face: Buffer): number {
  const entry = face.indexOf('maxp', 12, 'latin1')
  return face.readUInt16BE(face.readUInt32BE(entry + 8) + 4)
}

/** One bit a glyph, the first one the highest (ISO 32000-1 table 124). */
function listOf(glyphs: number): Uint8Array {
  const bits = new Uint8Array(Math.ceil(glyphs / 8)).fill(0xff)
  if (glyphs % 8) bits[bits.length - 1] = (0xff << (8 - (glyphs % 8))) & 0xff
  return bits
}
