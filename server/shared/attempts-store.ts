import { createHash } from 'node:crypto'
import { Schema, type Connection } from 'mongoose'
import type { Attempts } from './attempts.ts'

type Row = { _id: string; count: number; until: Date }

const schema = new Schema<Row>(
  { _id: String, count: { type: Number, required: true }, until: { type: Date, required: true } },
  { strict: 'throw', versionKey: false, collection: 'attempts' },
)
schema.index({ until: 1 }, { expireAfterSeconds: 0 })

/** Of keys it holds fingerprints only, and each no longer than its window. */
export function createAttempts({ connection, now }: { connection: Connection; now: () => Date }): Attempts {
  const model = connection.model<Row>('Attempt', schema)
  return {
    async take(key, { most, window }) {
      const at = now()
      // MongoDB erases what is past within a minute, not at once: until then it counts no more.
      const runs = { $gt: ['$until', at] }
      const next = {
        count: { $cond: [runs, { $add: ['$count', 1] }, 1] },
        until: { $cond: [runs, '$until', new Date(at.getTime() + window)] },
      }
      // One operation: MongoDB makes those who come at once wait for each other, and tries again those that met at the insertion.
      const row = await model
        .findOneAndUpdate({ _id: fingerprint(key) }, [{ $set: next }], {
          ...{ upsert: true, returnDocument: 'after', updatePipeline: true },
        })
        .lean<Row>()
      return row.count <= most
    },

    async isClosed(key, { most }) {
      return (await model.exists({ _id: fingerprint(key), count: { $gte: most }, until: { $gt: now() } })) !== null
    },

    async forget(key) {
      await model.deleteOne({ _id: fingerprint(key) })
    },
  }
}

const fingerprint = (key: string): string => createHash('sha256').update(key).digest('base64url')
