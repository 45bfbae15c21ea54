import { Inflate, Unzlib } from 'fflate'
import { Buffer } from './buffer.ts'

/** The functions of `node:zlib` that the verifier uses, in a browser; the limit is kept while expanding. */
type Options = Readonly<{ maxOutputLength?: number; finishFlush?: number }>

/** With this `finishFlush` a stream that breaks off gives what it has; without it that is an error. */
export const constants = { Z_SYNC_FLUSH: 2 }

export const inflateSync = (bytes: Uint8Array, options?: Options) => expand(new Unzlib(), bytes, options)
export const inflateRawSync = (bytes: Uint8Array, options?: Options) => expand(new Inflate(), bytes, options)

/** CRC-32 of ISO 3309, a byte at a time; `before` is that of the bytes that came before these. */
export function crc32(bytes: Uint8Array, before = 0): number {
  let crc = ~before
  for (const byte of bytes) crc = (CRCS[(crc ^ byte) & 0xff] ?? 0) ^ (crc >>> 8)
  return ~crc >>> 0
}

const CRCS = Int32Array.from({ length: 256 }, (_, byte) => {
  let crc = byte
  for (let bit = 0; bit < 8; bit++) crc = (crc >>> 1) ^ (crc & 1 ? 0xedb88320 : 0)
  return crc
})

const PIECE = 1 << 16

function expand(
  stream: Inflate | Unzlib,
  bytes: Uint8Array,
  { maxOutputLength = Infinity, finishFlush }: Options = {},
) {
  const pieces: Uint8Array[] = []
  let size = 0
  stream.ondata = (piece) => {
    size += piece.length
    if (size > maxOutputLength) throw new RangeError('More than the largest expected size')
    pieces.push(piece)
  }
  for (let at = 0; at < Math.max(1, bytes.length); at += PIECE)
    stream.push(bytes.subarray(at, at + PIECE), finishFlush === undefined && at + PIECE >= bytes.length)
  return Buffer.concat(pieces)
}
