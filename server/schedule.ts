import type { Connection } from 'mongoose'
import type { Log } from './web/error-handler.ts'

/** Work that comes round by itself: its name, when (cron, on the clock of Rome), and what it does. It must bear to be run twice. */
export type Recurring = Readonly<{ name: string; when: string; work: () => Promise<unknown> }>

/** In milliseconds: how often a process looks for work that is due, and after how long it takes over what another left. */
type Pace = Readonly<{ look: number; lock: number }>

const PACE: Pace = { look: 30_000, lock: 600_000 }

/**
 * Runs recurring work in one of all the processes that ask for it: the jobs and who holds them are in MongoDB. The lock is
 * renewed while the work goes on, for hours if need be; that of a process which died is free after `pace.lock`. A run that
 * fails is logged and comes round again.
 */
export async function startSchedule(
  connection: Connection,
  recurring: readonly Recurring[],
  { log, pace = PACE }: { log: Log; pace?: Pace },
): Promise<{ stop: () => Promise<void> }> {
  // Loaded only by workers: a web process has no use for it.
  const [{ Agenda }, { MongoBackend }] = await Promise.all([import('agenda'), import('@agendajs/mongo-backend')])
  const db = connection.db
  if (!db) throw new Error('A schedule needs an open connection')
  const agenda = new Agenda({
    backend: new MongoBackend({ mongo: db as never, collection: 'schedule' }),
    processEvery: pace.look,
  })
  // Without a listener the failure would end the process.
  agenda.on('error', (error: unknown) => log.error({ err: error }, 'schedule cannot reach the database'))
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
    agenda.define(name, run, { lockLifetime: pace.lock })
  }
  await agenda.start()
  for (const { name, when } of recurring)
    await agenda.every(when, name, undefined, { timezone: 'Europe/Rome', skipImmediate: true })
  return { stop: () => agenda.stop() }
}
