import { createParser, WindowEnd, type Parser } from './pdf-parser.ts'
import { decodeStream } from './pdf-stream.ts'
import {
  dictOf,
  isRef,
  isStream,
  PdfError,
  type PdfDict,
  type PdfRef,
  type PdfStream,
  type PdfValue,
} from './pdf-value.ts'
import { findStartXref, readSections, type XrefEntry, type XrefSection } from './pdf-xref.ts'
import type { Source } from './source.ts'

/** A PDF as it is at one of its revisions. Objects are read when asked for and kept. */
export type PdfDocument = Readonly<{
  source: Source
  sections: readonly XrefSection[]
  trailer: PdfDict
  entries: ReadonlyMap<number, XrefEntry>
  /** The object behind references; null for what is missing or free (ISO 32000-2 §7.3.10). */
  resolve: (value: PdfValue | undefined) => PdfValue
  get: (number: number) => PdfValue
  /** A resolved entry of a dictionary or of a stream's. */
  entry: (dict: PdfDict | null, key: string) => PdfValue
  catalog: () => PdfDict
  /** Raw data of a stream, filters not applied. */
  data: (stream: PdfStream) => Buffer
  /** What was wrong on the way; grows as objects are read. */
  defects: string[]
}>

type Parsed = Readonly<{ number: number; value: PdfValue }>

const FIRST_WINDOW = 4_096
const MAX_WINDOW = 1 << 26

/** Reads what the last cross-reference describes. Throws PdfError when there is no usable one. `cache` is shared between revisions. */
export function openPdf(source: Source, cache: Map<number, Parsed> = new Map()): PdfDocument {
  const { target } = findStartXref(source)
  const readObject = (offset: number): Parsed => objectAt(source, offset, lengthOf)
  // While the cross-reference itself is read, no other object can be found yet.
  let lookUp: (ref: PdfRef) => PdfValue = () => null
  const lengthOf = (value: PdfValue): number | null => {
    const length = isRef(value) ? lookUp(value) : value
    return typeof length === 'number' && Number.isInteger(length) && length >= 0 ? length : null
  }
  const sections = readSections(source, { start: target, readObject })
  const [newest] = sections
  if (!newest) throw new PdfError('No cross-reference')
  const entries = new Map<number, XrefEntry>()
  for (const section of sections)
    for (const [number, entry] of section.entries) if (!entries.has(number)) entries.set(number, entry)
  const store = createStore({ source, entries, trailer: newest.trailer, cache, readObject })
  lookUp = (ref) => store.get(ref.number)
  return { ...store, source, sections, entries, trailer: newest.trailer }
}

type StoreParts = Readonly<{
  source: Source
  entries: ReadonlyMap<number, XrefEntry>
  trailer: PdfDict
  cache: Map<number, Parsed>
  readObject: (offset: number) => Parsed
}>

function createStore({ source, entries, trailer, cache, readObject }: StoreParts) {
  const values = new Map<number, PdfValue>()
  const packs = new Map<number, readonly Parsed[]>()
  const defects: string[] = []
  const loading = new Set<number>()

  function get(number: number): PdfValue {
    const known = values.get(number)
    if (known !== undefined) return known
    if (loading.has(number)) throw new PdfError('An object needs itself')
    loading.add(number)
    try {
      const value = load(number)
      values.set(number, value)
      return value
    } finally {
      loading.delete(number)
    }
  }

  function load(number: number): PdfValue {
    const entry = entries.get(number)
    if (!entry || entry.kind === 'free') return null
    try {
      const parsed = entry.kind === 'offset' ? atOffset(entry.offset) : packed(entry.stream)[entry.index]
      if (parsed?.number !== number) throw new PdfError('The cross-reference points at another object')
      return parsed.value
    } catch (error) {
      if (!(error instanceof PdfError)) throw error
      defects.push(`Object ${number}: ${error.message}`)
      return null
    }
  }

  function atOffset(offset: number): Parsed {
    const known = cache.get(offset)
    if (known) return known
    const parsed = readObject(offset)
    // The length of a stream may be an object that another revision replaces: such a stream is read anew in each.
    if (!isStream(parsed.value) || !isRef(parsed.value.dict.entries.get('Length'))) cache.set(offset, parsed)
    return parsed
  }

  function packed(number: number): readonly Parsed[] {
    const known = packs.get(number)
    if (known) return known
    if (entries.get(number)?.kind !== 'offset') throw new PdfError('An object stream inside an object stream')
    const stream = get(number)
    if (!isStream(stream)) throw new PdfError('Object stream is missing')
    const objects = unpack(stream.dict, decodeStream(stream.dict, data(stream), resolve))
    packs.set(number, objects)
    return objects
  }

  function resolve(value: PdfValue | undefined): PdfValue {
    let current = value ?? null
    for (let hops = 0; isRef(current); hops++) {
      if (hops > 20) return null
      current = get(current.number)
    }
    return current
  }

  const data = ({ start, length }: PdfStream): Buffer => source.read(start, length)
  const entry = (dict: PdfDict | null, key: string): PdfValue => resolve(dict?.entries.get(key))

  function catalog(): PdfDict {
    const root = dictOf(entry(trailer, 'Root'))
    if (!root) throw new PdfError('The document has no catalog')
    return root
  }

  return { get, resolve, entry, catalog, data, defects }
}

