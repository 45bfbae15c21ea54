import { Schema, type Connection, type QueryFilter } from 'mongoose'
import { appendOnly } from '../shared/append-only-store.ts'
import { sessionOf } from '../shared/transaction-store.ts'
import { MAX_RESULTS, PAGE_SIZE, type RegisterEntry, type RegisterQuery, type RegisterStore } from './register.ts'
import { createTurns } from './turn-store.ts'
import { searchWords } from './search-words.ts'

type Row = Omit<RegisterEntry, 'id'> & { _id: string }
/** `words` are for finding only: written once, never read back. */
type IndexedRow = Row & { words: string[] }
type Counter = { _id: string; last: number }

const entries = new Schema<IndexedRow>(
  {
    _id: String,
    municipality: { type: String, required: true },
    ipaCode: { type: String, required: true },
    aooCode: { type: String, required: true },
    registerCode: { type: String, required: true },
    year: { type: Number, required: true },
    number: { type: Number, required: true },
    date: { type: String, required: true },
    at: { type: Date, required: true },
    direction: { type: String, enum: ['in', 'out', 'internal'], required: true },
    subject: { type: String, required: true },
    sender: { type: Schema.Types.Mixed, required: true },
    recipients: { type: [Schema.Types.Mixed], required: true },
    documents: { type: [Schema.Types.Mixed], required: true },
    classification: { type: String, required: true },
    office: { type: String, required: true },
    reserved: { type: Boolean, required: true },
    filing: { type: String, default: null },
    received: Schema.Types.Mixed,
    emergency: Schema.Types.Mixed,
    words: { type: [String], required: true, select: false },
  },
  { collection: 'registerentries', strict: 'throw', versionKey: false, minimize: false },
)
entries.index({ ipaCode: 1, aooCode: 1, registerCode: 1, year: 1, number: 1 }, { unique: true })
entries.index({ municipality: 1, number: 1, year: 1 })
entries.index({ municipality: 1, filing: 1 })
// Each question of the search page walks one of these in the order of its answer, so that page 1 reads one page.
entries.index({ municipality: 1, date: -1, number: -1 })
entries.index({ municipality: 1, words: 1, date: -1, number: -1 })
entries.index({ municipality: 1, direction: 1, date: -1, number: -1 })
entries.index({ municipality: 1, office: 1, date: -1, number: -1 })
appendOnly(entries)

const counters = new Schema<Counter>(
  { _id: String, last: { type: Number, required: true } },
  { collection: 'registercounters', strict: 'throw', versionKey: false },
)

export function createRegisterStore(connection: Connection): RegisterStore {
  const entry = connection.model<IndexedRow>('RegisterEntry', entries)
  const counter = connection.model<Counter>('RegisterCounter', counters)
  const turn = createTurns()

  /** The planner takes its bounds from the first word of `$all`: the rarest must come first. */
  async function rarestFirst(municipality: string, words: string[]): Promise<string[]> {
    if (words.length < 2) return words
    const counted = await Promise.all(
      words.map(async (word) => ({
        word,
        count: await entry.countDocuments({ municipality, words: word }).limit(MAX_RESULTS * 10),
      })),
    )
    return counted.sort((a, b) => a.count - b.count).map(({ word }) => word)
  }

  return {
    async nextNumber({ ipaCode, aooCode, registerCode, year }, tx) {
      const series = `${ipaCode}/${aooCode}/${registerCode}/${year}`
      const session = sessionOf(tx)
      await turn(series, session)
      const { last } = await counter
        .findOneAndUpdate({ _id: series }, { $inc: { last: 1 } }, { upsert: true, returnDocument: 'after', session })
        .orFail()
        .lean()
      return last
    },
    async insert({ id, ...rest }, tx) {
      await entry.create([{ ...rest, _id: id, words: wordsOf(rest) }], { session: sessionOf(tx) })
    },
    async find(municipality, id) {
      return fromRow(await entry.findOne({ _id: id, municipality }).lean<Row>())
    },
    async byNumber(municipality, year, number) {
      return fromRow(await entry.findOne({ municipality, number, year }).lean<Row>())
    },
    async ofFiling(municipality, filing) {
      return (await entry.find({ municipality, filing }).sort({ date: 1, number: 1 }).lean<Row[]>()).map(known)
    },
    async ofDay(municipality, date) {
      return (await entry.find({ municipality, date }).sort({ number: 1 }).lean<Row[]>()).map(known)
    },
    async search(municipality, query) {
      const words = await rarestFirst(municipality, searchWords(query.text))
      const filter = filterOf(municipality, query, words)
      const [rows, counted] = await Promise.all([
        entry
          .find(filter)
          .sort({ date: -1, number: -1 })
          .skip(((query.page ?? 1) - 1) * PAGE_SIZE)
          .limit(PAGE_SIZE)
          .lean<Row[]>(),
        entry.countDocuments(filter).limit(MAX_RESULTS + 1),
      ])
      return { entries: rows.map(known), total: Math.min(counted, MAX_RESULTS), more: counted > MAX_RESULTS }
    },
  }
}

function filterOf(municipality: string, query: RegisterQuery, words: string[]): QueryFilter<IndexedRow> {
  const { number, year, from, to, direction, office, reservedOf } = query
  return {
    municipality,
    ...(words.length > 0 && { words: { $all: words } }),
    ...(number !== undefined && { number }),
    ...(year !== undefined && { year }),
    ...period(from, to),
    ...(direction && { direction }),
    ...(office && { office }),
    ...(reservedOf && { $or: [{ reserved: false }, { office: { $in: reservedOf } }] }),
  }
}

function period(from?: string, to?: string): QueryFilter<IndexedRow> {
  if (!from && !to) return {}
  return { date: { ...(from && { $gte: from }), ...(to && { $lte: to }) } }
}

function wordsOf({ subject, sender, recipients }: Omit<RegisterEntry, 'id'>): string[] {
  const parties = [sender, ...recipients].flatMap((party) => {
    if (party.kind === 'person') return [party.givenName, party.familyName, party.cf]
    return party.kind === 'company' ? [party.name, party.cf] : [party.name]
  })
  return searchWords(subject, ...parties)
}

/** The one cast between storage and domain. */
function known({ _id, ...row }: Row): RegisterEntry {
  return { ...row, id: _id }
}

const fromRow = (row: Row | null): RegisterEntry | undefined => (row ? known(row) : undefined)
