import { inflateSync } from 'node:zlib'

const WOFF_HEADER = 44
const WOFF_ENTRY = 20
const SFNT_HEADER = 12
const SFNT_ENTRY = 16

/**
 * The TrueType font inside a WOFF 1.0 (W3C Recommendation 13 December 2012, §4 and §5), its tables inflated once: read from a WOFF, the
 * outlines of a whole font would be inflated again for each glyph.
 */
export function unwrapWoff(woff: Buffer): Buffer {
  const count = woff.readUInt16BE(12)
  const font = Buffer.alloc(woff.readUInt32BE(16))
  font.writeUInt32BE(woff.readUInt32BE(4), 0)
  font.writeUInt16BE(count, 4)
  let end = SFNT_HEADER + count * SFNT_ENTRY
  for (let index = 0; index < count; index += 1) {
    const entry = WOFF_HEADER + index * WOFF_ENTRY
    const [offset, packed, size] = [4, 8, 12].map((field) => woff.readUInt32BE(entry + field)) as [
      number,
      number,
      number,
    ]
    const table = woff.subarray(offset, offset + packed)
    font.set(packed < size ? inflateSync(table) : table, end)
    const place = SFNT_HEADER + index * SFNT_ENTRY
    woff.copy(font, place, entry, entry + 4)
    woff.copy(font, place + 4, entry + 16, entry + 20)
    font.writeUInt32BE(end, place + 8)
    font.writeUInt32BE(size, place + 12)
    end += Math.ceil(size / 4) * 4
  }
  return font
}
