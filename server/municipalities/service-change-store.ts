import { Schema, type Connection } from 'mongoose'
import { appendOnly } from '../shared/append-only-store.ts'
import type { Transaction } from '../shared/transaction.ts'
import { sessionOf } from '../shared/transaction-store.ts'
import type { ServiceChange } from './service-notice.ts'

const mixed = Schema.Types.Mixed

const schema = new Schema<ServiceChange>(
  {
    municipality: { type: String, required: true },
    at: { type: Date, required: true },
    by: { type: String, required: true },
    services: { type: [mixed], required: true },
  },
  { strict: 'throw', versionKey: false, collection: 'servicechanges' },
)
schema.index({ municipality: 1, at: 1 })
appendOnly(schema)

export type ServiceChangeStore = {
  /** The oldest first. */
  of(municipality: string): Promise<ServiceChange[]>
  append(change: ServiceChange, transaction: Transaction): Promise<void>
}

/** When a municipality changed what it says of its services: records are added and read, never changed. */
export function createServiceChangeStore(connection: Connection): ServiceChangeStore {
  const model = connection.model('ServiceChange', schema)
  return {
    of: (municipality) => model.find({ municipality }, { _id: 0 }).sort({ at: 1 }).lean<ServiceChange[]>(),
    async append(change, transaction) {
      await model.create([change], { session: sessionOf(transaction) })
    },
  }
}
