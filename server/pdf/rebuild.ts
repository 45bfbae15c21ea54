import type { Source } from '../shared/source.ts'
import { createDocument, type PdfDocument } from './document.ts'
import { unpack } from './object.ts'
import { createParser } from './parser.ts'
import { decodeStream } from './stream.ts'
import { dictOf, isName, isStream, PdfError, type PdfDict } from './value.ts'
import type { ReadObject, XrefEntry, XrefSection } from './xref.ts'

/** Larger files are not searched: whoever makes them writes a right cross-reference. */
const MAX_SIZE = 64 << 20
const MAX_OBJECTS = 100_000

/**
 * A document read as every viewer reads a file whose cross-reference is wrong: by looking for its objects, the last of each number
 * counting. Only for telling what an unsigned file is; signatures in such a file are broken. Throws PdfError for a file without an end.
 */
export function rebuildPdf(source: Source): PdfDocument {
  if (source.size > MAX_SIZE) throw new PdfError('The cross-reference is wrong')
  const bytes = source.read(0, source.size)
  // Without its end a file was cut off on the way, and what is missing nobody knows.
  if (!bytes.subarray(-1024).includes('%%EOF')) throw new PdfError('The end of the file is missing')
  const text = bytes.toString('latin1')
  return createDocument(source, (readObject) => [section(source, text, readObject)])
}

function section(source: Source, text: string, readObject: ReadObject): XrefSection {
  const entries = new Map<number, XrefEntry>()
  for (const match of text.matchAll(/(?<![\d.])(\d{1,10})\s{1,4}\d{1,5}\s{1,4}obj\b/g)) {
    if (entries.size > MAX_OBJECTS) throw new PdfError('Too many objects')
    entries.set(Number(match[1]), { kind: 'offset', offset: match.index })
  }
  const found = [...entries.values()].flatMap((entry) =>
    entry.kind === 'offset' ? dictAt(entry.offset, readObject) : [],
  )
  for (const { dict, offset } of found)
    if (isName(dict.entries.get('Type'), 'ObjStm')) addPacked(entries, { source, offset, readObject })
  const trailer = lastTrailer(text) ?? found.map(({ dict }) => dict).findLast((dict) => dict.entries.has('Root'))
  if (!trailer) throw new PdfError('The document has no trailer')
  return { offset: 0, entries, trailer }
}

const dictAt = (offset: number, readObject: ReadObject): readonly Found[] =>
  orEmpty(() => {
    const dict = dictOf(readObject(offset).value)
    return dict ? [{ dict, offset }] : []
  })

type Found = Readonly<{ dict: PdfDict; offset: number }>

/** The objects inside an object stream, where none of that number stands by itself. */
function addPacked(entries: Map<number, XrefEntry>, { source, offset, readObject }: Place): void {
  const { number: stream, value } = readObject(offset)
  if (!isStream(value)) return
  const data = source.read(value.start, value.length)
  const objects = orEmpty(() =>
    unpack(
      value.dict,
      decodeStream(value.dict, data, (direct) => direct ?? null),
    ),
  )
  for (const [index, { number }] of objects.entries())
    if (!entries.has(number)) entries.set(number, { kind: 'packed', stream, index })
}

type Place = Readonly<{ source: Source; offset: number; readObject: ReadObject }>

/** What cannot be read in a broken file is left out. */
function orEmpty<T>(read: () => readonly T[]): readonly T[] {
  try {
    return read()
  } catch (error) {
    if (error instanceof PdfError) return []
    throw error
  }
}

function lastTrailer(text: string): PdfDict | undefined {
  return [...text.matchAll(/trailer/g)]
    .slice(-20)
    .flatMap(({ index }) =>
      orEmpty(() => [dictOf(createParser(Buffer.from(text.slice(index + 7, index + 8_192), 'latin1')).value())]),
    )
    .findLast((dict): dict is PdfDict => dict?.entries.has('Root') === true)
}
