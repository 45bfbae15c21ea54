import { Schema, type Connection } from 'mongoose'
import type { Transaction } from '../shared/transaction.ts'
import { sessionOf } from '../shared/transaction-store.ts'
import type { Municipality } from './municipality.ts'

type Row = Omit<Municipality, 'id'> & { _id: string }

const text = { type: String, required: true } as const
const optionalText = { type: String } as const
const part = (fields: object) => ({ type: new Schema(fields, { _id: false, strict: 'throw' }), required: true })

const address = part({ street: text, postalCode: text, city: text, province: text })

const office = new Schema(
  {
    id: text,
    name: text,
    ipaUnit: optionalText,
    address,
    email: text,
    pec: text,
    phone: text,
    hours: text,
    responsible: part({ name: text, role: text }),
  },
  { _id: false, id: false, strict: 'throw' },
)

const notice = new Schema(
  { procedure: optionalText, office: optionalText, status: text, reason: text, from: optionalText, to: optionalText },
  { _id: false, strict: 'throw' },
)

const spid = new Schema(
  {
    profile: text,
    ipaCode: optionalText,
    vat: text,
    cf: text,
    phone: text,
    email: text,
    website: text,
    validationCertificate: optionalText,
  },
  { _id: false, id: false, strict: 'throw' },
)

const schema = new Schema<Row>(
  {
    _id: text,
    name: text,
    ipaCode: text,
    aooCode: text,
    aooName: text,
    registerCode: text,
    belfiore: text,
    istatCode: text,
    cf: text,
    vat: optionalText,
    hosts: { type: [String], required: true },
    publicAddress: optionalText,
    address,
    phone: text,
    email: text,
    pec: text,
    website: text,
    tagline: text,
    region: text,
    patron: part({ day: text, name: text }),
    offices: { type: [office], required: true },
    services: { type: [notice], default: undefined },
    substitute: part({ name: text, role: text, pec: text }),
    dataProtectionOfficer: part({ name: text, email: text }),
    consultationMonths: Number,
    union: {
      type: new Schema({ id: text, name: text, spid: { type: spid } }, { _id: false, id: false, strict: 'throw' }),
    },
    accessibilityUrl: text,
  },
  { strict: 'throw', versionKey: false, id: false },
)

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
