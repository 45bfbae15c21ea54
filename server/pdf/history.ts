import { segmentSource, type Source } from '../shared/source.ts'
import { openPdf, type PdfDocument } from './document.ts'
import { objectAt } from './object.ts'
import { pdfSignatures, startOf, type PdfSignature } from './signatures.ts'
import { occurrences, revisionEnd, roomForOlder, type Room } from './xref.ts'
import { dateOf, dictOf, nameOf, PdfError, type PdfDict, type PdfValue } from './value.ts'

/** A file with more revisions than this is looked at from its end, and for the bytes of signatures. */
const MAX_REVISIONS = 64
const BLOCK = 1 << 16

/** `orphans`: signature dictionaries in the bytes that no revision shows (usage rights of forms, attached files, or worse). */
type FoundSignatures = Readonly<{ signatures: readonly PdfSignature[]; orphans: number }>

/**
 * The signatures that a document shows, and those that an older revision held and the last one hides: a later body that forgets
 * them does not make the file unsigned. Older revisions are only read when the bytes hold more signatures than the document.
 */
export function allSignatures(source: Source, document: PdfDocument, defect: string | null): FoundSignatures {
  const shown = pdfSignatures(document)
  const marks = byteRangeMarks(source)
  const cut = cutOff(source, document, { shown, marks })
  if (marks.length <= shown.length && cut.length === 0) return { signatures: shown, orphans: 0 }
  const known = new Map(shown.map((signature) => [startOf(signature), signature]))
  for (const signature of [...unshown(source, document, { marks, defect }), ...cut])
    if (!known.has(startOf(signature))) known.set(startOf(signature), signature)
  return { signatures: [...known.values()], orphans: Math.max(0, marks.length - known.size) }
}

type Facts = Readonly<{ marks: readonly number[]; defect: string | null }>

/** The signatures of older revisions and, where not all was read, those of which only their own bytes tell. */
function* unshown(source: Source, document: PdfDocument, { marks, defect }: Facts): Generator<PdfSignature> {
  const ends = [...revisionEnds(source)]
  const room = roomForOlder()
  for (const end of ends) {
    const older = end < source.size ? openRevision(source, end, room) : null
    for (const signature of older ? pdfSignatures(older) : []) yield { ...signature, isHidden: true }
  }
  const isRead = defect === null && document.defects.length === 0 && ends.length < MAX_REVISIONS && room.entries >= 0
  if (!isRead) yield* strays(source, document, marks)
}

/** Signatures by their bytes alone, but for those that no field shows by their nature: usage rights of forms (ISO 32000-2 §12.8.2.3). */
function strays(source: Source, document: PdfDocument, marks: readonly number[]): PdfSignature[] {
  const rights = dictOf(document.entry(document.catalog(), 'Perms'))
  const granted = ['UR3', 'UR'].flatMap((key) => dictOf(document.entry(rights, key)) ?? [])
  const starts = new Set(granted.map((dict) => startOf(hiddenSignature(dict))))
  const found = marks.map((mark) => signatureAround(source, mark))
  return found.filter((signature) => startOf(signature) === null || !starts.has(startOf(signature)))
}

/** Names that stand in signatures, in their fields and in the forms that show them. */
const NAMES = /\/(ByteRange|DocTimeStamp|Sig|SigFlags|SubFilter)(?![^\s()<>[\]{}/%])/
/** What a signer appends before the signature: fonts and pictures of its appearance. */
const MAX_BEGUN = 16 << 20

type Seen = Readonly<{ shown: readonly PdfSignature[]; marks: readonly number[] }>

/**
 * The signature that was begun after the end of what can be read and never ended, as of a file cut off on its way: what is left looks like an
 * unsigned document, which it is not.
 */
function cutOff(source: Source, document: PdfDocument, { shown, marks }: Seen): PdfSignature[] {
  const end = endOf(document)
  const begun = source.read(end, Math.min(MAX_BEGUN, source.size - end))
  const name = begun.toString('latin1').search(NAMES)
  const isShown = shown.some((signature) => (startOf(signature) ?? 0) >= end)
  return name < 0 || isShown ? [] : [signatureAround(source, marks.find((mark) => mark >= end) ?? end + name)]
}

/** Of a document whose objects were looked for one by one, the last end in the bytes. */
function endOf({ source }: PdfDocument): number {
  try {
    return revisionEnd(source)
  } catch (error) {
    if (!(error instanceof PdfError)) throw error
    const [end = source.size] = revisionEnds(source)
    return end
  }
}

/** A dictionary is larger than its contents, which are some 20 KB of hexadecimal. */
const MAX_DICTIONARY = 1 << 17

/** The dictionary may be unreadable too: then it is a signature of which nothing is known but that it is broken. */
function signatureAround(source: Source, mark: number): PdfSignature {
  const from = Math.max(0, mark - MAX_DICTIONARY)
  const headers = [
    ...source
      .read(from, mark - from)
      .toString('latin1')
      .matchAll(/\d{1,10} \d{1,5} obj\b/g),
  ]
  const last = headers.at(-1)
  const dict = last ? dictOf(objectOrNull(source, from + last.index)) : null
  return hiddenSignature(dict?.entries.has('ByteRange') ? dict : { kind: 'dict', entries: new Map(), duplicates: [] })
}

function objectOrNull(source: Source, offset: number): PdfValue {
  try {
    return objectAt(source, offset, (length) => (typeof length === 'number' ? length : null)).value
  } catch (error) {
    if (error instanceof PdfError) return null
    throw error
  }
}

const hiddenSignature = (dict: PdfDict): PdfSignature => {
  const subFilter = nameOf(dict.entries.get('SubFilter')) ?? ''
  return {
    dict,
    fields: [],
    subFilter,
    isTimestamp: subFilter === 'ETSI.RFC3161',
    declaredTime: dateOf(dict.entries.get('M')),
    isHidden: true,
  }
}

/** Beyond this many the file is a collection of attached files, or hostile. */
const MAX_MARKS = 10_000

function byteRangeMarks(source: Source): number[] {
  const marks: number[] = []
  for (const mark of occurrences(source, '/ByteRange')) if (marks.push(mark) >= MAX_MARKS) break
  return marks
}

/** Ends of revisions, last first. */
function* revisionEnds(source: Source): Generator<number> {
  let tries = 0
  const room = Buffer.allocUnsafe(BLOCK + 4)
  for (let to = source.size; to > 0; to -= BLOCK) {
    const from = Math.max(0, to - BLOCK)
    const bytes = source.read(from, to - from + 4, room)
    for (let at = bytes.lastIndexOf('%%EOF'); at >= 0; at = at > 0 ? bytes.lastIndexOf('%%EOF', at - 1) : -1) {
      if (++tries > MAX_REVISIONS) return
      yield from + at + 5
    }
  }
}

/** The newest older revision that can be read, or null. */
export function newestReadable(source: Source): PdfDocument | null {
  const room = roomForOlder()
  for (const end of revisionEnds(source)) {
    const document = openRevision(source, end, room)
    if (document) return document
  }
  return null
}

/** The document as it was up to `end`, or null when that is no readable one. */
function openRevision(source: Source, end: number, room: Room): PdfDocument | null {
  try {
    const document = openPdf(segmentSource(source, [{ offset: 0, length: end }]), room)
    document.catalog()
    return document
  } catch (error) {
    if (error instanceof PdfError) return null
    throw error
  }
}
