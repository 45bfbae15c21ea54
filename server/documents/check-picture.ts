import { indexOf, readRange, readTail, type ContentSource } from './content-source.ts'
import type { Defect } from './refusal.ts'

/** Photographs have some dozens; more is a file made to keep us reading. */
const MOST_SEGMENTS = 1000

/**
 * Does the JPEG have its end? The mark `FF D9` is looked for after the start of the scan, because the little preview inside
 * the Exif data ends with the same mark; in the scan itself it cannot occur (ITU-T T.81 §B.1.1.5).
 */
export async function checkJpeg(source: ContentSource): Promise<Defect | undefined> {
  let offset = 2
  for (let segments = 0; offset < source.size; segments += 1) {
    const [marker, kind, high, low] = await readRange(source, offset, offset + 4)
    if (marker !== 0xff || kind === undefined || segments === MOST_SEGMENTS) return 'damaged'
    if (kind === 0xda) {
      const end = await indexOf(source, Buffer.from([0xff, 0xd9]), { from: offset })
      return end < 0 ? 'truncated' : undefined
    }
    // Any number of FF may stand before a marker (§B.1.1.2).
    offset += kind === 0xff ? 1 : 2 + Math.max(2, (high ?? 0) * 256 + (low ?? 0))
  }
  return 'truncated'
}

/** The last chunk of every PNG is IEND (ISO/IEC 15948 §5.6). */
export async function checkPng(source: ContentSource): Promise<Defect | undefined> {
  return (await readTail(source, 1024)).includes('IEND') ? undefined : 'truncated'
}

/** The first directory of a TIFF lies inside the file (TIFF 6.0 §2); scanners write it at the end, so a cut file misses it. */
export async function checkTiff(source: ContentSource): Promise<Defect | undefined> {
  const header = await readRange(source, 0, 8)
  if (header.length < 8) return 'truncated'
  const little = header[0] === 0x49
  const directory = little ? header.readUInt32LE(4) : header.readUInt32BE(4)
  const count = await readRange(source, directory, directory + 2)
  if (directory < 8 || count.length < 2) return 'truncated'
  const entries = little ? count.readUInt16LE(0) : count.readUInt16BE(0)
  return directory + 2 + entries * 12 > source.size ? 'truncated' : undefined
}
