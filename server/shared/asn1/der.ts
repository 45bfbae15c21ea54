/**
 * A reader of BER and DER (ITU-T X.690) that keeps every element's bytes exactly as received: signatures are over bytes, not over
 * meanings. It reads lazily, so 5 000 nested definite elements cost nothing until somebody descends, and nothing here recurses
 * without a limit.
 */
export type Der = Readonly<{
  /** The identifier octet (class, constructed bit, number); numbers above 30 are kept as `class | 0x1f` and are used by nothing here. */
  tag: number
  /** Identifier, length and contents (and end-of-contents) as received. */
  raw: Buffer
  body: Buffer
  /** Where the element ends in the buffer it was read from. */
  end: number
  indefinite: boolean
}>

/** The bytes are not what the structure demands: becomes FORMAT_FAILURE, never a crash. */
export class DerError extends Error {
  override readonly name = 'DerError'
}

export const TAG = {
  boolean: 0x01,
  integer: 0x02,
  bitString: 0x03,
  octetString: 0x04,
  null: 0x05,
  oid: 0x06,
  enumerated: 0x0a,
  utf8: 0x0c,
  utcTime: 0x17,
  generalizedTime: 0x18,
  sequence: 0x30,
  set: 0x31,
  constructedOctets: 0x24,
} as const

/** Context-specific tag: constructed (`[n] EXPLICIT` or a structure) or primitive. */
export const context = (number: number): number => 0xa0 | number
export const contextPrimitive = (number: number): number => 0x80 | number

const CONSTRUCTED = 0x20
/** Indefinite lengths are the only ones that force us to descend while looking for the end. */
const MAX_INDEFINITE_DEPTH = 64

export type DerHeader = Readonly<{ tag: number; contentStart: number; /** -1 = indefinite */ length: number }>

/** Identifier and length at `offset`. Throws DerError when they do not fit in the buffer. */
export function readHeader(bytes: Buffer, offset: number): DerHeader {
  let at = offset
  const tag = byteAt(bytes, at++)
  if ((tag & 0x1f) === 0x1f) {
    let octets = 0
    while (byteAt(bytes, at++) & 0x80) if (++octets > 4) throw new DerError('Tag number too long')
  }
  const first = byteAt(bytes, at++)
  if (first < 0x80) return { tag, contentStart: at, length: first }
  if (first === 0x80) {
    if (!(tag & CONSTRUCTED)) throw new DerError('Indefinite length of a primitive element')
    return { tag, contentStart: at, length: -1 }
  }
  const count = first & 0x7f
  if (count > 6) throw new DerError('Length too long')
  let length = 0
  for (let index = 0; index < count; index++) length = length * 256 + byteAt(bytes, at++)
  return { tag, contentStart: at, length }
}

/** The element that starts at `offset`; bytes after it are left alone. */
export function readDer(bytes: Buffer, offset = 0, depth = 0): Der {
  const { tag, contentStart, length } = readHeader(bytes, offset)
  if (length >= 0) {
    const end = contentStart + length
    if (end > bytes.length) throw new DerError('Element longer than its container')
    return { tag, raw: bytes.subarray(offset, end), body: bytes.subarray(contentStart, end), end, indefinite: false }
  }
  const contentEnd = endOfContents(bytes, contentStart, depth)
  const end = contentEnd + 2
  return {
    tag,
    raw: bytes.subarray(offset, end),
    body: bytes.subarray(contentStart, contentEnd),
    end,
    indefinite: true,
  }
}

function endOfContents(bytes: Buffer, start: number, depth: number): number {
  if (depth > MAX_INDEFINITE_DEPTH) throw new DerError('Nested too deeply')
  let at = start
  while (byteAt(bytes, at) !== 0 || byteAt(bytes, at + 1) !== 0) {
    const { contentStart, length } = readHeader(bytes, at)
    at = length >= 0 ? contentStart + length : endOfContents(bytes, contentStart, depth + 1) + 2
  }
  return at
}

/** One element that fills the buffer. */
export function readWhole(bytes: Buffer, tag?: number): Der {
  const der = readDer(bytes)
  if (der.end !== bytes.length) throw new DerError('Bytes after the element')
  return tag === undefined ? der : expectTag(der, tag)
}

