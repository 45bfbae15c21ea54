import { Schema, type Connection, type Model } from 'mongoose'
import { askTogether } from '../shared/ask-together.ts'
import { onceFor } from '../shared/once-for.ts'
import { replaceTogether } from '../shared/replace-together-store.ts'
import { assertKnown, rowsOf } from '../shared/row-store.ts'
import { sessionOf } from '../shared/transaction-store.ts'
import { FOR_ONESELF } from './acting.ts'
import { seenBy } from './seen-store.ts'
import { UNLISTED, type Draft, type Filing, type FilingId, type FilingStore, type Submitted } from './filing.ts'

/** Fields of drafts and of what was sent side by side; which are there follows from `state`. */
type Row = { _id: string; state: Filing['state'] } & Omit<Draft, 'id' | 'state'> & Omit<Submitted, 'id' | 'state'>

const mixed = Schema.Types.Mixed

const schema = new Schema<Row>(
  {
    _id: String,
    municipality: { type: String, required: true },
    state: {
      type: String,
      enum: [
        'draft',
        'submitted',
        'in-charge',
        'waiting-integration',
        'refusal-announced',
        'accepted',
        'refused',
        'withdrawn',
        'closed',
      ],
      required: true,
    },
    procedure: { type: mixed, required: true },
    channel: { type: String, enum: ['web', 'counter', 'pec', 'paper'], required: true },
    owner: { type: String, required: true },
    office: { type: String, required: true },
    answers: { type: mixed, required: true },
    revision: { type: Number, required: true },
    createdAt: { type: Date, required: true },
    updatedAt: { type: Date, required: true },
    key: String,
    privacyReadAt: Date,
    pending: { type: [mixed], default: undefined },
    reachedSummary: Boolean,
    nothingEarlier: Boolean,
    expiresAt: Date,
    filer: mixed,
    profile: String,
    principal: mixed,
    ground: mixed,
    evidence: mixed,
    protocol: mixed,
    due: String,
    verificationCode: String,
    secondCode: String,
    receipt: String,
    assignedTo: mixed,
    toSign: mixed,
    abstentions: { type: [mixed], default: undefined },
    clearances: { type: [mixed], default: undefined },
  },
  { strict: 'throw', versionKey: false, minimize: false, collection: 'filings' },
)

const NEAREST = { due: 1, 'protocol.year': 1, 'protocol.number': 1 } as const
const NEWEST = { updatedAt: -1, 'protocol.year': -1, 'protocol.number': -1 } as const

schema.index({ municipality: 1, owner: 1, updatedAt: -1 })
schema.index(
  { municipality: 1, 'ground.principalKey': 1, updatedAt: -1 },
  { partialFilterExpression: { 'ground.principalKey': { $exists: true } } },
)
// What somebody sent in one name, the latest first: nothing else of theirs is read.
schema.index(
  { municipality: 1, owner: 1, profile: 1, 'principal.cf': 1, 'protocol.at': -1 },
  { partialFilterExpression: { 'protocol.at': { $exists: true } } },
)
// The lists of the desk, each in the order in which it is shown: page 1 reads one page, however many filings there are.
schema.index({ municipality: 1, office: 1, state: 1, ...NEAREST })
schema.index({ municipality: 1, office: 1, state: 1, ...NEWEST })
// What one officer has in hand, among all that their office has.
schema.index(
  { municipality: 1, 'assignedTo.cf': 1, office: 1, state: 1, ...NEAREST },
  { partialFilterExpression: { 'assignedTo.cf': { $exists: true } } },
)
schema.index(
  { municipality: 1, 'protocol.number': 1 },
  { partialFilterExpression: { 'protocol.number': { $exists: true } } },
)
schema.index({ municipality: 1, 'toSign.at': 1 }, { partialFilterExpression: { 'toSign.at': { $exists: true } } })
schema.index(
  { verificationCode: 1 },
  { unique: true, partialFilterExpression: { verificationCode: { $exists: true } } },
)
// One draft per press of "Inizia", however often the request arrives.
schema.index({ owner: 1, key: 1 }, { unique: true, partialFilterExpression: { key: { $exists: true } } })
schema.index(
  { municipality: 1, owner: 1, 'procedure.id': 1, updatedAt: -1 },
  { partialFilterExpression: { state: 'draft' } },
)
schema.index({ expiresAt: 1 }, { partialFilterExpression: { state: 'draft' } })

