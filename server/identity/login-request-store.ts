import { Schema, type Connection } from 'mongoose'
import type { LoginRequest } from './login-request.ts'
import { isDuplicateKey } from '../shared/duplicate-key.ts'

type Row = Omit<LoginRequest, 'id'> & { _id: string }

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
  },
  { strict: 'throw', versionKey: false, collection: 'login_requests' },
)
schema.index({ expiresAt: 1 }, { expireAfterSeconds: 0 })

type UsedRow = { _id: string; expiresAt: Date }

const usedSchema = new Schema<UsedRow>(
  { _id: String, expiresAt: { type: Date, required: true } },
  { strict: 'throw', versionKey: false, collection: 'used_saml_ids' },
)
usedSchema.index({ expiresAt: 1 }, { expireAfterSeconds: 0 })

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
      const row = await requests.findOne({ _id: id, browser, expiresAt: { $gt: now } }).lean<Row>()
      return row ? fromRow(row) : undefined
    },

    /** Takes the request away; true for exactly one caller, on whichever process it runs. */
    async claim(id: string): Promise<boolean> {
      return (await requests.deleteOne({ _id: id })).deletedCount === 1
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