/** The elements directly inside a constructed one. */
export function children(der: Der): Der[] {
  if (!(der.tag & CONSTRUCTED)) throw new DerError('Primitive element where a structure is due')
  return elements(der.body)
}

/** More than any list of revocation has; a bomb must be stopped before the thread's heap is full (pdf/parser.ts). */
const MAX_ELEMENTS = 1_000_000

/**
 * Of the content of a message. Signing programs write pieces of a kilobyte or more: so many are 250 MB. One of a single octet costs a
 * hundred times its size to hold.
 */
export const MAX_PIECES = 250_000

export function elements(body: Buffer): Der[] {
  const found: Der[] = []
  for (let at = 0; at < body.length;) {
    if (found.length === MAX_ELEMENTS) throw new DerError('Too many elements')
    const element = readDer(body, at)
    found.push(element)
    at = element.end
  }
  return found
}

export function expectTag(der: Der | undefined, tag: number): Der {
  if (der === undefined) throw new DerError(`Element ${tag.toString(16)} is missing`)
  if (der.tag !== tag) throw new DerError(`Element ${tag.toString(16)} expected, ${der.tag.toString(16)} found`)
  return der
}

/** The children of a SEQUENCE, or of an element with another tag when it is implicit. */
export const sequence = (der: Der | undefined, tag: number = TAG.sequence): Der[] => children(expectTag(der, tag))

/**
 * A cursor over the fields of a SEQUENCE: `next` demands a field, `optional` takes it only if its tag is there.
 */
type Fields = Readonly<{
  next: (tag?: number) => Der
  optional: (tag: number) => Der | undefined
  rest: () => Der[]
}>

export function fields(der: Der | undefined, tag: number = TAG.sequence): Fields {
  const list = sequence(der, tag)
  let index = 0
  return {
    next: (expected) => {
      const field = list[index++]
      if (field === undefined) throw new DerError('A field is missing')
      return expected === undefined ? field : expectTag(field, expected)
    },
    optional: (expected) => (list[index]?.tag === expected ? list[index++] : undefined),
    rest: () => list.slice(index),
  }
}

/** Dotted object identifier. */
export function oid(der: Der | undefined): string {
  return oidText(expectTag(der, TAG.oid).body)
}

const knownOids = new Map<string, string>()

function oidText(body: Buffer): string {
  const key = body.toString('latin1')
  const known = knownOids.get(key)
  if (known !== undefined) return known
  const text = decodeOid(body)
  // The map is a cache of what real files use; a hostile file must not grow it without end.
  if (knownOids.size < 2_000) knownOids.set(key, text)
  return text
}

function decodeOid(body: Buffer): string {
  if (body.length === 0 || body.length > 64 || (byteAt(body, body.length - 1) & 0x80) !== 0)
    throw new DerError('Malformed identifier')
  const arcs: bigint[] = []
  let arc = 0n
  for (const octet of body) {
    arc = (arc << 7n) | BigInt(octet & 0x7f)
    if (octet & 0x80) continue
    if (arcs.length === 0) {
      const first = arc < 40n ? 0n : arc < 80n ? 1n : 2n
      arcs.push(first, arc - first * 40n)
    } else arcs.push(arc)
    arc = 0n
  }
  return arcs.join('.')
}

/** A non-negative INTEGER small enough to count with. */
export function smallInteger(der: Der | undefined, tag: number = TAG.integer): number {
  const { body } = expectTag(der, tag)
  if (body.length === 0 || body.length > 6 || (body[0] ?? 0) & 0x80) throw new DerError('Integer out of range')
  return body.readUIntBE(0, body.length)
}

/** An INTEGER of any size as hexadecimal without leading zeros, as serial numbers are written. */
export function integerHex(der: Der | undefined): string {
  const { body } = expectTag(der, TAG.integer)
  if (body.length === 0 || body.length > 4_096) throw new DerError('Integer out of range')
  return body.toString('hex').replace(/^0+(?=.)/, '')
}

