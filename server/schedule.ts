import type { MongoBackend } from '@agendajs/mongo-backend'
import type { Connection } from 'mongoose'
import type { Log } from './web/error-handler.ts'
import { isDuplicateKey } from './shared/duplicate-key.ts'
import type { Outage } from './shared/outage.ts'

/** Work that comes round by the clock. It must bear to be run twice. */
export type Recurring = Readonly<{
  name: string
  /** Cron, on the clock of Rome. */
  when: string
  /** Also when a process starts, unless another is at it. */
  atStart?: boolean
  work: () => Promise<unknown>
}>

/**
 * Milliseconds. `look`: how often a process looks for work that is due. `lock`: after how long it takes over what another
 * left.
 */
type Pace = Readonly<{ look: number; lock: number }>

type Jobs = ReturnType<NonNullable<Connection['db']>['collection']>

const PACE: Pace = { look: 30_000, lock: 600_000 }

/**
 * Runs recurring work in one of all the processes that ask for it: the jobs and who holds them are in MongoDB. The lock is
 * renewed while the work goes on, for hours if need be; what a process left that died is begun again after `pace.lock`. A
 * run that fails is logged and comes round again. `stop` waits for what is under way.
 */
export async function startSchedule(
  connection: Connection,
  recurring: readonly Recurring[],
  { log, outage, pace = PACE }: { log: Log; outage: Outage; pace?: Pace },
): Promise<{ stop: () => Promise<void> }> {
  // Loaded only by workers: a web process has no use for it.
  const [{ Agenda }, { MongoBackend }] = await Promise.all([import('agenda'), import('@agendajs/mongo-backend')])
  const db = connection.db
  if (!db) throw new Error('A schedule needs an open connection')
  const backend = new MongoBackend({ mongo: db, collection: 'schedule' })
  // Before Agenda does it: what fails in there reaches nobody, and ends the process.
  await backend.connect()
  const agenda = new Agenda({
    backend: Object.assign(backend, { connect: () => Promise.resolve() }),
    processEvery: pace.look,
  })
  let isStopping = false
  // A query that our own stop cut off is no failure.
  const failed = (error: unknown): void => {
    if (!isStopping) outage.failed(error, 'schedule cannot reach the database')
  }
  // What fails without a listener would end the process.
  agenda.on('error', failed)
  const jobs = db.collection('schedule')
  takeOverAtOnce(backend.repository, jobs)
  for (const { name, work } of recurring) {
    const run = async (job: { touch: () => Promise<void> }): Promise<void> => {
      const renew = () =>
        job.touch().catch((error: unknown) => log.error({ err: error, job: name }, 'lock not renewed'))
      const renewal = setInterval(() => void renew(), pace.lock / 4)
      try {
        await work()
      } catch (error) {
        log.error({ err: error, job: name }, 'recurring work failed')
        throw error
      } finally {
        clearInterval(renewal)
      }
    }
    // oxlint-disable-next-line typescript/no-misused-promises -- of its two forms the compiler takes the one that waits for nothing
    agenda.define(name, run, { lockLifetime: pace.lock })
  }
  await agenda.ready
  await jobs.createIndexes([{ key: { name: 1 }, unique: true }])
  for (const { name, when, atStart } of recurring) {
    await jobs.deleteOne({ name, repeatInterval: { $ne: when } })
    // Not `agenda.every`, which writes the whole job at each start: that would take the lock from whoever is at the work.
    const job = agenda.create(name).repeatEvery(when, { timezone: 'Europe/Rome', skipImmediate: true })
    await job
      .unique({ name }, { insertOnly: true })
      .save()
      // Processes that start together all enter it: another one has just done so.
      .catch((error: unknown) => {
        if (!isDuplicateKey(error)) throw error
      })
    // Due at once for every process, unless one holds its lock: of those that start together, one does the work.
    if (atStart) await jobs.updateOne({ name, lockedAt: null }, { $set: { nextRunAt: new Date() } })
  }
  await agenda.start()
  return {
    async stop() {
      isStopping = true
      await agenda.drain()
    },
  }
}

/**
 * Work says when it is due next before it begins: what died at it would wait for its next night, so it is due now. Agenda would only
 * take its lock off, and not wait for that: were the database away just then, it would end the process.
 */
function takeOverAtOnce(repository: MongoBackend['repository'], jobs: Jobs): void {
  const nextJob = repository.getNextJobToRun.bind(repository)
  repository.getNextJobToRun = async (name, until, deadline, ...rest) => {
    await jobs.updateOne({ name, lockedAt: { $lte: deadline } }, { $set: { lockedAt: null, nextRunAt: new Date() } })
    return nextJob(name, until, new Date(0), ...rest)
  }
}
