import type { Source } from '../shared/source.ts'
import { createParser } from './parser.ts'
import { decodeStream } from './stream.ts'
import { dictOf, isArray, isStream, nameOf, PdfError, type PdfDict, type PdfValue } from './value.ts'

/** Where an object lies: at an offset, or inside an object stream. */
export type XrefEntry =
  | Readonly<{ kind: 'offset'; offset: number }>
  | Readonly<{ kind: 'packed'; stream: number; index: number }>
  | Readonly<{ kind: 'free' }>

/** One cross-reference section with its trailer; `offset` is where it starts. */
export type XrefSection = Readonly<{
  offset: number
  entries: ReadonlyMap<number, XrefEntry>
  trailer: PdfDict
}>

export type ReadObject = (offset: number) => { number: number; value: PdfValue }

const MAX_SECTIONS = 1_000
const MAX_ENTRIES = 500_000

/** How many entries may still be read. */
export type Room = { entries: number }

/** For one reading of a document. */
export const roomForOne = (): Room => ({ entries: MAX_ENTRIES })

/** For all its older revisions together, each of which has most entries once more: ten megabytes of them, named sixty times, took half a minute. */
export const roomForOlder = (): Room => ({ entries: 4 * MAX_ENTRIES })

/** ISO 32000-2 Annex I: readers look for `startxref` in the last kilobyte; a few more bytes cover padded files. */
const TAIL = 2_048

/** The offset that the last `startxref` names, where that word lies, and where the `%%EOF` after it ends. */
export function findStartXref(source: Source): { target: number; at: number; end: number } {
  const from = Math.max(0, source.size - TAIL)
  const tail = source.read(from, TAIL).toString('latin1')
  const at = tail.lastIndexOf('startxref')
  const match = at < 0 ? null : /^startxref\s+(\d{1,12})\s*%%EOF/.exec(tail.slice(at))
  if (!match) throw new PdfError('The end of the file names no cross-reference')
  return { target: Number(match[1]), at: from + at, end: from + at + match[0].length }
}

/**
 * Where the revision that the last cross-reference describes ends: by the first end that names it, whoever repeats that end after bytes that no
 * cross-reference accounts for. The other end that a linearized file has near its beginning names none (ISO 32000-2 annex F.3.5). Throws PdfError.
 */
export function revisionEnd(source: Source): number {
  const { target, end } = findStartXref(source)
  const own = new RegExp(`^startxref\\s+0*${target}\\s*%%EOF`)
  let tries = 0
  for (const at of occurrences(source, 'startxref', target)) {
    if (++tries > MAX_SECTIONS) throw new PdfError('Too many ends')
    const match = own.exec(source.read(at, 64).toString('latin1'))
    if (match) return at + match[0].length
  }
  return end
}

const BLOCK = 1 << 16

/** Where a word of ASCII stands in a file, from an offset on. */
export function* occurrences(source: Source, word: string, start = 0): Generator<number> {
  const room = Buffer.allocUnsafe(Math.min(BLOCK + word.length, Math.max(0, source.size - start)))
  for (let from = start; from < source.size; from += BLOCK) {
    const bytes = source.read(from, Math.min(BLOCK + word.length - 1, source.size - from), room)
    for (let at = bytes.indexOf(word); at >= 0; at = bytes.indexOf(word, at + 1)) yield from + at
  }
}

/** All sections that the last one leads to, newest first. Throws PdfError on loops and on what is not a cross-reference. */
export function readSections(
  source: Source,
  { start, readObject, room }: { start: number; readObject: ReadObject; room: Room },
): XrefSection[] {
  const sections: XrefSection[] = []
  const visited = new Set<number>()
  for (let next: number | null = start; next !== null;) {
    if (room.entries < 0) throw new PdfError('Too many objects')
    if (visited.has(next) || sections.length >= MAX_SECTIONS) throw new PdfError('Cross-references form a loop')
    visited.add(next)
    const section = readSection(source, next, readObject)
    room.entries -= section.entries.size
    if (room.entries < 0) throw new PdfError('Too many objects')
    sections.push(section)
    const previous: PdfValue | undefined = section.trailer.entries.get('Prev')
    // `/Prev 0` is written by tools that mean none.
    next = typeof previous === 'number' && previous !== 0 ? previous : null
  }
  return sections
}

function readSection(source: Source, offset: number, readObject: ReadObject): XrefSection {
  if (!Number.isInteger(offset) || offset < 0 || offset >= source.size)
    throw new PdfError('Cross-reference outside the file')
  const head = source.read(offset, 64).toString('latin1')
  if (/^\s*xref\b/.test(head)) return readTable(source, offset, readObject)
  if (!/^\s*\d+\s+\d+\s+obj\b/.test(head)) throw new PdfError('No cross-reference where one is due')
  return readXrefStream(source, { offset, value: readObject(offset).value })
}

function readTable(source: Source, offset: number, readObject: ReadObject): XrefSection {
  const { entries, trailerAt } = tableEntries(source, offset)
  const trailer = dictOf(parseAt(source, trailerAt))
  if (!trailer) throw new PdfError('Trailer is not a dictionary')
  // Hybrid files (§7.5.8.4): the stream's entries come before those of older sections.
  const hybrid = trailer.entries.get('XRefStm')
  if (typeof hybrid === 'number') {
    const extra = readXrefStream(source, { offset: hybrid, value: readObject(hybrid).value })
    for (const [number, entry] of extra.entries)
      if (!entries.has(number) || entries.get(number)?.kind === 'free') entries.set(number, entry)
  }
  return { offset, entries, trailer }
}

