/** Where the directory of a ZIP stands, and how many entries it says to have. */
export type ZipDirectory = Readonly<{ count: number; offset: number; size: number }>

const END = 0x06054b50
const END_LENGTH = 22
const END_64 = 0x06064b50
const LOCATOR_64 = 0x07064b50
/** The larger end and its locator (ZIP64), which some programs write before the other even where nothing is large. */
const END_64_LENGTH = 56 + 20

/** So many bytes from its end tell where a ZIP's directory stands: the end, after which a comment of 64 KB may come. */
export const ZIP_END_BYTES = END_LENGTH + 0xffff + END_64_LENGTH

/**
 * The directory of a ZIP of `fileSize` bytes, by its last bytes (APPNOTE §4.3.16); null where programs would not agree which it is. Some go
 * to the place that the end names, others count back from the end: another directory there, with other files, or another end in the
 * comment, shows a person what we have not seen.
 */
export function zipDirectory(tail: Buffer, fileSize: number): ZipDirectory | null {
  const at = lastEnd(tail)
  if (at === undefined || at + END_LENGTH + tail.readUInt16LE(at + 20) !== tail.length) return null
  const before = fileSize - tail.length
  const large = largeEnd(tail, at - END_64_LENGTH)
  // The larger end is found by its locator, which is to name this one and no other.
  if ((large ? before + at - END_64_LENGTH : null) !== locatedAt(tail, at - 20)) return null
  const found = agreed(smallEnd(tail, at), large)
  return found && found.offset + found.size === before + (large ? at - END_64_LENGTH : at) ? found : null
}

function lastEnd(tail: Buffer): number | undefined {
  for (let at = tail.length - END_LENGTH; at >= 0; at--) if (tail.readUInt32LE(at) === END) return at
  return undefined
}

const smallEnd = (tail: Buffer, at: number): ZipDirectory => ({
  count: tail.readUInt16LE(at + 10),
  size: tail.readUInt32LE(at + 12),
  offset: tail.readUInt32LE(at + 16),
})

function largeEnd(tail: Buffer, at: number): ZipDirectory | null {
  if (at < 0 || tail.readUInt32LE(at) !== END_64) return null
  const figure = (field: number) => Number(tail.readBigUInt64LE(at + field))
  return { count: figure(32), size: figure(40), offset: figure(48) }
}

const locatedAt = (tail: Buffer, at: number): number | null =>
  at >= 0 && tail.readUInt32LE(at) === LOCATOR_64 ? Number(tail.readBigUInt64LE(at + 8)) : null

/** Where there is a larger end, the other may leave each figure to it (APPNOTE §4.4.1.4). */
function agreed(small: ZipDirectory, large: ZipDirectory | null): ZipDirectory | null {
  if (!large) return small
  const says = (figure: keyof ZipDirectory, left: number) => [left, large[figure]].includes(small[figure])
  return says('count', 0xffff) && says('size', 0xffffffff) && says('offset', 0xffffffff) ? large : null
}
