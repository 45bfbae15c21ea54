import { mongo, Schema, type Connection } from 'mongoose'
import { createHash } from 'node:crypto'
import { ContentTooLarge } from './content.ts'
import { createFlow, type Piece } from './flow.ts'
import { createGate } from '../shared/gate.ts'

/** Twice the default: fewer pieces of a large file, and half a megabyte held for each upload. */
const CHUNK_BYTES = 512 * 1024
const BUCKET = 'documents'
/**
 * Pieces asked for at a time by all who read whole files. A few fill any line; hundreds of downloads, each with its own, would
 * take all connections to the database, and every page would wait behind them.
 */
const READS = 4
/**
 * Pieces held by all who are sent whole files, 24 MB: hundreds may download, and each would hold half a megabyte for as long as its
 * line takes. Whoever takes nothing for a second waits for another turn.
 */
const HELD = 48
const PATIENCE_MS = 1_000

export type FileId = mongo.ObjectId
type Range = Readonly<{ start: number; end: number }>
/** The GridFS specification's own fields. */
type FileRow = { _id: FileId; length: number; chunkSize: number; uploadDate: Date; filename: string }
type ChunkRow = { files_id: FileId; n: number; data: mongo.Binary }

/** With the indexes of the specification. */
const fileSchema = new Schema<FileRow>(
  {
    _id: Schema.Types.ObjectId,
    length: { type: Number, required: true },
    chunkSize: { type: Number, required: true },
    uploadDate: { type: Date, required: true },
    filename: { type: String, required: true },
  },
  { collection: `${BUCKET}.files`, versionKey: false },
).index({ filename: 1, uploadDate: 1 })
const chunkSchema = new Schema(
  { files_id: Schema.Types.ObjectId, n: Number, data: Buffer },
  { collection: `${BUCKET}.chunks`, versionKey: false },
).index({ files_id: 1, n: 1 }, { unique: true })

/** Plain files of bytes in GridFS, by identifier. */
export function createGridFsStore(connection: Connection, now: () => Date) {
  const { collection: files } = connection.model<FileRow>('File', fileSchema)
  const { collection: chunks } = connection.model('FileChunk', chunkSchema)
  // The driver holds two more copies of each chunk that it writes.
  const oneAtATime = createGate(1)
  const turn = createGate(READS)
  const flow = createFlow({
    most: HELD,
    stalled: (letGo) => {
      const waiting = setTimeout(letGo, PATIENCE_MS).unref()
      return () => clearTimeout(waiting)
    },
  })

  const rowOf = (file: FileId, length: number): FileRow => {
    return { _id: file, length, chunkSize: CHUNK_BYTES, uploadDate: now(), filename: file.toHexString() }
  }

  return {
    /**
     * Writes the bytes while hashing them; on failure pieces may stay, for `remove`. Each chunk is awaited, which is the
     * back-pressure, and leaves no write under way when the source breaks: one that ended after the removal would stay for
     * ever. Not the driver's upload stream: that makes a new buffer for each chunk.
     */
    async write(
      file: FileId,
      bytes: AsyncIterable<Uint8Array>,
      maxBytes: number,
    ): Promise<{ size: number; sha256: string }> {
      const hash = createHash('sha256')
      let size = 0
      let n = 0
      for await (const data of inChunks(bytes)) {
        size += data.length
        if (size > maxBytes) throw new ContentTooLarge(`More than ${maxBytes} bytes`)
        hash.update(data)
        await oneAtATime(() => chunks.insertOne({ files_id: file, n, data: new mongo.Binary(data) }))
        n += 1
      }
      await files.insertOne(rowOf(file, size))
      return { size, sha256: hash.digest('hex') }
    },
    /** Writes bytes that are all there as part of a transaction. */
    async insert(file: FileId, bytes: Uint8Array, session: mongo.ClientSession): Promise<void> {
      await chunks.insertMany(chunksOf(file, bytes), { session })
      await files.insertOne(rowOf(file, bytes.length), { session })
    },
    /** Not the driver's `delete`: an interrupted upload has chunks without a file, and for these it fails before removing them. */
    async remove(file: FileId): Promise<void> {
      await chunks.deleteMany({ files_id: file })
      await files.deleteOne({ _id: file })
    },
    /** All bytes, each piece in its turn, as they are taken. */
    async *read(file: FileId): AsyncGenerator<Uint8Array> {
      const { length, pieceAt } = await stored(connection, file)
      yield* flow(length, (offset) => turn(() => pieceAt(offset)))
    },
    /** The bytes from `start` to before `end`, out of turn: whoever looks into a file that just came holds an answer up. */
    async *open(file: FileId, { start, end }: Range): AsyncGenerator<Uint8Array> {
      const { length, pieceAt } = await stored(connection, file)
      for (let offset = start; offset < Math.min(end, length);) {
        const piece = await pieceAt(offset)
        yield piece.bytes.subarray(offset - piece.start, end - piece.start)
        offset = piece.start + piece.bytes.length
      }
    },
  }
}

/**
 * Not the driver's download stream: that asks for 16 MB of pieces at a time, for each of those who download. Nor a cursor, which
 * the database would keep for as long as a slow line takes.
 */
async function stored(connection: Connection, file: FileId) {
  const chunks = connection.collection<ChunkRow>(`${BUCKET}.chunks`)
  const info = await connection.collection<FileRow>(`${BUCKET}.files`).findOne({ _id: file })
  if (!info) throw new Error('The file of a content is missing')
  const { length, chunkSize } = info
  return {
    length,
    /** The piece in which a byte stands. */
    pieceAt: async (offset: number): Promise<Piece> => {
      const n = Math.floor(offset / chunkSize)
      const row = await chunks.findOne({ files_id: file, n })
      if (!row) throw new Error('A piece of a content is missing')
      return { start: n * chunkSize, bytes: row.data.value() }
    },
  }
}

function chunksOf(file: FileId, bytes: Uint8Array): ChunkRow[] {
  const count = Math.ceil(bytes.length / CHUNK_BYTES)
  return Array.from({ length: count }, (_, n) => {
    const data = new mongo.Binary(bytes.subarray(n * CHUNK_BYTES, (n + 1) * CHUNK_BYTES))
    return { files_id: file, n, data }
  })
}

/** The bytes in pieces of the size of a chunk. All pieces share one buffer: each is valid until the next is asked for. */
async function* inChunks(bytes: AsyncIterable<Uint8Array>): AsyncGenerator<Buffer> {
  const chunk = Buffer.allocUnsafe(CHUNK_BYTES)
  let filled = 0
  for await (const piece of bytes) {
    let rest = piece
    while (rest.length > 0) {
      const part = rest.subarray(0, CHUNK_BYTES - filled)
      chunk.set(part, filled)
      filled += part.length
      rest = rest.subarray(part.length)
      if (filled === CHUNK_BYTES) {
        yield chunk
        filled = 0
      }
    }
  }
  if (filled > 0) yield chunk.subarray(0, filled)
}
