import { Schema, type Connection } from 'mongoose'
import type { LoginAttempt } from './login-attempt.ts'

type Row = Omit<LoginAttempt<unknown>, 'id'> & { _id: string }

const wishes = new Schema(
  { level: { type: Number, required: true }, returnTo: String, professional: { type: Boolean, required: true } },
  { _id: false },
)

const schema = new Schema<Row>(
  {
    _id: String,
    kind: { type: String, enum: ['cns', 'oidc'], required: true },
    browser: { type: String, required: true },
    organization: { type: String, required: true },
    wishes: { type: wishes, required: true },
    sessionId: String,
    detail: { type: Schema.Types.Mixed, required: true },
    expiresAt: { type: Date, required: true },
  },
  { strict: 'throw', versionKey: false, collection: 'login_attempts', minimize: false },
)
schema.index({ expiresAt: 1 }, { expireAfterSeconds: 0 })

/** Which attempt: of that kind, and begun by that browser when the browser is known. */
type AttemptKey = Readonly<{ id: string; kind: LoginAttempt<unknown>['kind']; browser?: string; now: Date }>

export type LoginAttemptStore = ReturnType<typeof createLoginAttemptStore>

export function createLoginAttemptStore(connection: Connection) {
  const model = connection.model<Row>('LoginAttempt', schema)
  return {
    async save<Detail>({ id, ...attempt }: LoginAttempt<Detail>): Promise<void> {
      await model.create({ _id: id, ...attempt })
    },

    /** Takes the attempt away: exactly one caller gets it, on whichever process it runs. Expired ones are as good as gone. */
    async claim<Detail>({ id, kind, browser, now }: AttemptKey): Promise<LoginAttempt<Detail> | undefined> {
      const filter = { _id: id, kind, expiresAt: { $gt: now }, ...(browser === undefined ? {} : { browser }) }
      const row = await model.findOneAndDelete(filter).lean<Row>()
      if (!row) return undefined
      const { _id, ...attempt } = row
      return { ...attempt, id: _id, detail: attempt.detail as Detail }
    },
  }
}
