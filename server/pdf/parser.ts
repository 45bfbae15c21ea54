import {
  createCursor,
  hexString,
  literalString,
  name,
  octet,
  skipWhite,
  wholeNumber,
  word,
  type Cursor,
} from './lexer.ts'
import { PdfError, type PdfDict, type PdfValue } from './value.ts'

const MAX_DEPTH = 100
/**
 * Values of one object, and keys of one dictionary. Real files stay far below; bombs must be stopped here, before a thread's heap is full: Node
 * ends such a thread, but a list that grows by more than the 16 MB which it then adds takes the process along.
 */
const MAX_VALUES = 1_000_000
const MAX_KEYS = 100_000

/** Reads objects (ISO 32000-2 §7.3) from a window of the file; see `Cursor`. Throws WindowEnd where the window is too small. */
export function createParser(bytes: Buffer, base = 0, final = true) {
  const cursor = createCursor(bytes, base, final)
  return {
    value(): PdfValue {
      cursor.values = 0
      return readValue(cursor, 0)
    },
    /** The keyword that comes next, or '' when something else does. */
    keyword(): string {
      skipWhite(cursor)
      return word(cursor)
    },
    position: (): number => base + cursor.at,
    moveTo: (offset: number): void => void (cursor.at = offset - base),
  }
}

export type Parser = ReturnType<typeof createParser>

function readValue(cursor: Cursor, depth: number): PdfValue {
  if (depth > MAX_DEPTH) throw new PdfError('Objects nested too deeply')
  if (++cursor.values > MAX_VALUES) throw new PdfError('An object of too many values')
  skipWhite(cursor)
  switch (octet(cursor)) {
    case 0x2f:
      return { kind: 'name', name: name(cursor) }
    case 0x28:
      return literalString(cursor)
    case 0x5b:
      return readArray(cursor, depth)
    case 0x3c:
      return octet(cursor, cursor.at + 1) === 0x3c ? readDictionary(cursor, depth) : hexString(cursor)
    default:
      return readScalar(cursor)
  }
}

function readDictionary(cursor: Cursor, depth: number): PdfDict {
  const entries = new Map<string, PdfValue>()
  const duplicates: string[] = []
  cursor.at += 2
  while (nextOctet(cursor) !== 0x3e) {
    if (octet(cursor) !== 0x2f) throw new PdfError('Dictionary key is not a name')
    const key = name(cursor)
    if (entries.has(key)) duplicates.push(key)
    if (entries.size > MAX_KEYS) throw new PdfError('A dictionary of too many keys')
    entries.set(key, readValue(cursor, depth + 1))
  }
  if (octet(cursor, cursor.at + 1) !== 0x3e) throw new PdfError('Dictionary is not closed')
  cursor.at += 2
  return { kind: 'dict', entries, duplicates }
}

function readArray(cursor: Cursor, depth: number): PdfValue[] {
  const items: PdfValue[] = []
  cursor.at++
  while (nextOctet(cursor) !== 0x5d) items.push(readValue(cursor, depth + 1))
  cursor.at++
  return items
}

/** The octet at which the next token begins. */
function nextOctet(cursor: Cursor): number {
  skipWhite(cursor)
  return octet(cursor)
}

const KEYWORDS: ReadonlyMap<string, PdfValue> = new Map([
  ['true', true],
  ['false', false],
  ['null', null],
])

function readScalar(cursor: Cursor): PdfValue {
  const whole = wholeNumber(cursor, 10)
  if (whole !== null) return numberOrReference(cursor, whole)
  const text = word(cursor)
  const keyword = KEYWORDS.get(text)
  if (keyword !== undefined) return keyword
  // Real files hold `--5` and `1.`; only what Number reads, or a doubled sign, counts as a number here.
  const number = Number(text.replace(/^--/, '-'))
  if (!/^[-+.\d]+$/.test(text) || Number.isNaN(number)) throw new PdfError('Unknown keyword')
  return number
}

/** A number, or a reference when two more tokens make it one. */
function numberOrReference(cursor: Cursor, number: number): PdfValue {
  const mark = cursor.at
  skipWhite(cursor)
  const isGeneration = wholeNumber(cursor, 5) !== null
  if (isGeneration) {
    skipWhite(cursor)
    if (word(cursor) === 'R') return { kind: 'ref', number }
  }
  cursor.at = mark
  return number
}