export function createFilingStore(connection: Connection): FilingStore {
  const model = connection.model<Row>('Filing', schema)
  return { ...single(model), ...personal(model), ...lists(model), ...writes(model) }
}

/** Finds one filing: by its id or its verification code. */
function single(model: Model<Row>): Pick<FilingStore, 'find' | 'byVerificationCode'> {
  // Asked at every page: past mongoose, which adds nothing to a read but time.
  const filings = rowsOf(model)
  const askIn = onceFor((municipality) =>
    askTogether((ids) =>
      filings
        .find({ _id: { $in: ids }, municipality })
        .hint({ _id: 1 })
        .toArray(),
    ),
  )

  return {
    async find(municipality, id, transaction) {
      const row = transaction
        ? await filings.findOne({ _id: id, municipality }, { session: sessionOf(transaction) })
        : await askIn(municipality)(id)
      return row ? fromRow(row) : undefined
    },
    async byVerificationCode(verificationCode) {
      const row = await model.findOne({ verificationCode }).lean<Row>()
      return row ? (fromRow(row) as Submitted) : undefined
    },
  }
}

const without = (names: readonly string[]) => Object.fromEntries(names.map((name) => [name, 0] as const))
const LISTED = without(UNLISTED)
const ANSWERED = without(UNLISTED.filter((name) => name !== 'answers'))

/** How many filings are held in memory at a time, where they are looked through. */
const AT_A_TIME = 100

/** Filings of a person, the last changed first: each part of the query is read from an index in that order. */
function personal(
  model: Model<Row>,
): Pick<FilingStore, 'ofPerson' | 'listOf' | 'countOf' | 'draftsOf' | 'draftCount' | 'lastSent'> {
  const last = { updatedAt: -1 } as const

  return {
    async *ofPerson(...whose) {
      // Not by one cursor, which the server ends after ten minutes without a question: whoever saves their data over a slow line takes longer.
      const ids = (
        await model
          .find(seenBy(...whose), { _id: 1 })
          .sort(last)
          .lean<Pick<Row, '_id'>[]>()
      ).map(({ _id }) => _id)
      for (let from = 0; from < ids.length; from += AT_A_TIME) {
        const these = ids.slice(from, from + AT_A_TIME)
        const rows = await model.find({ _id: { $in: these } }).lean<Row[]>()
        const found = new Map(rows.map((row) => [row._id, row]))
        for (const row of these.map((id) => found.get(id))) if (row) yield fromRow(row)
      }
    },
    async listOf(municipality, seer, { page, size, ...query }) {
      const found = model
        .find(seenBy(municipality, seer, query))
        .sort(last)
        .select(LISTED)
      return (
        await found
          .skip((page - 1) * size)
          .limit(size)
          .lean<Row[]>()
      ).map(fromRow)
    },
    async countOf(...which) {
      const groups = await model.aggregate<{ _id: Row['state']; count: number }>([
        { $match: seenBy(...which) },
        { $group: { _id: '$state', count: { $sum: 1 } } },
      ])
      return new Map(groups.map(({ _id, count }) => [_id, count]))
    },
    async draftsOf(municipality, owner, { procedure, most }) {
      const filter = { municipality, owner, state: 'draft' as const, 'procedure.id': procedure }
      return (await model.find(filter).sort(last).limit(most).select(LISTED).lean<Row[]>()).map(fromRow) as Draft[]
    },
    draftCount: (municipality, owner, most) =>
      model.countDocuments({ municipality, owner, state: 'draft' }, { limit: most }),
    async lastSent(municipality, owner, { profile, company, most }) {
      const filter = { municipality, owner, profile, 'principal.cf': company, 'protocol.at': { $exists: true } }
      const sent = model.find(filter).sort({ 'protocol.at': -1 }).limit(most).select(ANSWERED)
      return (await sent.lean<Row[]>()).map(fromRow) as Submitted[]
    },
  }
}

