import { createHash } from 'node:crypto'
import { Schema, type Connection } from 'mongoose'
import type { Attempts } from './attempts.ts'

type Row = { _id: string; count: number; until: Date }

const schema = new Schema<Row>(
  { _id: String, count: { type: Number, required: true }, until: { type: Date, required: true } },
  { strict: 'throw', versionKey: false, collection: 'attempts' },
)
schema.index({ until: 1 }, { expireAfterSeconds: 0 })

/** The counters of attempts. Keys are kept as fingerprints only, no longer than their window. */
export function createAttempts({ connection, now }: { connection: Connection; now: () => Date }): Attempts {
  const model = connection.model<Row>('Attempt', schema)
  return {
    async take(key, { most, window }) {
      const at = now()
      // MongoDB erases past counters within a minute, not at once: until then they count for nothing.
      const runs = { $gt: ['$until', at] }
      const next = {
        count: { $cond: [runs, { $add: ['$count', 1] }, 1] },
        until: { $cond: [runs, '$until', new Date(at.getTime() + window)] },
      }
      // One operation, so that attempts that come at once wait for each other. Those that meet at the insertion are tried
      // again by MongoDB.
      const row = await model
        .findOneAndUpdate({ _id: fingerprint(key) }, [{ $set: next }], {
          upsert: true,
          returnDocument: 'after',
          updatePipeline: true,
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
