import type { Source } from '../shared/source.ts'
import { objectAt, unpack, type LengthOf, type Numbered } from './object.ts'
import { decodeStream } from './stream.ts'
import { dictOf, isRef, isStream, PdfError, type PdfDict, type PdfStream, type PdfValue } from './value.ts'
import { findStartXref, readSections, roomForOne, type ReadObject, type XrefEntry, type XrefSection } from './xref.ts'

/** A PDF as it is at one of its revisions. Objects are read when asked for and kept. */
export type PdfDocument = Readonly<{
  source: Source
  /** Cross-reference sections, newest first. */
  sections: readonly XrefSection[]
  trailer: PdfDict
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

/** Reads what the last cross-reference describes. Throws PdfError when there is no usable one. */
export function openPdf(source: Source, room = roomForOne()): PdfDocument {
  return createDocument(source, (readObject) =>
    readSections(source, { start: findStartXref(source).target, readObject, room }),
  )
}

/** A document from its cross-reference sections, newest first, however they were come by. */
export function createDocument(source: Source, find: (readObject: ReadObject) => XrefSection[]): PdfDocument {
  // While the cross-reference itself is read, no other object can be found yet.
  const objects: { get: (number: number) => PdfValue } = { get: () => null }
  const lengthOf: LengthOf = (value) => {
    const length = isRef(value) ? objects.get(value.number) : value
    return typeof length === 'number' && Number.isInteger(length) && length >= 0 ? length : null
  }
  const readObject: ReadObject = (offset) => objectAt(source, offset, lengthOf)
  const sections = find(readObject)
  const trailer = sections[0]?.trailer
  if (!trailer) throw new PdfError('No cross-reference')
  const store = createStore(source, { entries: mergeEntries(sections), readObject })
  objects.get = store.get
  return { source, sections, trailer, ...store, ...access(source, { trailer, get: store.get }) }
}

/** The newest section that names an object decides where it is. */
function mergeEntries(sections: readonly XrefSection[]): Map<number, XrefEntry> {
  const merged = new Map<number, XrefEntry>()
  for (const { entries } of sections)
    for (const [number, entry] of entries) if (!merged.has(number)) merged.set(number, entry)
  return merged
}

type Get = (number: number) => PdfValue
const MAX_HOPS = 20

function access(
  source: Source,
  { trailer, get }: { trailer: PdfDict; get: Get },
): Pick<PdfDocument, 'resolve' | 'entry' | 'catalog' | 'data'> {
  const resolve = (value: PdfValue | undefined): PdfValue => resolveWith(get, value)
  const entry = (dict: PdfDict | null, key: string): PdfValue => resolve(dict?.entries.get(key))
  return {
    resolve,
    entry,
    catalog() {
      const root = dictOf(entry(trailer, 'Root'))
      if (!root) throw new PdfError('The document has no catalog')
      return root
    },
    data: ({ start, length }) => source.read(start, length),
  }
}

function resolveWith(get: Get, value: PdfValue | undefined): PdfValue {
  let current = value ?? null
  for (let hops = 0; isRef(current); hops++) {
    if (hops > MAX_HOPS) return null
    current = get(current.number)
  }
  return current
}

type Places = Readonly<{ entries: ReadonlyMap<number, XrefEntry>; readObject: ReadObject }>

/** The objects by number, each read once. */
function createStore(source: Source, { entries, readObject }: Places): { get: Get; defects: string[] } {
  const values = new Map<number, PdfValue>()
  const packs = new Map<number, readonly Numbered[]>()
  const loading = new Set<number>()
  const defects: string[] = []

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
      const found = entry.kind === 'offset' ? readObject(entry.offset) : packed(entry.stream)[entry.index]
      if (found?.number !== number) throw new PdfError('The cross-reference points at another object')
      return found.value
    } catch (error) {
      if (!(error instanceof PdfError)) throw error
      defects.push(`Object ${number}: ${error.message}`)
      return null
    }
  }

  function packed(number: number): readonly Numbered[] {
    const known = packs.get(number)
    if (known) return known
    if (entries.get(number)?.kind !== 'offset') throw new PdfError('An object stream inside an object stream')
    const stream = get(number)
    if (!isStream(stream)) throw new PdfError('Object stream is missing')
    const data = source.read(stream.start, stream.length)
    const objects = unpack(
      stream.dict,
      decodeStream(stream.dict, data, (value) => resolveWith(get, value)),
    )
    packs.set(number, objects)
    return objects
  }

  return { get, defects }
}