/** Filings by office; drafts past their expiry. */
function lists(model: Model<Row>): Pick<FilingStore, 'ofOffices' | 'expiredDrafts'> {
  return {
    async ofOffices(municipality, { offices, states, assignedTo, protocol, toSign, newestFirst, page, size }) {
      const filter = {
        municipality,
        office: { $in: [...offices] },
        state: states ? { $in: [...states] } : { $ne: 'draft' as const },
        ...(assignedTo ? { 'assignedTo.cf': assignedTo } : {}),
        ...(protocol && { 'protocol.number': protocol.number }),
        ...(protocol?.year && { 'protocol.year': protocol.year }),
        ...(toSign ? { 'toSign.at': { $exists: true } } : {}),
      }
      const [rows, total] = await Promise.all([
        model
          .find(filter)
          .sort(newestFirst ? NEWEST : NEAREST)
          .skip((page - 1) * size)
          .limit(size)
          .lean<Row[]>(),
        model.countDocuments(filter),
      ])
      return { filings: rows.map(fromRow) as Submitted[], total }
    },
    async *expiredDrafts(at) {
      const expired = model.find({ state: 'draft', expiresAt: { $lte: at } }).lean<Row[]>()
      for await (const row of expired.cursor({ batchSize: AT_A_TIME })) yield fromRow(row) as Draft
    },
  }
}

/** Every write is conditional: on the key of the press, on the revision, on the state. */
function writes(
  model: Model<Row>,
): Pick<FilingStore, 'insertDraft' | 'replace' | 'addReceipt' | 'removeDraft' | 'keepDrafts'> {
  const rows = rowsOf(model)
  const replaceAtOnce = replaceTogether(rows)

  return {
    async insertDraft(draft) {
      const row = await model
        .findOneAndUpdate(
          { owner: draft.owner, key: draft.key },
          { $setOnInsert: toRow(draft) },
          { upsert: true, returnDocument: 'after' },
        )
        .lean<Row>()
      return fromRow(row) as Draft
    },
    async replace(filing, transaction) {
      const { id, municipality, revision } = filing
      const row = toRow({ ...filing, revision: revision + 1 })
      assertKnown(model, row)
      const read = { _id: id, municipality, revision }
      // Runs at every step of a form: past mongoose, which would make a model of the row first. That takes longer than the
      // whole write.
      if (!transaction) return replaceAtOnce(read, row)
      const options = { ignoreUndefined: true, session: sessionOf(transaction) }
      return (await rows.replaceOne(read, row, options)).matchedCount === 1
    },
    async addReceipt({ id, municipality }, receipt, transaction) {
      const without = { _id: id, municipality, receipt: null } as object
      const session = sessionOf(transaction)
      const change = { $set: { receipt }, $inc: { revision: 1 } }
      return (await rows.updateOne(without, change, { session })).matchedCount === 1
    },
    async removeDraft({ id, municipality }) {
      await model.deleteOne({ _id: id, municipality, state: 'draft' })
    },
    async keepDrafts(municipality, { procedures, until }) {
      const drafts = { municipality, state: 'draft' as const, 'procedure.id': { $in: [...procedures] } }
      const sooner = { ...drafts, expiresAt: { $lt: until }, $nor: [{ answers: {}, pending: [] }] }
      // Not by its revision: whoever is going on with one is not disturbed, and sets a later day.
      await model.updateMany(sooner, { $set: { expiresAt: until } })
    },
  }
}

const toRow = ({ id, ...filing }: Filing): Row => ({ _id: id, ...filing }) as unknown as Row

/** The one cast between storage and domain; the schema guards the way in. */
function fromRow({ _id, ...row }: Row): Filing {
  // Drafts that were begun before there was a choice were begun for oneself, as far as the platform knew.
  return { ...FOR_ONESELF, ...row, id: _id as FilingId }
}
