import { createHash } from 'node:crypto'
import { Schema, type Connection } from 'mongoose'

type SessionRow = { subject: string; sessionIndex: string; sessionId: string; expiresAt: Date }

const sessionSchema = new Schema<SessionRow>(
  {
    subject: { type: String, required: true, index: true },
    sessionIndex: { type: String, required: true },
    sessionId: { type: String, required: true },
    expiresAt: { type: Date, required: true },
  },
  { strict: 'throw', versionKey: false, collection: 'provider_sessions' },
)
sessionSchema.index({ expiresAt: 1 }, { expireAfterSeconds: 0 })

type RequestRow = { _id: string; identityProvider: string; expiresAt: Date }

const requestSchema = new Schema<RequestRow>(
  { _id: String, identityProvider: { type: String, required: true }, expiresAt: { type: Date, required: true } },
  { strict: 'throw', versionKey: false, collection: 'logout_requests' },
)
requestSchema.index({ expiresAt: 1 }, { expireAfterSeconds: 0 })

export type LogoutStore = ReturnType<typeof createLogoutStore>

/** Which of our sessions belong to which session of a provider, and the logout requests that wait for an answer. */
export function createLogoutStore(connection: Connection) {
  const sessions = connection.model<SessionRow>('ProviderSession', sessionSchema)
  const requests = connection.model<RequestRow>('LogoutRequest', requestSchema)
  // A NameID names a person at a provider; only its fingerprint is needed to find it again.
  const subjectKey = (identityProvider: string, nameId: string) =>
    createHash('sha256')
      .update(JSON.stringify([identityProvider, nameId]))
      .digest('base64url')

  return {
    async remember(session: {
      identityProvider: string
      nameId: string
      sessionIndex: string
      sessionId: string
      expiresAt: Date
    }): Promise<void> {
      const { identityProvider, nameId, sessionIndex, sessionId, expiresAt } = session
      const subject = subjectKey(identityProvider, nameId)
      await sessions.collection.insertOne({ subject, sessionIndex, sessionId, expiresAt })
    },

    /** Forgets the sessions of that subject and returns our ids of them; all of them when no index is named. */
    async take(identityProvider: string, nameId: string, sessionIndexes: readonly string[]): Promise<string[]> {
      const filter = {
        subject: subjectKey(identityProvider, nameId),
        ...(sessionIndexes.length === 0 ? {} : { sessionIndex: { $in: [...sessionIndexes] } }),
      }
      const rows = await sessions.find(filter).lean<(SessionRow & { _id: unknown })[]>()
      await sessions.deleteMany({ _id: { $in: rows.map(({ _id }) => _id) } })
      return rows.map(({ sessionId }) => sessionId)
    },

    async saveRequest(id: string, identityProvider: string, expiresAt: Date): Promise<void> {
      await requests.create({ _id: id, identityProvider, expiresAt })
    },

    /** The provider that was asked, once. */
    async claimRequest(id: string): Promise<string | undefined> {
      return (await requests.findOneAndDelete({ _id: id }).lean<RequestRow>())?.identityProvider
    },
  }
}
