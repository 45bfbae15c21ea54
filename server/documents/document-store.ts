import { Schema, type Connection, type Model } from 'mongoose'
import { insertRow, rowsOf } from '../shared/row-store.ts'
import { sessionOf } from '../shared/transaction-store.ts'
import type { Transaction } from '../shared/transaction.ts'
import type { Verification } from '../signing/index.ts'
import type { DocumentId, DocumentKind, Revalidation, StoredDocument } from './document.ts'

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
    laterVerifications: { type: [Schema.Types.Mixed], default: undefined },
    revalidation: { type: new Schema({ due: Date, tries: Number }, { _id: false }), default: undefined },
    scan: { type: String, enum: ['clean', 'pending', 'too-large', 'infected'] },
    orphan: Boolean,
    registered: Boolean,
  },
  { strict: 'throw', versionKey: false, minimize: false, collection: 'documents' },
)
schema.index({ municipality: 1, filing: 1, createdAt: 1 })
schema.index({ municipality: 1, sha256: 1, kind: 1 })
schema.index({ 'revalidation.due': 1 }, { partialFilterExpression: { 'revalidation.due': { $exists: true } } })
schema.index({ createdAt: 1 }, { partialFilterExpression: { scan: 'pending' } })
schema.index({ createdAt: 1, _id: 1 }, { partialFilterExpression: { orphan: true } })

/** How many of the documents to be scanned or erased are held in memory at a time. */
const AT_A_TIME = 100

/** The records of documents; their bytes are the content store's. */
export function createDocumentStore(connection: Connection) {
  const model = connection.model<Row>('Document', schema)
  const documents = rowsOf(model)

  return {
    add: ({ id, ...document }: StoredDocument, tx: Transaction): Promise<void> =>
      insertRow(model, { _id: id, ...document }, tx),
    find: async (municipality: string, id: DocumentId, tx?: Transaction): Promise<StoredDocument | undefined> => {
      const row = await model.findOne({ _id: id, municipality }).session(sessionOf(tx)).lean<Row>()
      return row ? fromRow(row) : undefined
    },
    ofFiling: async (municipality: string, filing: string, tx?: Transaction): Promise<StoredDocument[]> => {
      // Asked at every step of a draft, and for each receipt: past mongoose.
      const found = documents.find({ municipality, filing }, tx && { session: sessionOf(tx) })
      return (await found.sort({ createdAt: 1, _id: 1 }).toArray()).map(fromRow)
    },
    bySha256: async (
      municipality: string,
      sha256: string,
      kinds: readonly DocumentKind[],
    ): Promise<StoredDocument[]> => {
      return (await model.find({ municipality, sha256, kind: { $in: [...kinds] } }).lean<Row[]>()).map(fromRow)
    },
    /** Takes a document that is due to be validated again: nobody else gets it before `until`. */
    claimRevalidation: async (now: Date, until: Date): Promise<StoredDocument | undefined> => {
      const row = await model
        .findOneAndUpdate({ 'revalidation.due': { $lte: now } }, { $set: { 'revalidation.due': until } })
        .lean<Row>()
      return row ? fromRow(row) : undefined
    },
    /** Adds a report to those that are there, and says when the next is due. */
    addReport: async ({ id }: StoredDocument, report: Verification, next: Revalidation | null): Promise<void> => {
      const due = next ? { $set: { revalidation: next } } : { $unset: { revalidation: 1 as const } }
      await model.updateOne({ _id: id }, { $push: { laterVerifications: report }, ...due })
    },
    /** Documents of all municipalities that no scanner has seen, the oldest first; read in batches. */
    unscanned: async function* (): AsyncGenerator<StoredDocument> {
      const pending = model.find({ scan: 'pending' }).sort({ createdAt: 1 }).lean<Row[]>()
      for await (const row of pending.cursor({ batchSize: AT_A_TIME })) yield fromRow(row)
    },
    setScan: async ({ id, municipality }: StoredDocument, scan: NonNullable<StoredDocument['scan']>): Promise<void> => {
      await model.updateOne({ _id: id, municipality }, { scan })
    },
    move: async ({ id, municipality }: StoredDocument, filing: string, tx: Transaction): Promise<void> => {
      const change = { $set: { filing }, $unset: { orphan: 1 as const } }
      const { matchedCount } = await model.updateOne({ _id: id, municipality }, change, { session: sessionOf(tx) })
      if (matchedCount !== 1) throw new Error('The document to move is not there')
    },
    /** False if one of them is not there any more. Registration and removal both write the record: of the two at once, one waits for the other. */
    register: async (attachments: readonly StoredDocument[], tx: Transaction): Promise<boolean> => {
      const ids = attachments.map(({ id }) => id)
      const change = { $set: { registered: true as const } }
      const { matchedCount } = await model.updateMany({ _id: { $in: ids } }, change, { session: sessionOf(tx) })
      return matchedCount === ids.length
    },
    /** False when it was registered, or when somebody else removed it at the same moment: only one of the two releases its content. */
    remove: async ({ id, municipality }: StoredDocument, tx: Transaction): Promise<boolean> => {
      const unregistered = { _id: id, municipality, kind: 'attachment' as const, registered: { $exists: false } }
      const { deletedCount } = await model.deleteOne(unregistered, { session: sessionOf(tx) })
      return deletedCount === 1
    },
    ...orphans(model),
  }
}

export type DocumentStore = ReturnType<typeof createDocumentStore>

/** Documents that came before what they belong to was written (`orphan`). */
function orphans(model: Model<Row>) {
  return {
    /** False if one of them is not there any more. */
    adopt: async (documents: readonly StoredDocument[], tx: Transaction): Promise<boolean> => {
      const ids = documents.map(({ id }) => id)
      const change = { $unset: { orphan: 1 as const } }
      const { matchedCount } = await model.updateMany({ _id: { $in: ids } }, change, { session: sessionOf(tx) })
      return matchedCount === ids.length
    },
    /** Makes orphans of attachments that nobody registered. */
    disown: async (attachments: readonly StoredDocument[], tx: Transaction): Promise<void> => {
      const unregistered = { _id: { $in: attachments.map(({ id }) => id) }, registered: { $exists: false } }
      await model.updateMany(unregistered, { $set: { orphan: true as const } }, { session: sessionOf(tx) })
    },
    /** Orphans of all municipalities that came before that instant, the oldest first; read in batches. */
    orphansBefore: async function* (before: Date): AsyncGenerator<StoredDocument> {
      const orphans = model
        .find({ orphan: true, createdAt: { $lt: before } })
        .sort({ createdAt: 1 })
        .lean<Row[]>()
      for await (const row of orphans.cursor({ batchSize: AT_A_TIME })) yield fromRow(row)
    },
    /**
     * Like `remove`, unless it was adopted. Adoption and removal both write the record: of the two at once, one waits for the
     * other.
     */
    removeOrphan: async ({ id, municipality }: StoredDocument, tx: Transaction): Promise<boolean> => {
      const orphan = { _id: id, municipality, orphan: true as const }
      const { deletedCount } = await model.deleteOne(orphan, { session: sessionOf(tx) })
      return deletedCount === 1
    },
  }
}

function fromRow({ _id, ...row }: Row): StoredDocument {
  return { ...row, id: _id as DocumentId }
}