/** The lines `first count` and `offset generation n|f`, read in text blocks: lenient in white space, strict in meaning. */
function tableEntries(source: Source, offset: number): { entries: Map<number, XrefEntry>; trailerAt: number } {
  const entries = new Map<number, XrefEntry>()
  const keyword = /^\s*xref\s*/.exec(source.read(offset, 64).toString('latin1'))
  let at = offset + (keyword?.[0].length ?? 0)
  for (;;) {
    const head = source.read(at, 64).toString('latin1')
    const trailer = /^\s*trailer/.exec(head)
    if (trailer) return { entries, trailerAt: at + trailer[0].length }
    const subsection = /^\s*(\d{1,10})\s+(\d{1,10})\s*?[\r\n ]+/.exec(head)
    if (!subsection) throw new PdfError('Cross-reference table is malformed')
    at = readSubsection(
      source,
      { at: at + subsection[0].length, first: Number(subsection[1]), count: Number(subsection[2]) },
      entries,
    )
  }
}

type Subsection = Readonly<{ at: number; first: number; count: number }>

function readSubsection(source: Source, { at, first, count }: Subsection, entries: Map<number, XrefEntry>): number {
  if (count > MAX_ENTRIES) throw new PdfError('Too many objects')
  const text = source.read(at, count * 22 + 64).toString('latin1')
  const line = /\s*(\d{1,10})\s+\d{1,5}\s+([nf])\s*?(?:\r\n|[\r\n ]|(?=\d|t))/y
  for (let index = 0; index < count; index++) {
    const match = line.exec(text)
    if (!match) throw new PdfError('Cross-reference entry is malformed')
    const number = first + index
    if (entries.has(number)) throw new PdfError('An object is listed twice in one cross-reference')
    entries.set(number, match[2] === 'f' ? { kind: 'free' } : { kind: 'offset', offset: Number(match[1]) })
  }
  return at + line.lastIndex
}

function parseAt(source: Source, offset: number): PdfValue {
  for (let length = 4_096; ; length *= 8) {
    const bytes = source.read(offset, length)
    const final = offset + length >= source.size
    try {
      return createParser(bytes, offset, final).value()
    } catch (error) {
      if (final || length > 1 << 24 || error instanceof PdfError) throw error
    }
  }
}

function readXrefStream(source: Source, { offset, value }: { offset: number; value: PdfValue }): XrefSection {
  if (!isStream(value) || nameOf(value.dict.entries.get('Type')) !== 'XRef')
    throw new PdfError('No cross-reference where one is due')
  const { dict, start, length } = value
  const widths = dict.entries.get('W')
  const data = decodeStream(dict, source.read(start, length), (direct) => direct ?? null)
  if (
    !isArray(widths) ||
    widths.length < 3 ||
    !widths.every((width) => typeof width === 'number' && width >= 0 && width <= 8)
  )
    throw new PdfError('Cross-reference widths are malformed')
  const size = dict.entries.get('Size')
  const index = dict.entries.get('Index')
  const ranges = isArray(index) ? index : [0, typeof size === 'number' ? size : 0]
  return { offset, entries: streamEntries(data, widths as number[], ranges), trailer: dict }
}

function streamEntries(data: Buffer, widths: readonly number[], ranges: readonly PdfValue[]): Map<number, XrefEntry> {
  const entries = new Map<number, XrefEntry>()
  const rowLength = widths.reduce((sum, width) => sum + width, 0)
  let rows = rowLength > 0 ? Math.floor(data.length / rowLength) : 0
  // Packed twice, sixteen million of them are three hundred bytes.
  if (rows > MAX_ENTRIES) throw new PdfError('Too many objects')
  let at = 0
  for (let range = 0; range + 1 < ranges.length; range += 2) {
    const [start, count] = [ranges[range], ranges[range + 1]]
    if (typeof start !== 'number' || typeof count !== 'number')
      throw new PdfError('Cross-reference ranges are malformed')
    for (let index = 0; index < count && rows > 0; index++, rows--, at += rowLength) {
      const entry = streamEntry(data.subarray(at, at + rowLength), widths)
      if (entry && !entries.has(start + index)) entries.set(start + index, entry)
    }
  }
  return entries
}

/** One row; a type of no width is 1 (§7.5.8.2). */
function streamEntry(row: Buffer, [first = 0, second = 0]: readonly number[]): XrefEntry | null {
  const type = first === 0 ? 1 : unsigned(row.subarray(0, first))
  return toEntry(type, unsigned(row.subarray(first, first + second)), unsigned(row.subarray(first + second)))
}

/** Fields of up to eight octets occur; a value beyond what a number holds exactly points outside any file. */
function unsigned(octets: Buffer): number {
  let value = 0
  for (const octet of octets) value = value * 256 + octet
  return value
}

function toEntry(type: number, second: number, third: number): XrefEntry | null {
  switch (type) {
    case 0:
      return { kind: 'free' }
    case 1:
      return { kind: 'offset', offset: second }
    case 2:
      return { kind: 'packed', stream: second, index: third }
    default:
      return null
  }
}
