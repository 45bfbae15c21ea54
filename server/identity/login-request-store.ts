import { Schema, type Connection } from 'mongoose'
import type { LoginRequest } from './login-request.ts'
import { isDuplicateKey } from '../shared/duplicate-key.ts'

/** `used`: the identifiers of the response that was accepted for it, and of its assertion. */
type Row = Omit<LoginRequest, 'id'> & { _id: string; used?: string[] }

const schema = new Schema<Row>(
  {
    _id: String,
    scheme: { type: String, enum: ['spid', 'cie', 'eidas'], required: true },
    organization: { type: String, required: true },
    identityProvider: { type: String, required: true },
    level: { type: Number, enum: [1, 2, 3], required: true },
    attributeSet: { type: Number, required: true },
    issueInstant: { type: Date, required: true },
    browser: { type: String, required: true },
    sessionId: String,
    returnTo: String,
    expiresAt: { type: Date, required: true },
    used: { type: [String], default: undefined },
  },
  { strict: 'throw', versionKey: false, collection: 'login_requests' },
)
schema.index({ expiresAt: 1 }, { expireAfterSeconds: 0 })
schema.index({ used: 1 }, { unique: true, partialFilterExpression: { used: { $exists: true } } })

type UsedRow = { _id: string; expiresAt: Date }

const usedSchema = new Schema<UsedRow>(
  { _id: String, expiresAt: { type: Date, required: true } },
  { strict: 'throw', versionKey: false, collection: 'used_saml_ids' },
)
usedSchema.index({ expiresAt: 1 }, { expireAfterSeconds: 0 })

const UNUSED = { $exists: false }

export type LoginRequestStore = ReturnType<typeof createLoginRequestStore>

export function createLoginRequestStore(connection: Connection) {
  const requests = connection.model<Row>('LoginRequest', schema)
  const used = connection.model<UsedRow>('UsedSamlId', usedSchema)

  return {
    async save({ id, ...request }: LoginRequest): Promise<void> {
      // Past mongoose, which takes as long as the write itself: when a hundred people log in at once, each waits for all.
      await requests.collection.insertOne({ _id: id, ...request } as object, { ignoreUndefined: true })
    },

    /** The waiting request of that browser. MongoDB removes expired rows only about every minute, hence the date. */
    async find(id: string, browser: string, now: Date): Promise<LoginRequest | undefined> {
      const row = await requests.findOne({ _id: id, browser, expiresAt: { $gt: now }, used: UNUSED }).lean<Row>()
      return row ? fromRow(row) : undefined
    },

    /**
     * Uses the request up for the message with these identifiers, which are remembered until they expire by themselves (SAML
     * profiles §4.1.4.5). True for exactly one caller, on whichever process it runs; false too when one of them served before.
     */
    async use(id: string, ids: readonly string[], expiresAt: Date): Promise<boolean> {
      const change = { $set: { used: ids, expiresAt }, $unset: { sessionId: '', returnTo: '' } }
      try {
        return (await requests.collection.updateOne({ _id: id as never, used: UNUSED }, change)).modifiedCount === 1
      } catch (error) {
        if (isDuplicateKey(error)) return false
        throw error
      }
    },

    /** Takes away the request of a login that will not be. */
    async drop(id: string): Promise<void> {
      await requests.deleteOne({ _id: id })
    },

    /** Remembers identifiers of messages until they expire by themselves; false when one of them was seen before. */
    async markUsed(ids: readonly string[], expiresAt: Date): Promise<boolean> {
      const rows: object[] = ids.map((id) => ({ _id: id, expiresAt }))
      try {
        await used.collection.insertMany(rows)
        return true
      } catch (error) {
        if (isDuplicateKey(error)) return false
        throw error
      }
    },
  }
}

function fromRow({ _id, ...row }: Row): LoginRequest {
  return { ...row, id: _id }
}
