import { closeSync, fstatSync, openSync, readSync } from 'node:fs'

/**
 * Bytes that can be read anywhere without being held: a file of 200 MB is verified in the memory of its few structures.
 * `read` gives exactly `length` bytes, or fewer at the end of the file. Whoever goes through a long run lends it the same
 * `room` for each piece, which may then hold the bytes until the next: otherwise a file is garbage of its own size.
 */
export type Source = Readonly<{ size: number; read: (offset: number, length: number, room?: Buffer) => Buffer }>

/** A run of bytes of a source. */
export type Range = Readonly<{ offset: number; length: number }>

/** What is read at a time: larger pieces would not be faster. */
const WINDOW = 1 << 16

export function memorySource(bytes: Uint8Array): Source {
  const buffer = Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength)
  return {
    size: buffer.length,
    read: (offset, length) => buffer.subarray(Math.max(0, offset), Math.max(0, offset + length)),
  }
}

/** Opens a file for the duration of `use`. Small reads are served from a window, since headers lie close together. */
export function withFileSource<T>(path: string, use: (source: Source) => T): T {
  const file = openSync(path, 'r')
  try {
    return use(fileSource(file, fstatSync(file).size))
  } finally {
    closeSync(file)
  }
}

function fileSource(file: number, size: number): Source {
  let windowStart = 0
  let window: Buffer = Buffer.alloc(0)

  function load(offset: number, length: number, room?: Buffer): Buffer {
    const wanted = Math.max(0, Math.min(length, size - offset))
    const buffer = room && room.length >= wanted ? room.subarray(0, wanted) : Buffer.allocUnsafe(wanted)
    let filled = 0
    while (filled < buffer.length) {
      const count = readSync(file, buffer, filled, buffer.length - filled, offset + filled)
      if (count === 0) break
      filled += count
    }
    return buffer.subarray(0, filled)
  }

  return {
    size,
    read(start, length, room) {
      const offset = Math.max(0, start)
      if (length > WINDOW / 2) return load(offset, length, room)
      if (offset < windowStart || offset + length > windowStart + window.length) {
        window = load(offset, WINDOW)
        windowStart = offset
      }
      return window.subarray(offset - windowStart, offset - windowStart + length)
    },
  }
}

/** A view of several runs of another source as one, e.g. the chunks of a BER octet string. */
export function segmentSource(source: Source, ranges: readonly Range[]): Source {
  const only = ranges.length === 1 ? ranges[0] : undefined
  if (only) {
    const { offset: base, length: size } = only
    return {
      size,
      read: (offset, length, room) => source.read(base + offset, Math.max(0, Math.min(length, size - offset)), room),
    }
  }
  const starts: number[] = []
  let size = 0
  for (const { length } of ranges) {
    starts.push(size)
    size += length
  }
  return {
    size,
    read: (offset, length) =>
      readSegments(source, { ranges, starts }, { offset, length: Math.max(0, Math.min(length, size - offset)) }),
  }
}

function readSegments(
  source: Source,
  { ranges, starts }: { ranges: readonly Range[]; starts: readonly number[] },
  wanted: Range,
): Buffer {
  const pieces: Buffer[] = []
  let remaining = wanted.length
  let index = lastAtOrBefore(starts, wanted.offset)
  let skip = wanted.offset - (starts[index] ?? 0)
  while (remaining > 0) {
    const range = ranges[index++]
    if (!range) break
    const length = Math.min(range.length - skip, remaining)
    pieces.push(source.read(range.offset + skip, length))
    remaining -= length
    skip = 0
  }
  return pieces.length === 1 && pieces[0] ? pieces[0] : Buffer.concat(pieces)
}

function lastAtOrBefore(starts: readonly number[], offset: number): number {
  let low = 0
  let high = starts.length - 1
  while (low < high) {
    const middle = (low + high + 1) >> 1
    if ((starts[middle] ?? 0) <= offset) low = middle
    else high = middle - 1
  }
  return low
}
