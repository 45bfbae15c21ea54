import { mongo, Schema, type Collection, type Connection } from 'mongoose'
import { rowsOf } from '../shared/row-store.ts'
import { sessionOf } from '../shared/transaction-store.ts'
import type { Transaction } from '../shared/transaction.ts'
import type { ContentKey, ContentStore } from './content.ts'
import { createGridFsStore, type FileId } from './gridfs-store.ts'

type ContentRow = { _id: string; file: FileId; size: number; references: number }
type StagedRow = { _id: FileId; since: Date }

const contentSchema = new Schema<ContentRow>(
  {
    _id: String,
    file: { type: Schema.Types.ObjectId, required: true },
    size: { type: Number, required: true },
    references: { type: Number, required: true },
  },
  { strict: 'throw', versionKey: false, collection: 'contents' },
)

/**
 * Every GridFS file stands either here or in a content, so what a crash leaves is found without looking through the files:
 * the entry is made before the first byte is written and goes in the transaction that takes the bytes over.
 */
const stagedSchema = new Schema<StagedRow>(
  { _id: Schema.Types.ObjectId, since: { type: Date, required: true, index: true } },
  { strict: 'throw', versionKey: false, collection: 'stagedContents' },
)

/** Bytes of documents in GridFS, kept once for each municipality and SHA-256. */
export function createContentStore(connection: Connection, now: () => Date): ContentStore {
  const contents = connection.model<ContentRow>('Content', contentSchema)
  const staged = connection.model<StagedRow>('StagedContent', stagedSchema)
  const files = createGridFsStore(connection, now)

  const refer = createReferring(rowsOf(contents))

  async function discard(file: string): Promise<void> {
    const id = new mongo.ObjectId(file)
    // Taken over after all: of a commit whose answer was lost nobody knows how it ended.
    if (await staged.exists({ _id: id })) await files.remove(id)
    await staged.deleteOne({ _id: id })
  }

  async function* read(key: ContentKey): AsyncGenerator<Uint8Array> {
    const row = await contents.findById(idOf(key)).lean<ContentRow>()
    if (!row) throw new Error('A document has no content')
    yield* files.read(row.file)
  }

  return {
    async stage(bytes, maxBytes) {
      const file = new mongo.ObjectId()
      await staged.create({ _id: file, since: now() })
      try {
        return { file: file.toHexString(), ...(await files.write(file, bytes, maxBytes)) }
      } catch (error) {
        await discard(file.toHexString())
        throw error
      }
    },
    discard,
    async add(key, bytes, tx) {
      const file = new mongo.ObjectId()
      const kept = await refer(key, { file, size: bytes.length }, tx)
      if (kept.equals(file)) await files.insert(file, bytes, sessionOf(tx))
    },
    async keep(key, { file, size }, tx) {
      const kept = await refer(key, { file: new mongo.ObjectId(file), size }, tx)
      if (kept.toHexString() !== file) return false
      const { deletedCount } = await staged.deleteOne({ _id: kept }, { session: sessionOf(tx) })
      if (deletedCount !== 1) throw new Error('The staged bytes were cleaned away before they were kept')
      return true
    },
    async release(key, tx) {
      const session = sessionOf(tx)
      const change = { $inc: { references: -1 } }
      const row = await contents.findOneAndUpdate({ _id: idOf(key) }, change, { returnDocument: 'after', session })
      if (!row || row.references > 0) return undefined
      await contents.deleteOne({ _id: row._id }, { session })
      await staged.create([{ _id: row.file, since: now() }], { session })
      return row.file.toHexString()
    },
    async clean(before) {
      const abandoned = await staged.find({ since: { $lt: before } }).lean<StagedRow[]>()
      for (const { _id } of abandoned) await discard(_id.toHexString())
      return abandoned.length
    },
    open: read,
    source: ({ file, size }) => ({
      size,
      open: (start, end) => files.open(new mongo.ObjectId(file), { start, end }),
    }),
  }
}

/** Adds one reference. Tells which file has the content from now on: the given one, if none had it before. */
const createReferring =
  (contents: Collection<ContentRow>) =>
  async (key: ContentKey, { file, size }: Pick<ContentRow, 'file' | 'size'>, tx: Transaction): Promise<FileId> => {
    const row = await contents.findOneAndUpdate(
      { _id: idOf(key) },
      { $inc: { references: 1 }, $setOnInsert: { file, size } },
      { upsert: true, returnDocument: 'after', session: sessionOf(tx) },
    )
    if (!row) throw new Error('A content was neither found nor made')
    return row.file
  }

/** One identifier instead of an index over two fields, so that two uploads of the same bytes meet on the same row. */
const idOf = ({ municipality, sha256 }: ContentKey): string => `${municipality}:${sha256}`
