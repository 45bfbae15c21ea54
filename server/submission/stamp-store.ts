import { Schema, type Connection } from 'mongoose'
import { appendOnly } from '../shared/append-only-store.ts'
import { sessionOf } from '../shared/transaction-store.ts'
import type { StampStore, UsedStamp } from './stamp.ts'

const schema = new Schema<UsedStamp>(
  {
    municipality: { type: String, required: true },
    identifier: { type: String, required: true },
    filing: { type: String, required: true },
    at: { type: Date, required: true },
  },
  { collection: 'usedstamps', strict: 'throw', versionKey: false },
)
schema.index({ municipality: 1, identifier: 1 }, { unique: true })
appendOnly(schema)

export function createStampStore(connection: Connection): StampStore {
  const model = connection.model<UsedStamp>('UsedStamp', schema)

  return {
    async usedBy(municipality, identifier) {
      return (await model.findOne({ municipality, identifier }).lean<UsedStamp>())?.filing
    },
    async use(stamp, transaction) {
      const session = sessionOf(transaction)
      const { municipality, identifier } = stamp
      // Of two at the same instant the unique index aborts one; when its transaction is tried again it finds the stamp used.
      const used = await model.findOne({ municipality, identifier }, null, { session }).lean<UsedStamp>()
      if (used) return used.filing === stamp.filing
      await model.create([stamp], { session })
      return true
    },
  }
}
