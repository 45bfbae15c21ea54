import { Schema, type Connection } from 'mongoose'
import { sessionOf } from '../shared/transaction-store.ts'
import type { Transaction } from '../shared/transaction.ts'
import type { DocumentId, StoredDocument } from './document.ts'

type Row = Omit<StoredDocument, 'id'> & { _id: string }

const schema = new Schema<Row>(
  {
    _id: String,
    municipality: { type: String, required: true },
    filing: { type: String, required: true },
    kind: { type: String, required: true },
    name: { type: String, required: true },
    mediaType: { type: String, required: true },
    size: { type: Number, required: true },
    sha256: { type: String, required: true },
    createdAt: { type: Date, required: true },
    verification: Schema.Types.Mixed,
  },
  { strict: 'throw', versionKey: false, minimize: false, collection: 'documents' },
)
schema.index({ municipality: 1, filing: 1, createdAt: 1 })
schema.index({ municipality: 1, sha256: 1 })

/** The records of documents; their bytes are the content store's. */
export function createDocumentStore(connection: Connection) {
  const model = connection.model<Row>('Document', schema)

  return {
    add: async ({ id, ...document }: StoredDocument, tx: Transaction): Promise<void> => {
      await model.create([{ _id: id, ...document }], { session: sessionOf(tx) })
    },
    find: async (municipality: string, id: DocumentId, tx?: Transaction): Promise<StoredDocument | undefined> => {
      const row = await model.findOne({ _id: id, municipality }).session(sessionOf(tx)).lean<Row>()
      return row ? fromRow(row) : undefined
    },
    ofFiling: async (municipality: string, filing: string, tx?: Transaction): Promise<StoredDocument[]> => {
      const rows = await model
        .find({ municipality, filing })
        .sort({ createdAt: 1, _id: 1 })
        .session(sessionOf(tx))
        .lean<Row[]>()
      return rows.map(fromRow)
    },
    bySha256: async (municipality: string, sha256: string): Promise<StoredDocument[]> => {
      return (await model.find({ municipality, sha256 }).lean<Row[]>()).map(fromRow)
    },
    /** True if it was there: of two who remove the same document one only releases its content. */
    remove: async ({ id, municipality }: StoredDocument, tx: Transaction): Promise<boolean> => {
      const { deletedCount } = await model.deleteOne({ _id: id, municipality }, { session: sessionOf(tx) })
      return deletedCount === 1
    },
  }
}

export type DocumentStore = ReturnType<typeof createDocumentStore>

function fromRow({ _id, ...row }: Row): StoredDocument {
  return { ...row, id: _id as DocumentId }
}
