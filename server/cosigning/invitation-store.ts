import { Schema, type Connection } from 'mongoose'
import type { FilingId } from '../filings/index.ts'
import { sessionOf } from '../shared/transaction-store.ts'
import type { Invitation, InvitationId, InvitationStore } from './invitation.ts'

type Row = Omit<Invitation, 'id' | 'filing' | 'reason'> & {
  _id: string
  filing: string
  /** Absent from before signers could decline. */
  reason?: string | null
}

const mixed = Schema.Types.Mixed

const schema = new Schema<Row>(
  {
    _id: String,
    municipality: { type: String, required: true },
    filing: { type: String, required: true },
    document: { type: String, required: true },
    signer: { type: mixed, required: true },
    email: { type: String, default: null },
    by: { type: mixed, required: true },
    at: { type: Date, required: true },
    state: { type: String, enum: ['open', 'signed', 'declined', 'withdrawn'], required: true },
    closedAt: { type: Date, default: null },
    reason: { type: String, default: null },
  },
  { strict: 'throw', versionKey: false, minimize: false, collection: 'signatureInvitations' },
)
schema.index({ municipality: 1, 'signer.cf': 1, at: -1 })
schema.index({ municipality: 1, 'by.cf': 1, at: -1 })
schema.index({ municipality: 1, filing: 1 })
// Asking twice is one invitation.
schema.index({ document: 1, 'signer.cf': 1 }, { unique: true, partialFilterExpression: { state: 'open' } })

export function createInvitationStore(connection: Connection): InvitationStore {
  const model = connection.model<Row>('SignatureInvitation', schema)

  return {
    async begin(invitation, transaction) {
      const { id: _id, ...row } = invitation
      const { document, signer } = row
      const kept = await model
        .findOneAndUpdate(
          { document, 'signer.cf': signer.cf, state: 'open' } as object,
          { $setOnInsert: { ...row, _id } },
          { upsert: true, returnDocument: 'after', session: sessionOf(transaction) },
        )
        .orFail()
        .lean<Row>()
      return fromRow(kept)
    },
    async find(municipality, id, transaction) {
      const row = await model.findOne({ _id: id, municipality }).session(sessionOf(transaction)).lean<Row>()
      return row ? fromRow(row) : undefined
    },
    async ofPerson(municipality, cf) {
      const rows = await model
        .find({ municipality, 'signer.cf': cf } as object)
        .sort({ at: -1 })
        .lean<Row[]>()
      return rows.map(fromRow)
    },
    async madeBy(municipality, cf) {
      const rows = await model
        .find({ municipality, 'by.cf': cf } as object)
        .sort({ at: -1 })
        .lean<Row[]>()
      return rows.map(fromRow)
    },
    async ofFiling(municipality, filing) {
      return (await model.find({ municipality, filing }).sort({ at: -1 }).lean<Row[]>()).map(fromRow)
    },
    async close({ id, municipality }, end, transaction) {
      const result = await model.updateOne({ _id: id, municipality, state: 'open' }, end, {
        session: sessionOf(transaction),
      })
      return result.matchedCount === 1
    },
    async moveOn({ municipality, document: old }, document, transaction) {
      const going = { municipality, document: old, state: { $in: ['open', 'declined'] as const } }
      await model.updateMany(going, { document }, { session: sessionOf(transaction) })
    },
    async removeOf(municipality, filing) {
      await model.deleteMany({ municipality, filing })
    },
  }
}

function fromRow({ _id, ...row }: Row): Invitation {
  return { ...row, id: _id as InvitationId, filing: row.filing as FilingId, reason: row.reason ?? null }
}
