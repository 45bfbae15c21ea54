import { PdfError, type PdfDict, type PdfString, type PdfValue } from './pdf-value.ts'

/** The window ended inside a token: the caller reads more bytes and tries again. */
export class WindowEnd extends Error {
  override readonly name = 'WindowEnd'
}

const MAX_DEPTH = 100

const WHITE = new Set([0, 9, 10, 12, 13, 32])
const DELIMITERS = new Set([...'()<>[]{}/%'].map((character) => character.charCodeAt(0)))
const isRegular = (octet: number): boolean => !WHITE.has(octet) && !DELIMITERS.has(octet)

/**
 * Reads objects from a window of the file. `base` is the window's offset in the file, `final` says that nothing follows it.
 */
export function createParser(bytes: Buffer, base = 0, final = true) {
  let at = 0

  function octet(offset = at): number {
    const value = bytes[offset]
    if (value !== undefined) return value
    throw final ? new PdfError('Unexpected end of file') : new WindowEnd()
  }

  function skipWhite(): void {
    while (at < bytes.length || !final) {
      const value = octet()
      if (value === 0x25) while (octet() !== 10 && octet() !== 13) at++
      else if (!WHITE.has(value)) return
      at++
    }
  }

  function word(): string {
    const start = at
    while (at < bytes.length ? isRegular(bytes[at] ?? 0) : !final && octet() > 0) at++
    return bytes.toString('latin1', start, at)
  }

  function name(): string {
    at++
    const text = word()
    return text.includes('#')
      ? text.replace(/#([0-9A-Fa-f]{2})/g, (_, hex: string) => String.fromCharCode(parseInt(hex, 16)))
      : text
  }

  function hexString(): PdfString {
    const start = at
    const close = bytes.indexOf(0x3e, at)
    if (close < 0) octet(bytes.length)
    at = close + 1
    return { kind: 'string', hex: true, raw: bytes.subarray(start + 1, close), start: base + start, end: base + at }
  }

  function literalString(): PdfString {
    const start = at++
    for (let depth = 1; depth > 0; at++) {
      const value = octet()
      if (value === 0x5c) at++
      else if (value === 0x28) depth++
      else if (value === 0x29) depth--
    }
    return { kind: 'string', hex: false, raw: bytes.subarray(start + 1, at - 1), start: base + start, end: base + at }
  }

  function dictionary(depth: number): PdfDict {
    const entries = new Map<string, PdfValue>()
    const duplicates: string[] = []
    at += 2
    for (;;) {
      skipWhite()
      if (octet() === 0x3e) {
        if (octet(at + 1) !== 0x3e) throw new PdfError('Dictionary is not closed')
        at += 2
        return { kind: 'dict', entries, duplicates }
      }
      if (octet() !== 0x2f) throw new PdfError('Dictionary key is not a name')
      const key = name()
      if (entries.has(key)) duplicates.push(key)
      entries.set(key, value(depth + 1))
    }
  }

  function array(depth: number): PdfValue[] {
    const items: PdfValue[] = []
    at++
    for (;;) {
      skipWhite()
      if (octet() === 0x5d) {
        at++
        return items
      }
      items.push(value(depth + 1))
    }
  }

  /** A number, or a reference when two more tokens make it one. */
  function numberOrReference(first: number, text: string): PdfValue {
    if (!/^\d{1,10}$/.test(text)) return first
    const mark = at
    skipWhite()
    const generation = word()
    if (/^\d{1,5}$/.test(generation)) {
      skipWhite()
      if (word() === 'R') return { kind: 'ref', number: first, generation: Number(generation) }
    }
    at = mark
    return first
  }

  const KEYWORDS: Readonly<Record<string, PdfValue>> = { true: true, false: false, null: null }

  function scalar(): PdfValue {
    const text = word()
    const keyword = KEYWORDS[text]
    if (keyword !== undefined) return keyword
    // Real files hold `--5` and `1.`; only what Number reads, or a doubled sign, counts as a number here.
    const number = Number(text.replace(/^--/, '-'))
    if (text === '' || Number.isNaN(number) || !/^[-+.\d]+$/.test(text))
      throw new PdfError(text === '' ? 'Unexpected delimiter' : 'Unknown keyword')
    return numberOrReference(number, text)
  }

  function value(depth = 0): PdfValue {
    if (depth > MAX_DEPTH) throw new PdfError('Objects nested too deeply')
    skipWhite()
    switch (octet()) {
      case 0x2f:
        return { kind: 'name', name: name() }
      case 0x28:
        return literalString()
      case 0x5b:
        return array(depth)
      case 0x3c:
        return octet(at + 1) === 0x3c ? dictionary(depth) : hexString()
      default:
        return scalar()
    }
  }

  /** The keyword that comes next, or '' when something else does. */
  function keyword(): string {
    skipWhite()
    return word()
  }

  return {
    value,
    keyword,
    skipWhite,
    /** Next byte without moving, -1 at the end. */
    peek: (): number => bytes[at] ?? -1,
    position: (): number => base + at,
    moveTo: (offset: number): void => void (at = offset - base),
  }
}

export type Parser = ReturnType<typeof createParser>
