import { Schema, type Connection } from 'mongoose'
import { isDuplicateKey } from '../shared/duplicate-key.ts'
import { readSubject, reasonText, STARS, subjectText, type GivenRating, type Rating, type Subject } from './rating.ts'

type Row = {
  _id: string
  municipality: string
  subject: string
  stars: number
  reason: string | null
  text: string
  at: Date
}

const schema = new Schema<Row>(
  {
    _id: String,
    municipality: { type: String, required: true },
    subject: { type: String, required: true },
    stars: { type: Number, required: true, min: 1, max: 5 },
    reason: { type: String, default: null },
    text: { type: String, default: '' },
    at: { type: Date, required: true },
  },
  { strict: 'throw', versionKey: false, collection: 'ratings' },
)
schema.index({ municipality: 1, subject: 1 })
schema.index({ municipality: 1, at: -1 }, { partialFilterExpression: { text: { $gt: '' } } })
/** Two years show whether a page became clearer; people may write of themselves, whatever they are asked. */
schema.index({ at: 1 }, { expireAfterSeconds: 2 * 366 * 86_400 })

/** Of one subject. `stars` counts the answers from one star to five. */
export type Tally = Readonly<{ subject: Subject; stars: readonly number[]; reasons: Readonly<Record<string, number>> }>
/** What somebody wrote. */
export type Remark = Pick<Rating, 'subject' | 'stars' | 'text'> & Readonly<{ at: Date }>

export type RatingStore = ReturnType<typeof createRatingStore>

export function createRatingStore(connection: Connection) {
  const model = connection.model<Row>('Rating', schema)
  return {
    /** Adds an answer, or changes the one with the same key. False when that key answers for something else. */
    async put(municipality: string, { key, subject, ...answer }: GivenRating, at: Date): Promise<boolean> {
      const own = { _id: key, municipality, subject: subjectText(subject) }
      const blank = 'text' in answer ? {} : { reason: null, text: '' }
      const $set = { ...answer, at }
      try {
        await model.updateOne(own, { $set, $setOnInsert: blank }, { upsert: true })
        return true
      } catch (error) {
        if (!isDuplicateKey(error)) throw error
        // Of something else, or written at this very moment: the stars, beside the whole form.
        return (await model.updateOne(own, { $set })).matchedCount === 1
      }
    },
    async find(municipality: string, key: string): Promise<Rating | null> {
      const row = await model.findOne({ _id: key, municipality }).lean<Row>()
      const subject = row && readSubject(row.subject)
      return row && subject ? { key, subject, stars: row.stars, reason: row.reason, text: row.text } : null
    },
    /** All answers, counted by subject. */
    async tallies(municipality: string): Promise<Tally[]> {
      const alike = { _id: { subject: '$subject', stars: '$stars', reason: '$reason' }, count: { $sum: 1 } }
      const counts = { $push: { stars: '$_id.stars', reason: '$_id.reason', count: '$count' } }
      const rows = await model.aggregate<{ _id: string; counts: Counted[] }>([
        { $match: { municipality } },
        { $group: alike },
        { $group: { _id: '$_id.subject', counts } },
      ])
      return rows.flatMap(({ _id, counts: counted }) => {
        const subject = readSubject(_id)
        return subject ? [{ subject, stars: starsOf(counted), reasons: reasonsOf(counted) }] : []
      })
    },
    /** A page of the latest remarks, and how many there are. */
    async remarks(municipality: string, { page, size }: { page: number; size: number }) {
      const filter = { municipality, text: { $gt: '' } }
      const [rows, total] = await Promise.all([
        model
          .find(filter)
          .sort({ at: -1, _id: 1 })
          .skip((page - 1) * size)
          .limit(size)
          .lean<Row[]>(),
        model.countDocuments(filter),
      ])
      const remarks = rows.flatMap(({ subject: about, stars, text, at }): Remark[] => {
        const subject = readSubject(about)
        return subject ? [{ subject, stars, text, at }] : []
      })
      return { remarks, total }
    },
  }
}

type Counted = Readonly<{ stars: number; reason: string | null; count: number }>

const starsOf = (counts: readonly Counted[]): number[] =>
  STARS.map((star) => counts.filter(({ stars }) => stars === star).reduce((sum, { count }) => sum + count, 0))

/** Without those that no longer fit their stars. */
function reasonsOf(counts: readonly Counted[]): Record<string, number> {
  const reasons: Record<string, number> = {}
  for (const { stars, reason, count } of counts)
    if (reason !== null && reasonText({ stars, reason }) !== null) reasons[reason] = (reasons[reason] ?? 0) + count
  return reasons
}
