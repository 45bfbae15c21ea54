import { Schema, type Connection } from 'mongoose'
import type { Officer, OfficerStore } from './officer.ts'

const appointment = new Schema({ role: String, office: String, from: Date, to: Date, reason: String }, { _id: false })

const schema = new Schema<Officer>(
  {
    municipality: { type: String, required: true },
    cf: { type: String, required: true },
    givenName: { type: String, required: true },
    familyName: { type: String, required: true },
    email: { type: String, required: true },
    appointments: { type: [appointment], required: true },
  },
  { strict: 'throw', versionKey: false, collection: 'officers' },
)

schema.index({ municipality: 1, cf: 1 }, { unique: true })

export function createOfficerStore(connection: Connection): OfficerStore {
  const model = connection.model<Officer>('Officer', schema)
  return {
    async find(municipality, cf) {
      return (await model.findOne({ municipality, cf }, { _id: 0 }).lean<Officer>()) ?? undefined
    },
    async save(officer) {
      await model.replaceOne({ municipality: officer.municipality, cf: officer.cf }, officer, { upsert: true })
    },
  }
}
