import { buffer } from 'node:stream/consumers'

/** Stored bytes that can be read from any place without holding the whole: what the checks of a file's structure work on. */
export type ContentSource = Readonly<{
  size: number
  /** Bytes from `start` to before `end`. */
  open(start: number, end: number): AsyncIterable<Uint8Array>
}>

const WINDOW = 64 * 1024

/** The same content, keeping the last piece read: headers lie close together, and each read asks the database. */
export function windowed(source: ContentSource): ContentSource {
  const load = async (from: number) => ({ from, bytes: await readRange(source, from, from + WINDOW) })
  let last: ReturnType<typeof load> = Promise.resolve({ from: 0, bytes: Buffer.alloc(0) })

  async function* small(start: number, end: number): AsyncGenerator<Buffer> {
    const { from, bytes } = await last
    if (start >= from && end <= from + bytes.length) {
      yield bytes.subarray(start - from, end - from)
      return
    }
    const loading = load(start)
    last = loading
    yield (await loading).bytes.subarray(0, end - start)
  }

  return {
    size: source.size,
    open: (start, end) => {
      const isSmall = end - start <= WINDOW && end <= source.size
      return isSmall ? small(start, end) : source.open(start, end)
    },
  }
}

/** Bytes from `start` to before `end`, cut to what there is. */
export async function readRange(source: ContentSource, start: number, end: number): Promise<Buffer> {
  const from = Math.max(0, start)
  const to = Math.min(source.size, end)
  return from < to ? buffer(source.open(from, to)) : Buffer.alloc(0)
}

export const readTail = (source: ContentSource, bytes: number): Promise<Buffer> =>
  readRange(source, source.size - bytes, source.size)

/** The offset of `pattern` at or after `from`, reading on until it is found; -1 if it is not there before `limit`. */
export async function indexOf(
  source: ContentSource,
  pattern: Buffer,
  { from = 0, limit = source.size } = {},
): Promise<number> {
  const end = Math.min(limit, source.size)
  if (from >= end) return -1
  let offset = from
  let rest = Buffer.alloc(0)
  for await (const chunk of source.open(from, end)) {
    const window = Buffer.concat([rest, chunk])
    const at = window.indexOf(pattern)
    if (at >= 0) return offset + at
    // The pattern may lie across two chunks.
    rest = window.subarray(Math.max(0, window.length - pattern.length + 1))
    offset += window.length - rest.length
  }
  return -1
}
