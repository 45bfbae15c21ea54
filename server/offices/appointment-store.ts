import { Schema, type Connection } from 'mongoose'
import { appendOnly } from '../shared/append-only-store.ts'
import { isDuplicateKey } from '../shared/duplicate-key.ts'
import type { AppointmentRecord, AppointmentStore } from './appointment.ts'

type Row = { _id: string } & Omit<AppointmentRecord, 'id'>

const mixed = Schema.Types.Mixed

const schema = new Schema(
  {
    _id: String,
    book: { type: String, required: true },
    sequence: { type: Number, required: true },
    kind: { type: String, enum: ['given', 'ended'], required: true },
    cf: { type: String, required: true },
    at: { type: Date, required: true },
    by: { type: mixed, required: true },
    reason: { type: String, required: true },
    givenName: String,
    familyName: String,
    role: String,
    office: String,
    from: String,
    to: String,
    appointment: String,
    lastDay: String,
  },
  { strict: 'throw', versionKey: false, collection: 'appointments' },
)
schema.index({ book: 1, sequence: 1 }, { unique: true })
schema.index({ cf: 1, book: 1 })
appendOnly(schema)

/** Who was given which role and when it was taken back: records are added and read, never changed. */
export function createAppointmentStore(connection: Connection): AppointmentStore {
  const model = connection.model('Appointment', schema)
  return {
    async read(books, cf) {
      const filter = { book: { $in: [...books] }, ...(cf === undefined ? {} : { cf }) }
      const rows = await model.find(filter).sort({ at: 1, sequence: 1 }).lean<Row[]>()
      return rows.map(({ _id, ...row }) => ({ ...row, id: _id }) as AppointmentRecord)
    },
    async append({ id, ...record }) {
      try {
        await model.create({ _id: id, ...record })
        return true
      } catch (error) {
        if (isDuplicateKey(error)) return false
        throw error
      }
    },
  }
}
