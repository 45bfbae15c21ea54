import { Schema, type Connection } from 'mongoose'
import type { Transaction } from '../shared/transaction.ts'
import { sessionOf } from '../shared/transaction-store.ts'
import { MUNICIPALITY_SHAPE, type Shape } from './municipality-shape.ts'
import type { Municipality } from './municipality.ts'

type Row = Omit<Municipality, 'id'> & { _id: string }

const STRICT = { _id: false, id: false, strict: 'throw' } as const

const fieldsOf = ({ properties = {}, required = [] }: Shape) =>
  Object.fromEntries(
    Object.entries(properties).map(([name, shape]) => {
      const isNeeded = required.includes(name)
      // Of a list that is not there nothing is said: it is not empty.
      return [name, { type: typeOf(shape), required: isNeeded, ...(isNeeded ? {} : { default: undefined }) }]
    }),
  )

function typeOf(shape: Shape): unknown {
  if (shape.type === 'object') return new Schema(fieldsOf(shape), STRICT)
  if (shape.type === 'array') return shape.items ? [typeOf(shape.items)] : []
  return shape.type === 'integer' ? Number : String
}

const { id, ...fields } = fieldsOf(MUNICIPALITY_SHAPE)
const schema = new Schema({ _id: id, ...fields }, { strict: 'throw', versionKey: false, id: false })

// Two municipalities on one host would show a citizen the wrong one; the database itself refuses.
schema.index({ hosts: 1 }, { unique: true })

export type MunicipalityStore = {
  all(): Promise<Municipality[]>
  find(id: string, transaction: Transaction): Promise<Municipality | undefined>
  save(municipality: Municipality, transaction: Transaction): Promise<void>
}

export function createMunicipalityStore(connection: Connection): MunicipalityStore {
  const model = connection.model<Row>('Municipality', schema)
  return {
    async all() {
      const rows = await model.find().sort({ _id: 1 }).lean<Row[]>()
      return rows.map(fromRow)
    },
    async find(id, transaction) {
      const row = await model.findById(id).session(sessionOf(transaction)).lean<Row>()
      return row ? fromRow(row) : undefined
    },
    async save({ id, ...municipality }, transaction) {
      const options = { upsert: true, runValidators: true, session: sessionOf(transaction) }
      await model.findOneAndReplace({ _id: id }, { _id: id, ...municipality }, options)
    },
  }
}

const fromRow = ({ _id, ...row }: Row): Municipality => ({ id: _id, ...row })