/** `n g obj … endobj` at an offset, with the extent of its stream. */
export function objectAt(source: Source, offset: number, lengthOf: (value: PdfValue) => number | null): Parsed {
  for (let length = FIRST_WINDOW; ; length *= 8) {
    const bytes = source.read(offset, length)
    const final = offset + bytes.length >= source.size
    try {
      return parseObject(source, createParser(bytes, offset, final), lengthOf)
    } catch (error) {
      if (!(error instanceof WindowEnd)) throw error
      if (length > MAX_WINDOW) throw new PdfError('An object is too large')
    }
  }
}

function parseObject(source: Source, parser: Parser, lengthOf: (value: PdfValue) => number | null): Parsed {
  const number = parser.keyword()
  const generation = parser.keyword()
  if (!/^\d+$/.test(number) || !/^\d+$/.test(generation) || parser.keyword() !== 'obj')
    throw new PdfError('No object where one is due')
  const value = parser.value()
  const dict = dictOf(value)
  if (!dict || parser.keyword() !== 'stream') return { number: Number(number), value }
  const start = streamStart(source, parser.position())
  const declared = lengthOf(dict.entries.get('Length') ?? null)
  const length = declared !== null && endsAt(source, start + declared) ? declared : searchEnd(source, start)
  return { number: Number(number), value: { kind: 'stream', dict, start, length } }
}

/** After the keyword come CR LF or LF (§7.3.8.1); a lone CR is seen in old files. */
function streamStart(source: Source, offset: number): number {
  const [first, second] = source.read(offset, 2)
  if (first === 0x0d) return second === 0x0a ? offset + 2 : offset + 1
  return first === 0x0a ? offset + 1 : offset
}

const endsAt = (source: Source, offset: number): boolean =>
  /^\s{0,4}endstream/.test(source.read(offset, 16).toString('latin1'))

const SEARCH = 1 << 16
const MAX_SEARCH = 1 << 26

function searchEnd(source: Source, start: number): number {
  for (let at = start; at < Math.min(source.size, start + MAX_SEARCH); at += SEARCH) {
    const found = source.read(at, SEARCH + 16).indexOf('endstream')
    if (found >= 0) return trimEnd(source, start, at + found) - start
  }
  throw new PdfError('A stream has no end')
}

function trimEnd(source: Source, start: number, end: number): number {
  const [last, previous] = [source.read(end - 1, 1)[0], source.read(end - 2, 1)[0]]
  if (last === 0x0a && previous === 0x0d && end - 2 >= start) return end - 2
  return (last === 0x0a || last === 0x0d) && end - 1 >= start ? end - 1 : end
}

const MAX_PACKED = 200_000
/** Places inside an object stream are no places in the file: negative, so that no signature can claim one. */
const PACKED = -(2 ** 40)

/** The objects of an object stream (§7.5.7). */
function unpack(dict: PdfDict, bytes: Buffer): readonly Parsed[] {
  const [first, count] = [dict.entries.get('First'), dict.entries.get('N')]
  if (typeof first !== 'number' || typeof count !== 'number' || count > MAX_PACKED)
    throw new PdfError('Object stream is malformed')
  const header = createParser(bytes, PACKED)
  const places = Array.from({ length: count }, () => [header.value(), header.value()] as const)
  return places.map(([number, offset]) => {
    if (typeof number !== 'number' || typeof offset !== 'number') throw new PdfError('Object stream is malformed')
    const parser = createParser(bytes, PACKED)
    parser.moveTo(PACKED + first + offset)
    return { number, value: parser.value() }
  })
}
