import { Schema, type Connection } from 'mongoose'
import { insertRow, rowsOf } from '../shared/row-store.ts'
import { sessionOf } from '../shared/transaction-store.ts'
import { entryOf, entrySchema, wordsOf, type IndexedRow, type Row } from './register-row-store.ts'
import { createSearch } from './register-search-store.ts'
import type { RegisterEntry, RegisterStore, SeriesDay } from './register.ts'
import { createTurns } from './turn-store.ts'

type Counter = { _id: string; last: number; closed?: string }

const counters = new Schema<Counter>(
  { _id: String, last: { type: Number, required: true }, closed: String },
  { collection: 'registercounters', strict: 'throw', versionKey: false },
)

const seriesOf = ({ ipaCode, aooCode, registerCode, year }: SeriesDay): string =>
  `${ipaCode}/${aooCode}/${registerCode}/${year}`

export function createRegisterStore(connection: Connection): RegisterStore {
  const entry = connection.model<IndexedRow>('RegisterEntry', entrySchema)
  // Each number is waited for: past mongoose.
  const counter = rowsOf(connection.model<Counter>('RegisterCounter', counters))
  const turn = createTurns()

  return {
    async nextNumber(day, tx) {
      const series = seriesOf(day)
      const session = sessionOf(tx)
      await turn(series, session)
      const options = { upsert: true, returnDocument: 'after', session } as const
      const row = await counter.findOneAndUpdate({ _id: series }, { $inc: { last: 1 } }, options)
      if (!row) throw new Error('The counter gives no number')
      if (row.closed !== undefined && day.date <= row.closed)
        throw new Error(`Day ${day.date} is closed in the register: the clock of this process is behind`)
      return row.last
    },
    async closeDay(day) {
      const change = { $max: { closed: day.date }, $setOnInsert: { last: 0 } }
      await counter.updateOne({ _id: seriesOf(day) }, change, { upsert: true, writeConcern: { w: 'majority' } })
    },
    async insert({ id, ...rest }, tx) {
      await insertRow(entry, { ...rest, _id: id, words: wordsOf(rest) }, tx)
    },
    async find(municipality, id) {
      return fromRow(await entry.findOne({ _id: id, municipality }).lean<Row>())
    },
    async byNumber(municipality, year, number) {
      return fromRow(await entry.findOne({ municipality, number, year }).lean<Row>())
    },
    async ofFiling(municipality, filing) {
      return (await entry.find({ municipality, filing }).sort({ date: 1, number: 1 }).lean<Row[]>()).map(entryOf)
    },
    async byIds(ids) {
      return (await entry.find({ _id: { $in: [...ids] } }).lean<Row[]>()).map(entryOf)
    },
    async firstDay(municipality) {
      const row = await entry.findOne({ municipality }, { date: 1 }).sort({ date: 1, number: 1 }).lean<Row>()
      return row?.date ?? null
    },
    async ofDay(municipality, date) {
      return (await entry.find({ municipality, date }).sort({ number: 1 }).lean<Row[]>()).map(entryOf)
    },
    search: createSearch(entry),
  }
}

const fromRow = (row: Row | null): RegisterEntry | undefined => (row ? entryOf(row) : undefined)
