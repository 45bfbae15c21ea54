import { Schema, type Connection } from 'mongoose'
import { createMessageSearch, type Row } from './message-log-search-store.ts'
import { openSealed, sealRecord, type MessageFacts, type MessageRecord, type OpenedMessage } from './message-log.ts'

const schema = new Schema<Row>(
  {
    requestId: { type: String, required: true, index: true },
    kind: { type: String, enum: ['request', 'response'], required: true },
    at: { type: Date, required: true },
    scheme: { type: String, required: true },
    organization: { type: String, required: true },
    identityProvider: { type: String, required: true },
    level: Number,
    issueInstant: String,
    responseId: { type: String, index: true, sparse: true },
    assertionId: { type: String, index: true, sparse: true },
    outcome: String,
    person: String,
    sealed: { type: Buffer, required: true },
    expiresAt: { type: Date, required: true },
  },
  { strict: 'throw', versionKey: false, collection: 'saml_messages' },
)
schema.index({ organization: 1, kind: 1, at: -1 })
schema.index({ organization: 1, person: 1, at: -1 })
schema.index({ expiresAt: 1 }, { name: 'due' })

export type MessageLog = ReturnType<typeof createMessageLog>

/** Append-only: records are written and read, never changed; only their age removes them. */
export function createMessageLog(connection: Connection, key: Buffer) {
  const model = connection.model<Row>('SamlMessage', schema)

  async function append(record: MessageRecord): Promise<void> {
    // At every login, twice: past mongoose, which takes as long as the write itself.
    await model.collection.insertOne(sealRecord(record, key), { ignoreUndefined: true })
  }

  /** Messages of one authentication, oldest first. */
  async function ofRequest(organization: string, requestId: string): Promise<OpenedMessage[]> {
    const rows = await model
      .find({ organization, requestId }, { _id: 0, expiresAt: 0, person: 0 })
      .sort({ at: 1 })
      .lean<(MessageFacts & { sealed: { buffer: Buffer } })[]>()
    return rows.map(({ sealed, ...facts }) => {
      return { ...facts, xml: openSealed({ ...facts, sealed: Buffer.from(sealed.buffer) }, key) }
    })
  }

  /** When the newest message was kept that cannot be found by person: earlier versions wrote no hash. */
  async function unsearchableUntil(organization: string): Promise<Date | null> {
    const last = await model
      .findOne({ organization, person: { $exists: false } }, { at: 1 })
      .sort({ at: -1 })
      .lean<{ at: Date }>()
    return last?.at ?? null
  }

  /** Erases what the law wants kept no longer; returns how many messages. */
  async function eraseDue(now: Date): Promise<number> {
    const { deletedCount } = await model.deleteMany({ expiresAt: { $lte: now } })
    return deletedCount
  }

  return { append, ofRequest, search: createMessageSearch(model, key), unsearchableUntil, eraseDue }
}
