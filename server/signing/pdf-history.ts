import { openPdf, type PdfDocument } from './pdf-document.ts'
import { pdfSignatures, startOf, type PdfSignature } from './pdf-signatures.ts'
import { PdfError } from './pdf-value.ts'
import { segmentSource, type Source } from './source.ts'

/** A file with more revisions than this is looked at from its end only. */
const MAX_REVISIONS = 64
const BLOCK = 1 << 16

/**
 * The signatures that a document shows, and those that an older revision held and the last one hides: a later body that forgets
 * them does not make the file unsigned. Older revisions are only read when the bytes hold more signatures than the document.
 */
export function allSignatures(source: Source, document: PdfDocument): PdfSignature[] {
  const shown = pdfSignatures(document)
  if (countByteRanges(source) <= shown.length) return shown
  const known = new Map(shown.map((signature) => [startOf(signature), signature]))
  for (const end of revisionEnds(source)) {
    const older = end < source.size ? openRevision(source, end) : null
    for (const signature of older ? pdfSignatures(older) : []) {
      if (!known.has(startOf(signature))) known.set(startOf(signature), { ...signature, isHidden: true })
    }
  }
  return [...known.values()]
}

const MARK = Buffer.from('/ByteRange')

function countByteRanges(source: Source): number {
  let count = 0
  for (let from = 0; from < source.size; from += BLOCK * 16) {
    const bytes = source.read(from, BLOCK * 16 + MARK.length - 1)
    for (let at = bytes.indexOf(MARK); at >= 0; at = bytes.indexOf(MARK, at + 1)) count++
  }
  return count
}

/** Ends of revisions, last first. */
export function* revisionEnds(source: Source): Generator<number> {
  let tries = 0
  for (let to = source.size; to > 0; to -= BLOCK) {
    const from = Math.max(0, to - BLOCK)
    const bytes = source.read(from, to - from + 4)
    for (let at = bytes.lastIndexOf('%%EOF'); at >= 0; at = at > 0 ? bytes.lastIndexOf('%%EOF', at - 1) : -1) {
      if (++tries > MAX_REVISIONS) return
      yield from + at + 5
    }
  }
}

/** The document as it was up to `end`, or null when that is no readable one. */
export function openRevision(source: Source, end: number): PdfDocument | null {
  try {
    const document = openPdf(segmentSource(source, [{ offset: 0, length: end }]))
    document.catalog()
    return document
  } catch (error) {
    if (error instanceof PdfError) return null
    throw error
  }
}
