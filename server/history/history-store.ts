import { Schema, type Connection } from 'mongoose'
import { appendOnly } from '../shared/append-only-store.ts'
import { insertRow, rowsOf } from '../shared/row-store.ts'
import { sessionOf } from '../shared/transaction-store.ts'
import type { Transaction } from '../shared/transaction.ts'
import type { Head } from './chain.ts'
import type { HistoryEvent } from './event.ts'

type Row = Omit<HistoryEvent, 'id'> & { _id: string }
type HeadRow = { _id: string; sequence: number; hash: string }

const events = new Schema<Row>(
  {
    _id: String,
    municipality: { type: String, required: true },
    filing: { type: String, required: true },
    sequence: { type: Number, required: true },
    type: { type: String, required: true },
    at: { type: Date, required: true },
    by: { type: Schema.Types.Mixed, required: true },
    data: { type: Schema.Types.Mixed, required: true },
    note: String,
    previousHash: { type: String, required: true },
    hash: { type: String, required: true },
    salt: String,
  },
  { collection: 'historyevents', strict: 'throw', versionKey: false, minimize: false },
)
events.index({ municipality: 1, filing: 1, sequence: 1 }, { unique: true })
appendOnly(events)

const headSchema = new Schema<HeadRow>(
  { _id: String, sequence: { type: Number, required: true }, hash: { type: String, required: true } },
  { collection: 'historyheads', strict: 'throw', versionKey: false },
)

export type HistoryStore = ReturnType<typeof createHistoryStore>

/** Events can be added and read. There is no way to change or delete one. */
export function createHistoryStore(connection: Connection) {
  const event = connection.model<Row>('HistoryEvent', events)
  // Written and read in transactions that others wait for: past mongoose.
  const heads = rowsOf(connection.model<HeadRow>('HistoryHead', headSchema))
  const key = (municipality: string, filing: string) => `${municipality}/${filing}`

  return {
    async head(municipality: string, filing: string, tx?: Transaction): Promise<Head | null> {
      const options = tx ? { session: sessionOf(tx) } : {}
      const row = await heads.findOne({ _id: key(municipality, filing) }, options)
      return row && { sequence: row.sequence, hash: row.hash }
    },
    /** Two transactions that append to one filing write the same head: MongoDB makes the second start again. */
    async insert({ id, ...rest }: HistoryEvent, tx: Transaction): Promise<void> {
      const { municipality, filing, sequence, hash } = rest
      const options = { upsert: true, session: sessionOf(tx) }
      await heads.updateOne({ _id: key(municipality, filing) }, { $set: { sequence, hash } }, options)
      await insertRow(event, { ...rest, _id: id }, tx)
    },
    async ofFiling(municipality: string, filing: string, tx?: Transaction): Promise<HistoryEvent[]> {
      const rows = await event.find({ municipality, filing }).sort({ sequence: 1 }).session(sessionOf(tx)).lean<Row[]>()
      return rows.map(({ _id, ...row }) => ({ ...row, id: _id }))
    },
  }
}