export function boolean(der: Der | undefined): boolean {
  return expectTag(der, TAG.boolean).body[0] !== 0
}

/** The octets of an OCTET STRING, primitive or built of pieces (BER). `tag` for an implicit one. */
export function octets(der: Der | undefined, tag: number = TAG.octetString, depth = 0): Buffer {
  if (der === undefined) throw new DerError('Octet string is missing')
  if (der.tag === tag) return der.body
  if (der.tag !== (tag | CONSTRUCTED)) throw new DerError('Octet string expected')
  if (depth > 8) throw new DerError('Octet string nested too deeply')
  return Buffer.concat(elements(der.body).map((piece) => octets(piece, TAG.octetString, depth + 1)))
}

/** The octets of a BIT STRING whose length is a whole number of them, as keys and signatures are. */
export function bits(der: Der | undefined): Buffer {
  const { body } = expectTag(der, TAG.bitString)
  if (body.length === 0 || body[0] !== 0) throw new DerError('Bit string is not whole octets')
  return body.subarray(1)
}

/** The numbers of the bits that are set in a named bit list such as KeyUsage. */
export function bitNames(der: Der): Set<number> {
  const set = new Set<number>()
  const [, ...octetList] = expectTag(der, TAG.bitString).body
  octetList.slice(0, 8).forEach((octet, index) => {
    for (let bit = 0; bit < 8; bit++) if (octet & (0x80 >> bit)) set.add(index * 8 + bit)
  })
  return set
}

/** By tag: year, month and day, hour and minute, then optional seconds, fraction, and the zone. */
const TIMES: Readonly<Record<number, RegExp>> = {
  [TAG.utcTime]: /^(\d{2})(\d{4})(\d{4})(\d{2})?()(Z|[+-]\d{4})$/,
  [TAG.generalizedTime]: /^(\d{4})(\d{4})(\d{4})(\d{2})?(?:[.,](\d{1,9}))?(Z|[+-]\d{4})$/,
}

/** UTCTime or GeneralizedTime. Two-digit years by RFC 5280 §4.1.2.5.1. */
export function time(der: Der | undefined): Date {
  const parts = der && TIMES[der.tag]?.exec(der.body.toString('latin1'))
  if (!parts) throw new DerError('Malformed time')
  const [year, day, minute, second, fraction, zone] = [1, 2, 3, 4, 5, 6].map((group) => parts[group] ?? '') as [
    string,
    string,
    string,
    string,
    string,
    string,
  ]
  const exact = `${second.padEnd(2, '0')}.${fraction.slice(0, 3).padEnd(3, '0')}`
  const at = new Date(`${fullYear(year)}-${pair(day, '-')}T${pair(minute, ':')}:${exact}${zoneOffset(zone)}`)
  if (Number.isNaN(at.getTime())) throw new DerError('Time out of range')
  return at
}

const fullYear = (digits: string): string =>
  digits.length === 4 ? digits : `${Number(digits) < 50 ? '20' : '19'}${digits}`
const pair = (digits: string, between: string): string => `${digits.slice(0, 2)}${between}${digits.slice(2)}`
const zoneOffset = (zone: string): string => (zone === 'Z' ? zone : `${zone.slice(0, 3)}:${zone.slice(3)}`)

/** Any of the string types of X.520 names. T61 is read as Latin-1, as every issuer used it. */
export function text(der: Der): string {
  switch (der.tag) {
    case TAG.utf8:
      return der.body.toString('utf8')
    case 0x1e: // BMPString
      return Buffer.from(der.body.subarray(0, der.body.length & ~1))
        .swap16()
        .toString('utf16le')
    case 0x1c: // UniversalString
      return [...universal(der.body)].join('')
    default:
      return der.body.toString('latin1')
  }
}

function* universal(body: Buffer): Generator<string> {
  for (let at = 0; at + 4 <= body.length; at += 4) {
    const point = body.readUInt32BE(at)
    yield point <= 0x10ffff ? String.fromCodePoint(point) : '\ufffd'
  }
}

function byteAt(bytes: Buffer, at: number): number {
  const octet = bytes[at]
  if (octet === undefined) throw new DerError('Ends before its time')
  return octet
}
