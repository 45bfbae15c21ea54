import type { Connection } from 'mongoose'
import type { Log } from './web/error-handler.ts'

/** Work that comes round by itself: its name, when (cron, on the clock of Rome), and what it does. It must bear to be run twice. */
export type Recurring = Readonly<{ name: string; when: string; work: () => Promise<unknown> }>

/**
 * Runs recurring work in one of all the processes that ask for it: the jobs and who holds them are in MongoDB.
 * A run that fails is logged and comes round again.
 */
export async function startSchedule(
  connection: Connection,
  recurring: readonly Recurring[],
  log: Log,
): Promise<{ stop: () => Promise<void> }> {
  // Loaded only by workers: a web process has no use for it.
  const [{ Agenda }, { MongoBackend }] = await Promise.all([import('agenda'), import('@agendajs/mongo-backend')])
  const db = connection.db
  if (!db) throw new Error('A schedule needs an open connection')
  const agenda = new Agenda({
    backend: new MongoBackend({ mongo: db as never, collection: 'schedule' }),
    processEvery: '30 seconds',
  })
  // Without a listener the failure would end the process.
  agenda.on('error', (error: unknown) => log.error({ err: error }, 'schedule cannot reach the database'))
  for (const { name, work } of recurring) {
    agenda.define(name, async () => {
      try {
        await work()
      } catch (error) {
        log.error({ err: error, job: name }, 'recurring work failed')
        throw error
      }
    })
  }
  await agenda.start()
  for (const { name, when } of recurring)
    await agenda.every(when, name, undefined, { timezone: 'Europe/Rome', skipImmediate: true })
  return { stop: () => agenda.stop() }
}
