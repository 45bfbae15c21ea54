import { Schema, type Connection } from 'mongoose'
import { TIES, type Declaration, type DeclarationStore } from './family.ts'
import { isDuplicateKey } from '../shared/duplicate-key.ts'

type Row = { _id: string } & Omit<Declaration, 'id'>

const schema = new Schema<Row>(
  {
    _id: { type: String, required: true },
    municipality: { type: String, required: true },
    officer: { type: String, required: true },
    cf: { type: String, required: true },
    tie: { type: String, enum: Object.keys(TIES), required: true },
    at: { type: Date, required: true },
    withdrawnAt: { type: Date, default: null },
  },
  { strict: 'throw', versionKey: false, collection: 'familydeclarations' },
)
schema.index(
  { municipality: 1, officer: 1, cf: 1 },
  { unique: true, partialFilterExpression: { withdrawnAt: { $eq: null } } },
)
schema.index({ municipality: 1, officer: 1, at: -1 })

/** Whom each officer declared as near; every question names the officer who asks. */
export function createDeclarationStore(connection: Connection): DeclarationStore {
  const model = connection.model<Row>('FamilyDeclaration', schema)
  return {
    async ofOfficer(municipality, officer) {
      const rows = await model.find({ municipality, officer }).sort({ at: -1 }).lean<Row[]>()
      return rows.map(({ _id, ...row }) => ({ ...row, id: _id }))
    },
    async codesOf(municipality, officer) {
      return model.distinct('cf', { municipality, officer, withdrawnAt: null })
    },
    async add({ id, ...declaration }) {
      try {
        await model.create({ _id: id, ...declaration })
        return true
      } catch (error) {
        if (isDuplicateKey(error)) return false
        throw error
      }
    },
    async withdraw({ id, municipality, officer }, at) {
      const own = { _id: id, municipality, officer, withdrawnAt: null }
      const { matchedCount } = await model.updateOne(own, { $set: { withdrawnAt: at } })
      return matchedCount === 1
    },
  }
}
