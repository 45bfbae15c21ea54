import type { Source } from '../shared/source.ts'
import { WindowEnd } from './lexer.ts'
import { createParser, type Parser } from './parser.ts'
import { dictOf, PdfError, type PdfDict, type PdfValue } from './value.ts'

/** An object with the number that it bears where it is written. */
export type Numbered = Readonly<{ number: number; value: PdfValue }>

/** The length of a stream from its `/Length`, which may be a reference; null when it cannot be known. */
export type LengthOf = (value: PdfValue) => number | null

const FIRST_WINDOW = 4_096
const MAX_WINDOW = 1 << 26

/** `n g obj … endobj` at an offset, with the extent of its stream. */
export function objectAt(source: Source, offset: number, lengthOf: LengthOf): Numbered {
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

function parseObject(source: Source, parser: Parser, lengthOf: LengthOf): Numbered {
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
export function unpack(dict: PdfDict, bytes: Buffer): readonly Numbered[] {
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
