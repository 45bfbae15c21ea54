import { PdfError, type PdfString } from './value.ts'

/** The window ended inside a token: the caller reads more bytes and tries again. */
export class WindowEnd extends Error {
  override readonly name = 'WindowEnd'
}

/** A place in a window of the file. `base` is the window's offset in the file; `final` says that nothing follows the window. `values` were read since the object began. */
export type Cursor = {
  readonly bytes: Buffer
  readonly base: number
  readonly final: boolean
  at: number
  values: number
}

export const createCursor = (bytes: Buffer, base = 0, final = true): Cursor => ({
  bytes,
  base,
  final,
  at: 0,
  values: 0,
})

const [REGULAR, WHITE, DELIMITER] = [0, 1, 2]
/** What each octet is, by its value: asked for every octet that is read, so a table and not a set. */
const CLASS = Uint8Array.from({ length: 256 }, (_, octet) => {
  if ([0, 9, 10, 12, 13, 32].includes(octet)) return WHITE
  return '()<>[]{}/%'.includes(String.fromCharCode(octet)) ? DELIMITER : REGULAR
})
const COMMENT = 0x25

/** The octet at a place of the window, by default the current one. */
export function octet(cursor: Cursor, at = cursor.at): number {
  const value = cursor.bytes[at]
  if (value !== undefined) return value
  throw cursor.final ? new PdfError('Unexpected end of file') : new WindowEnd()
}

const isAtEnd = ({ bytes, final, at }: Cursor): boolean => final && at >= bytes.length

/** Moves past white space and comments (ISO 32000-2 §7.2.3, §7.2.4). */
export function skipWhite(cursor: Cursor): void {
  while (!isAtEnd(cursor)) {
    const value = octet(cursor)
    if (value === COMMENT) skipComment(cursor)
    else if (CLASS[value] !== WHITE) return
    cursor.at++
  }
}

function skipComment(cursor: Cursor): void {
  while (octet(cursor) !== 10 && octet(cursor) !== 13) cursor.at++
}

/** A run of regular characters, perhaps none. */
export function word(cursor: Cursor): string {
  const { bytes, at: start } = cursor
  let end = start
  while (end < bytes.length && CLASS[bytes[end] ?? 0] === REGULAR) end++
  if (end === bytes.length && !cursor.final) throw new WindowEnd()
  cursor.at = end
  return bytes.toString('latin1', start, end)
}

/** A word of `most` digits or fewer; null, and nothing is read, where another stands. Most words are such: no text is made of them. */
export function wholeNumber(cursor: Cursor, most: number): number | null {
  const { bytes, final, at: start } = cursor
  let end = start
  let value = 0
  for (let digit = digitAt(bytes, end); digit < 10; digit = digitAt(bytes, ++end)) value = value * 10 + digit
  const next = bytes[end]
  if (next === undefined && !final) throw new WindowEnd()
  if (end === start || end - start > most || (next !== undefined && CLASS[next] === REGULAR)) return null
  cursor.at = end
  return value
}

/** What is no digit is a large number. */
const digitAt = (bytes: Buffer, at: number): number => ((bytes[at] ?? 0) - 0x30) >>> 0

/** A name without its slash, `#xx` resolved (§7.3.5). */
export function name(cursor: Cursor): string {
  cursor.at++
  const text = word(cursor)
  if (!text.includes('#')) return text
  return text.replace(/#([0-9A-Fa-f]{2})/g, (_, hex: string) => String.fromCharCode(parseInt(hex, 16)))
}

export function hexString(cursor: Cursor): PdfString {
  const { bytes, base, at: start } = cursor
  const close = bytes.indexOf(0x3e, start)
  if (close < 0) octet(cursor, bytes.length)
  cursor.at = close + 1
  return {
    kind: 'string',
    hex: true,
    raw: bytes.subarray(start + 1, close),
    start: base + start,
    end: base + cursor.at,
  }
}

const ESCAPE = 0x5c
const OPEN = 0x28
const CLOSE = 0x29

/** A string in parentheses, which may hold balanced ones (§7.3.4.2). */
export function literalString(cursor: Cursor): PdfString {
  const { bytes, base, at: start } = cursor
  cursor.at++
  for (let depth = 1; depth > 0; cursor.at++) {
    const value = octet(cursor)
    if (value === ESCAPE) cursor.at++
    else if (value === OPEN) depth++
    else if (value === CLOSE) depth--
  }
  return {
    kind: 'string',
    hex: false,
    raw: bytes.subarray(start + 1, cursor.at - 1),
    start: base + start,
    end: base + cursor.at,
  }
}
