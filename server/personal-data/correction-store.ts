import { Schema, type Connection } from 'mongoose'
import { sessionOf } from '../shared/transaction-store.ts'
import type { Correction, CorrectionId, CorrectionStore } from './correction.ts'

type Row = Omit<Correction, 'id'> & { _id: string }
type Counter = { _id: string; last: number }

const mixed = Schema.Types.Mixed
const text = { type: String, required: true } as const

const schema = new Schema<Row>(
  {
    _id: String,
    municipality: text,
    year: { type: Number, required: true },
    number: { type: Number, required: true },
    at: { type: Date, required: true },
    person: { type: mixed, required: true },
    asked: { type: mixed, required: true },
    due: text,
    answer: { type: mixed, default: null },
  },
  { strict: 'throw', versionKey: false, minimize: false, collection: 'corrections' },
)
schema.index({ municipality: 1, year: 1, number: 1 }, { unique: true })
schema.index({ municipality: 1, 'person.key': 1, at: -1 })
schema.index({ municipality: 1, 'answer.at': -1, due: 1, number: 1 })

const counters = new Schema<Counter>(
  { _id: String, last: { type: Number, required: true } },
  { strict: 'throw', versionKey: false, collection: 'correctioncounters' },
)

export function createCorrectionStore(connection: Connection): CorrectionStore {
  const model = connection.model<Row>('Correction', schema)
  const counter = connection.model<Counter>('CorrectionCounter', counters)

  return {
    async nextNumber(municipality, year, transaction) {
      const options = { upsert: true, returnDocument: 'after', session: sessionOf(transaction) } as const
      const series = { _id: `${municipality}/${year}` }
      return (
        await counter
          .findOneAndUpdate(series, { $inc: { last: 1 } }, options)
          .orFail()
          .lean()
      ).last
    },
    async add({ id, ...correction }, transaction) {
      await model.create([{ _id: id, ...correction }], { session: sessionOf(transaction) })
    },
    async openOf(municipality, person, transaction) {
      const filter = { municipality, 'person.key': person, answer: null }
      return (await model.find(filter, null, { session: sessionOf(transaction) }).lean<Row[]>()).map(fromRow)
    },
    async ofPerson(municipality, person) {
      const rows = await model.find({ municipality, 'person.key': person }).sort({ at: -1 }).lean<Row[]>()
      return rows.map(fromRow)
    },
    async open(municipality) {
      return (await model.find(waitingIn(municipality)).sort({ due: 1, number: 1 }).lean<Row[]>()).map(fromRow)
    },
    async openCount(municipality, closed, most) {
      const filter = { ...waitingIn(municipality), 'person.key': { $nin: [...closed] } }
      return model.countDocuments(filter, { limit: most })
    },
    async answered(municipality, most) {
      const rows = await model
        .find({ municipality, 'answer.at': { $ne: null } })
        .sort({ 'answer.at': -1 })
        .limit(most)
        .lean<Row[]>()
      return rows.map(fromRow)
    },
    async find(municipality, id) {
      const row = await model.findOne({ _id: id, municipality }).lean<Row>()
      return row ? fromRow(row) : undefined
    },
    async answer({ id, municipality }, answer, transaction) {
      const open = { _id: id, municipality, answer: null }
      const result = await model.updateOne(open, { $set: { answer } }, { session: sessionOf(transaction) })
      return result.matchedCount === 1
    },
  }
}

/** By the field of the index: what has no answer has no time of it either. */
const waitingIn = (municipality: string) => ({ municipality, 'answer.at': null })

const fromRow = ({ _id, ...row }: Row): Correction => ({ ...row, id: _id as CorrectionId })
