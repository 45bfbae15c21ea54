import { Schema, type Connection } from 'mongoose'
import { appendOnly } from '../shared/append-only-store.ts'
import { isDuplicateKey } from '../shared/duplicate-key.ts'
import type { DailyRegister, DailyRegisterPage, DailyRegisterStore } from './daily-register.ts'

const schema = new Schema<DailyRegister>(
  {
    municipality: { type: String, required: true },
    registerCode: { type: String, required: true },
    date: { type: String, required: true },
    progressive: { type: Number, required: true },
    entries: { type: Number, required: true },
    annulments: { type: Number, required: true },
    xml: { type: String, required: true },
    sha256: { type: String, required: true },
    closedAt: { type: Date, required: true },
  },
  { collection: 'dailyregisters', strict: 'throw', versionKey: false },
)
schema.index({ municipality: 1, date: -1 }, { unique: true })
appendOnly(schema)

export function createDailyRegisterStore(connection: Connection): DailyRegisterStore {
  const model = connection.model<DailyRegister>('DailyRegister', schema)
  const read = async (filter: Partial<DailyRegister>): Promise<DailyRegister | undefined> =>
    (await model.findOne(filter, { _id: 0 }).sort({ date: -1 }).lean<DailyRegister>()) ?? undefined

  return {
    async insert(register) {
      try {
        await model.create(register)
        return true
      } catch (error) {
        if (isDuplicateKey(error)) return false
        throw error
      }
    },
    find: (municipality, date) => read({ municipality, date }),
    last: (municipality) => read({ municipality }),
    async page(municipality, { number, size }) {
      const shown = { _id: 0, date: 1, entries: 1, annulments: 1, sha256: 1 }
      const latest = model.find({ municipality }, shown).sort({ date: -1 })
      const [days, total] = await Promise.all([
        latest
          .skip((number - 1) * size)
          .limit(size)
          .lean<DailyRegisterPage['days']>(),
        model.countDocuments({ municipality }),
      ])
      return { days, total }
    },
  }
}
