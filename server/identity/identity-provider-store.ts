import { Schema, type Connection } from 'mongoose'

type Row = { _id: string; document: string; at: Date }

const schema = new Schema<Row>(
  { _id: String, document: { type: String, required: true }, at: { type: Date, required: true } },
  { strict: 'throw', versionKey: false, collection: 'identity_provider_metadata' },
)

/** The last good metadata document of each source, so that a start without the federation's registry still has providers. */
export function createMetadataCopies(connection: Connection) {
  const model = connection.model<Row>('IdentityProviderMetadata', schema)
  return {
    async find(source: string): Promise<string | undefined> {
      return (await model.findById(source).lean<Row>())?.document
    },
    async save(source: string, document: string, at: Date): Promise<void> {
      await model.replaceOne({ _id: source }, { document, at }, { upsert: true })
    },
  }
}

export type MetadataCopies = ReturnType<typeof createMetadataCopies>
