import { Schema, type Connection } from 'mongoose'
import { AppError } from '../errors.ts'
import { appendOnly } from '../shared/append-only-store.ts'
import { isDuplicateKey } from '../shared/duplicate-key.ts'
import { sessionOf } from '../shared/transaction-store.ts'
import type { Amendment, AmendmentStore } from './amendment.ts'

type Row = Omit<Amendment, 'id'> & { _id: string }

const schema = new Schema<Row>(
  {
    _id: String,
    municipality: { type: String, required: true },
    entry: { type: String, required: true },
    sequence: { type: Number, required: true },
    date: { type: String, required: true },
    at: { type: Date, required: true },
    by: { type: Schema.Types.Mixed, required: true },
    reason: { type: String, required: true },
    act: Schema.Types.Mixed,
    change: { type: Schema.Types.Mixed, required: true },
    before: Schema.Types.Mixed,
  },
  { collection: 'registeramendments', strict: 'throw', versionKey: false, minimize: false },
)
schema.index({ entry: 1, sequence: 1 }, { unique: true })
schema.index({ municipality: 1, date: 1, at: 1 })
appendOnly(schema)

export function createAmendmentStore(connection: Connection): AmendmentStore {
  const model = connection.model<Row>('RegisterAmendment', schema)

  return {
    async insert({ id, ...rest }, tx) {
      await model.create([{ ...rest, _id: id }], { session: sessionOf(tx) }).catch((error: unknown) => {
        if (!isDuplicateKey(error)) throw error
        throw new AppError('CONFLICT', 'The entry was amended meanwhile', {
          cause: error,
          explanation: 'Un collega ha appena modificato questa registrazione: ricarica la pagina e controlla.',
        })
      })
    },
    async ofEntries(ids, tx) {
      if (ids.length === 0) return []
      const rows = await model
        .find({ entry: { $in: [...ids] } })
        .sort({ entry: 1, sequence: 1 })
        .session(sessionOf(tx))
        .lean<Row[]>()
      return rows.map(fromRow)
    },
    async ofDay(municipality, date) {
      return (await model.find({ municipality, date }).sort({ at: 1 }).lean<Row[]>()).map(fromRow)
    },
  }
}

const fromRow = ({ _id, ...row }: Row): Amendment => ({ ...row, id: _id })
