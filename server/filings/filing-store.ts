import type { Connection, Model, mongo } from 'mongoose'
import { rarestFirst } from '../protocol/index.ts'
import { askTogether } from '../shared/ask-together.ts'
import { onceFor } from '../shared/once-for.ts'
import { replaceTogether } from '../shared/replace-together-store.ts'
import { assertKnown, rowsOf } from '../shared/row-store.ts'
import { sessionOf } from '../shared/transaction-store.ts'
import { filingSchema, fromRow, LAST_FILED, OFFICE_ORDERS, toRow, wordsOf, type Row } from './filing-row-store.ts'
import { MOST_NAMED, UNLISTED, type Draft, type FilingStore, type Submitted } from './filing.ts'
import { seenBy } from './seen-store.ts'

export function createFilingStore(connection: Connection): FilingStore {
  const model = connection.model<Row>('Filing', filingSchema)
  return { ...single(model), ...personal(model), ...lists(model), ...byName(model), ...writes(model) }
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
    async ofOffices(municipality, { offices, states, assignedTo, protocol, toSign, order = 'due', page, size }) {
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
          .sort(OFFICE_ORDERS[order])
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

/** What was filed, by the names of who filed it and for whom. */
function byName(model: Model<Row>): Pick<FilingStore, 'named' | 'makeFindable'> {
  const rows = rowsOf(model)

  return {
    async named(municipality, { offices, words, page, size }) {
      // A draft has no words.
      const theirs = { municipality, office: { $in: [...offices] } }
      const found = async (word: string) => model.countDocuments({ ...theirs, words: word }, { limit: MOST_NAMED * 10 })
      const filter = { ...theirs, words: { $all: await rarestFirst(words, found) } }
      const [read, counted] = await Promise.all([
        model
          .find(filter)
          .sort(LAST_FILED)
          .skip((page - 1) * size)
          .limit(size)
          .lean<Row[]>(),
        model.countDocuments(filter, { limit: MOST_NAMED + 1 }),
      ])
      const filings = read.map(fromRow) as Submitted[]
      return { filings, total: Math.min(counted, MOST_NAMED), more: counted > MOST_NAMED }
    },
    async makeFindable() {
      const without = { state: { $ne: 'draft' as const }, words: { $exists: false } }
      const old = model.find(without, { filer: 1, principal: 1 }).lean<Pick<Row, '_id' | 'filer' | 'principal'>[]>()
      let batch: mongo.AnyBulkWriteOperation<Row>[] = []
      const write = async () => {
        if (batch.length > 0) await rows.bulkWrite(batch, { ordered: false })
        batch = []
      }
      for await (const { _id, ...parties } of old.cursor({ batchSize: AT_A_TIME })) {
        // Not by its revision: whoever works on it is not disturbed.
        const filter = { _id, words: { $exists: false } }
        batch.push({ updateOne: { filter, update: { $set: { words: wordsOf(parties) } } } })
        if (batch.length === AT_A_TIME) await write()
      }
      await write()
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
