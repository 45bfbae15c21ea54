import { Schema, type Connection } from 'mongoose'
import { sessionOf } from '../shared/transaction-store.ts'
import { changed, type Mandate, type MandateId, type MandateStore } from './mandate.ts'

type Row = Omit<Mandate, 'id'> & { _id: string }

const mixed = Schema.Types.Mixed

const schema = new Schema<Row>(
  {
    _id: String,
    municipality: { type: String, required: true },
    origin: { type: String, enum: ['online', 'document'], required: true },
    principal: { type: mixed, required: true },
    principalKey: { type: String, required: true },
    giver: mixed,
    proxy: { type: mixed, required: true },
    proxyKey: { type: String, required: true },
    scope: { type: mixed, required: true },
    from: { type: String, required: true },
    to: { type: String, required: true },
    review: { type: String, enum: ['not-needed', 'waiting', 'approved', 'refused'], required: true },
    revokedAt: { type: Date, default: null },
    events: { type: [mixed], required: true },
  },
  { strict: 'throw', versionKey: false, minimize: false, collection: 'mandates' },
)
schema.index({ municipality: 1, principalKey: 1 })
schema.index({ municipality: 1, proxyKey: 1 })
schema.index({ municipality: 1, 'giver.cf': 1 }, { sparse: true })
schema.index({ municipality: 1, review: 1, revokedAt: 1 })

export function createMandateStore(connection: Connection): MandateStore {
  const model = connection.model<Row>('Mandate', schema)
  const newestFirst = { 'events.0.at': -1 } as const

  return {
    async add(mandate, transaction) {
      await model.create([toRow(mandate)], { session: sessionOf(transaction) })
    },
    async find(municipality, id, transaction) {
      const row = await model.findOne({ _id: id, municipality }, null, { session: sessionOf(transaction) }).lean<Row>()
      return row ? fromRow(row) : undefined
    },
    async ofPerson(municipality, key) {
      const filter = { municipality, $or: [{ principalKey: key }, { proxyKey: key }, { 'giver.cf': key }] }
      return (await model.find(filter).sort(newestFirst).lean<Row[]>()).map(fromRow)
    },
    async page(municipality, { side, key, on, page, size }) {
      const mine = { municipality, [side]: key }
      const rows = model
        .aggregate<Row>([
          { $match: mine },
          { $set: { holds: holdsOn(on) } },
          { $sort: { holds: -1, ...newestFirst, _id: 1 } },
          { $skip: (page - 1) * size },
          { $limit: size },
          { $unset: 'holds' },
        ])
        .exec()
      const [found, total] = await Promise.all([rows, model.countDocuments(mine)])
      return { mandates: found.map(fromRow), total }
    },
    async heldBy(municipality, proxyKey, transaction) {
      const filter = { municipality, proxyKey, revokedAt: null, review: { $in: ['not-needed', 'approved'] as const } }
      const rows = await model
        .find(filter, null, { session: sessionOf(transaction) })
        .sort(newestFirst)
        .lean<Row[]>()
      return rows.map(fromRow)
    },
    async waiting(municipality) {
      return (await model.find(waitingIn(municipality)).sort({ 'events.0.at': 1 }).lean<Row[]>()).map(fromRow)
    },
    async waitingOf(municipality, proxyKey) {
      return (await model.find({ ...waitingIn(municipality), proxyKey }).lean<Row[]>()).map(fromRow)
    },
    async waitingCount(municipality, key, most) {
      const others = { principalKey: { $ne: key }, proxyKey: { $ne: key } }
      return model.countDocuments({ ...waitingIn(municipality), ...others }, { limit: most })
    },
    async change(mandate, event, transaction) {
      const { review, revokedAt } = changed(mandate, event)
      // A use and a revocation at once both write this row: one waits, and then finds what the other did.
      const result = await model.updateOne(
        { _id: mandate.id, municipality: mandate.municipality, revokedAt: null, review: mandate.review },
        { $set: { review, revokedAt }, $push: { events: event } },
        { session: sessionOf(transaction) },
      )
      return result.matchedCount === 1
    },
  }
}

/** As `stateOf` has it: the rule is there, the order of a list here. */
const holdsOn = (day: string) => ({
  $and: [
    { $eq: ['$revokedAt', null] },
    { $in: ['$review', ['not-needed', 'approved']] },
    { $lte: ['$from', day] },
    { $gte: ['$to', day] },
  ],
})

const waitingIn = (municipality: string) => ({ municipality, review: 'waiting' as const, revokedAt: null })

const toRow = ({ id, ...mandate }: Mandate): Row => ({ _id: id, ...mandate })

function fromRow({ _id, ...row }: Row): Mandate {
  return { ...row, id: _id as MandateId }
}
