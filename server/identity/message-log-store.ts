import { Schema, type Connection } from 'mongoose'
import { openRecord, sealRecord, type MessageRecord, type SealedRecord } from './message-log.ts'

type Row = Omit<SealedRecord, 'sealed'> & { sealed: Buffer }

const schema = new Schema<Row>(
  {
    requestId: { type: String, required: true, index: true },
    kind: { type: String, enum: ['request', 'response'], required: true },
    at: { type: Date, required: true },
    scheme: { type: String, required: true },
    organization: { type: String, required: true },
    identityProvider: { type: String, required: true },
    issueInstant: String,
    responseId: String,
    assertionId: String,
    outcome: String,
    sealed: { type: Buffer, required: true },
    expiresAt: { type: Date, required: true },
  },
  { strict: 'throw', versionKey: false, collection: 'saml_messages' },
)
// MongoDB itself erases what is older than the law wants it kept.
schema.index({ expiresAt: 1 }, { expireAfterSeconds: 0 })

export type MessageLog = ReturnType<typeof createMessageLog>

/** Append-only: records are written and read, never changed; only their age removes them. */
export function createMessageLog(connection: Connection, key: Buffer) {
  const model = connection.model<Row>('SamlMessage', schema)
  return {
    async append(record: MessageRecord): Promise<void> {
      await model.create(sealRecord(record, key))
    },

    /** Messages of one authentication, oldest first. */
    async ofRequest(requestId: string): Promise<MessageRecord[]> {
      const rows = await model
        .find({ requestId }, { _id: 0, expiresAt: 0 })
        .sort({ at: 1 })
        .lean<(Omit<Row, 'sealed'> & { sealed: { buffer: Buffer } })[]>()
      return rows.map((row) => openRecord({ ...row, sealed: Buffer.from(row.sealed.buffer) }, key))
    },
  }
}
