import { Schema, type Connection } from 'mongoose'
import { appendOnly } from '../shared/append-only-store.ts'
import type { Consultation, ConsultationLog } from './consultation.ts'

const schema = new Schema<Consultation>(
  {
    municipality: { type: String, required: true },
    at: { type: Date, required: true },
    by: { type: Schema.Types.Mixed, required: true },
    what: { type: String, required: true },
    page: { type: String, required: true },
    owners: { type: [String], required: true },
    named: { type: [String], required: true },
    filing: { type: String, default: null },
    about: { type: String, default: '' },
    reason: { type: String, default: null },
  },
  // Written by a majority of the members before the page is shown: no server takes one with it.
  { collection: 'consultations', strict: 'throw', versionKey: false, writeConcern: { w: 'majority' } },
)
schema.index({ municipality: 1, owners: 1, at: -1 })
schema.index({ municipality: 1, named: 1, at: -1 })
schema.index({ municipality: 1, at: 1 })
appendOnly(schema)

/** Who looked at whose data: added and read, never changed. */
export function createConsultationLog(connection: Connection): ConsultationLog {
  const model = connection.model<Consultation>('Consultation', schema)
  return {
    async append(consultation) {
      await model.create(consultation)
    },
    async ofPerson(municipality, keys, { page, size }) {
      const filter = { municipality, $or: [{ owners: { $in: [...keys] } }, { named: { $in: [...keys] } }] }
      const [consultations, total] = await Promise.all([
        model
          .find(filter, { _id: 0 })
          .sort({ at: -1, _id: -1 })
          .skip((page - 1) * size)
          .limit(size)
          .lean<Consultation[]>(),
        model.countDocuments(filter),
      ])
      return { consultations, total }
    },
    async eraseBefore(municipality, instant) {
      // Past mongoose, whose schema refuses deletion: age is the one reason for it.
      const { deletedCount } = await model.collection.deleteMany({ municipality, at: { $lt: instant } })
      return deletedCount
    },
  }
}
