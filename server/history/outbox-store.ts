import { Schema, type Collection, type Connection } from 'mongoose'
import { rowsOf } from '../shared/row-store.ts'
import { sessionOf } from '../shared/transaction-store.ts'
import { DEAD_PAGE_SIZE, type DeadTask, type FailureKind, type NewTask, type OutboxStore, type Task } from './outbox.ts'

type Row = NewTask & {
  _id: string
  state: 'waiting' | 'done' | 'dead'
  /** When it may be claimed. A claim moves it to the end of the lease: a dead worker's task falls due by itself. */
  due: Date
  lease: string | null
  attempts: number
  error: string | null
  /** Of a dead task: why, as far as it may be shown. */
  failure?: FailureKind | null
  putAt: Date
  endedAt: Date | null
}

const DAYS_KEPT = 30
/** Milliseconds after which a stream of news that ended is opened anew. */
const REOPENED_AFTER = 1_000

const schema = new Schema<Row>(
  {
    _id: String,
    key: { type: String, required: true },
    kind: { type: String, required: true },
    municipality: { type: String, required: true },
    payload: { type: Schema.Types.Mixed, required: true },
    state: { type: String, enum: ['waiting', 'done', 'dead'], required: true },
    due: { type: Date, required: true },
    lease: String,
    attempts: { type: Number, required: true },
    error: String,
    failure: String,
    putAt: { type: Date, required: true },
    endedAt: Date,
  },
  { collection: 'outboxtasks', strict: 'throw', versionKey: false, minimize: false },
)
schema.index({ municipality: 1, key: 1 }, { unique: true })
// By kind: who makes receipts does not look through the mails that wait.
schema.index({ state: 1, kind: 1, due: 1 })
// What was given up, as the desk counts and lists it: after a mail server was gone for days there are many.
schema.index({ state: 1, municipality: 1, endedAt: -1, _id: 1 }, { partialFilterExpression: { state: 'dead' } })
schema.index({ endedAt: 1 }, { expireAfterSeconds: DAYS_KEPT * 86_400, partialFilterExpression: { state: 'done' } })

export function createOutboxStore(connection: Connection): OutboxStore {
  const model = connection.model<Row>('OutboxTask', schema)
  const tasks = rowsOf(model)
  /** Only who still holds the lease may say how the task ended. */
  const held = ({ id, lease }: Task) => ({ _id: id, lease, state: 'waiting' as const })

  return {
    async put(added, tx) {
      const options = { upsert: true, ignoreUndefined: true, session: sessionOf(tx) }
      for (const { id, at, key, municipality, kind, payload } of added) {
        const task = { _id: id, kind, payload, state: 'waiting', due: at, lease: null, attempts: 0, putAt: at } as const
        await tasks.updateOne({ municipality, key }, { $setOnInsert: task }, options)
      }
    },
    async claim(kinds, { now, until, lease }) {
      // Past mongoose: while a task is claimed, the page that put it is answered in the same thread.
      const row = await tasks.findOneAndUpdate(
        { state: 'waiting', due: { $lte: now }, kind: { $in: [...kinds] } },
        { $set: { due: until, lease }, $inc: { attempts: 1 } },
        // A claim that is lost with its server lets the task run again, which it must bear: no wait for the journal.
        { sort: { due: 1 }, returnDocument: 'after', writeConcern: { w: 1 } },
      )
      return row && { ...taskOf(row), attempt: row.attempts, lease }
    },
    async renew(task, until) {
      return (await model.updateOne(held(task), { due: until })).matchedCount === 1
    },
    async done(task, at) {
      await model.updateOne(held(task), { state: 'done', endedAt: at, lease: null, error: null })
    },
    async retry(task, due, error) {
      await model.updateOne(held(task), { due, lease: null, error })
    },
    async bury(task, at, { error, kind }) {
      await model.updateOne(held(task), { state: 'dead', endedAt: at, lease: null, error, failure: kind })
    },
    async dead(municipality, page) {
      const rows = await model
        .find({ state: 'dead', municipality })
        .sort({ endedAt: -1, _id: 1 })
        .skip((page - 1) * DEAD_PAGE_SIZE)
        .limit(DEAD_PAGE_SIZE)
        .lean<Row[]>()
      return rows.map(deadTaskOf)
    },
    deadCount: (municipality) => model.countDocuments({ state: 'dead', municipality }),
    retryingCount: (municipality) => model.countDocuments({ state: 'waiting', municipality, error: { $ne: null } }),
    async revive({ municipality, id }, at) {
      const which = { ...(municipality !== undefined && { municipality }), ...(id !== undefined && { _id: id }) }
      const change = { state: 'waiting', due: at, attempts: 0, endedAt: null } as const
      return (await model.updateMany({ state: 'dead', ...which }, change)).modifiedCount
    },
    watch: (kinds, onNews) => watchInserts(tasks, kinds, onNews),
  }
}

/** Told by the server at the commit, whichever process put the task. */
function watchInserts(tasks: Collection<Row>, kinds: readonly string[], onNews: () => void): () => Promise<void> {
  const news = { operationType: 'insert', 'fullDocument.kind': { $in: [...kinds] } }
  let isOver = false
  let again: NodeJS.Timeout | undefined
  let stream = open()

  function open() {
    const opened = tasks.watch([{ $match: news }], { batchSize: 1 })
    return opened
      .on('change', onNews)
      .once('error', ended)
      .on('error', () => undefined)
  }

  /** The driver goes on by itself only where the database is back within seconds. Until another is open, polling goes on. */
  function ended(): void {
    if (!isOver) again = setTimeout(() => (stream = open()), REOPENED_AFTER)
  }

  return () => {
    isOver = true
    clearTimeout(again)
    return stream.close()
  }
}

const taskOf = ({ _id, key, kind, municipality, payload }: Row) => ({ id: _id, key, kind, municipality, payload })

function deadTaskOf(row: Row): DeadTask {
  const { attempts, putAt, endedAt, due } = row
  const failure = { kind: row.failure ?? 'DEFECT', error: row.error ?? '' } as const
  return { ...taskOf(row), attempts, failure, putAt, diedAt: endedAt ?? due }
}
