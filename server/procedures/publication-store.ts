import { Schema, type Connection } from 'mongoose'
import { appendOnly } from '../shared/append-only-store.ts'
import { isDuplicateKey } from '../shared/duplicate-key.ts'
import type { Publication, PublishedVersion } from './publication.ts'

/** `content` is JSON text and not a document: it keeps the order of keys, and `$ref` means something else to MongoDB. */
type Row = { _id: string; procedure: string; version: number; hash: string; content: string; publishedAt: Date }

const schema = new Schema<Row>(
  {
    _id: { type: String, required: true },
    procedure: { type: String, required: true },
    version: { type: Number, required: true },
    hash: { type: String, required: true },
    content: { type: String, required: true },
    publishedAt: { type: Date, required: true },
  },
  { strict: 'throw', versionKey: false },
)
appendOnly(schema)

export type PublicationStore = {
  /** Identity and hash of every published version. */
  published(): Promise<PublishedVersion[]>
  find(id: string, version: number): Promise<{ publication: Publication; hash: string } | undefined>
  /** False if the version is there already: another process was faster. */
  insert(publication: Publication, hash: string, at: Date): Promise<boolean>
}

export function createPublicationStore(connection: Connection): PublicationStore {
  const model = connection.model<Row>('ProcedureVersion', schema)
  const keyOf = (id: string, version: number): string => `${id}@${version}`

  return {
    async published() {
      const rows = await model.find({}, { procedure: 1, version: 1, hash: 1 }).lean<Row[]>()
      return rows.map(({ procedure, version, hash }) => ({ id: procedure, version, hash }))
    },
    async find(id, version) {
      const row = await model.findById(keyOf(id, version)).lean<Row>()
      return row ? { publication: JSON.parse(row.content) as Publication, hash: row.hash } : undefined
    },
    async insert(publication, hash, at) {
      const { id, version } = publication.procedure
      try {
        await model.create({
          _id: keyOf(id, version),
          procedure: id,
          version,
          hash,
          content: JSON.stringify(publication),
          publishedAt: at,
        })
        return true
      } catch (error) {
        if (isDuplicateKey(error)) return false
        throw error
      }
    },
  }
}
