import { TAG } from './der.ts'

/** Writes DER (ITU-T X.690 §10): definite minimal lengths, members of a SET OF in ascending order. */
export function encode(tag: number, ...parts: readonly Uint8Array[]): Buffer {
  const size = parts.reduce((sum, part) => sum + part.length, 0)
  return Buffer.concat([Buffer.from([tag]), encodeLength(size), ...parts])
}

function encodeLength(size: number): Buffer {
  if (size < 0x80) return Buffer.from([size])
  const hex = size.toString(16)
  const octets = Buffer.from(hex.padStart(hex.length + (hex.length % 2), '0'), 'hex')
  return Buffer.concat([Buffer.from([0x80 | octets.length]), octets])
}

export const sequenceOf = (...parts: readonly Uint8Array[]): Buffer => encode(TAG.sequence, ...parts)
export const octetString = (bytes: Uint8Array): Buffer => encode(TAG.octetString, bytes)
export const nothing = (): Buffer => Buffer.from([TAG.null, 0])

/** X.690 §11.6: the encodings are sorted as octet strings. RFC 5652 §5.4 signs attributes in this form. */
export function setOf(parts: readonly Uint8Array[], tag: number = TAG.set): Buffer {
  return encode(tag, ...[...parts].sort((left, right) => Buffer.compare(left, right)))
}

export function objectIdentifier(dotted: string): Buffer {
  const [first = 0n, second = 0n, ...rest] = dotted.split('.').map(BigInt)
  return encode(TAG.oid, Buffer.from([first * 40n + second, ...rest].flatMap(base128)))
}

function base128(arc: bigint): number[] {
  const octets = [Number(arc & 0x7fn)]
  for (let rest = arc >> 7n; rest > 0n; rest >>= 7n) octets.unshift(Number(rest & 0x7fn) | 0x80)
  return octets
}

/** A non-negative INTEGER; given as bytes it is taken as unsigned. */
export function integer(value: number | Uint8Array): Buffer {
  if (typeof value !== 'number') return encode(TAG.integer, unsigned(Buffer.from(value)))
  const hex = value.toString(16)
  return encode(TAG.integer, unsigned(Buffer.from(hex.padStart(hex.length + (hex.length % 2), '0'), 'hex')))
}

function unsigned(bytes: Buffer): Buffer {
  let start = 0
  while (start < bytes.length - 1 && bytes[start] === 0) start++
  const trimmed = bytes.subarray(start)
  return (trimmed[0] ?? 0) & 0x80 ? Buffer.concat([Buffer.from([0]), trimmed]) : trimmed
}

/** RFC 5280 §4.1.2.5: UTCTime until 2049. */
export function encodeTime(at: Date): Buffer {
  const digits = `${at.toISOString().slice(0, 19).replace(/[-:T]/g, '')}Z`
  return at.getUTCFullYear() < 2050
    ? encode(TAG.utcTime, Buffer.from(digits.slice(2)))
    : encode(TAG.generalizedTime, Buffer.from(digits))
}
