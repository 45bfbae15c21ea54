import { isDatabaseAway } from './database-failure.ts'

type Log = Record<'warn' | 'error', (facts: object, message: string) => void>
export type Outage = ReturnType<typeof createOutage>

/** Milliseconds between two lines of one outage. */
const REMINDER = 600_000

/**
 * How work that goes on by itself tells that it failed. All its lanes look again each second: while the database is away that
 * would be more than a line a second, each with a stack, of one and the same thing. So an outage is told when it begins, every ten
 * minutes that it lasts, and when it is over; any other failure each time.
 */
export function createOutage({ log, now }: { log: Log; now: () => Date }) {
  let outage: { since: Date; told: Date } | undefined

  return {
    failed(error: unknown, message: string): void {
      if (!isDatabaseAway(error)) {
        log.error({ err: error }, message)
        return
      }
      const at = now()
      if (outage && at.getTime() - outage.told.getTime() < REMINDER) return
      outage = { since: outage?.since ?? at, told: at }
      log.error({ err: error, since: outage.since }, 'the database is away: work in the background waits for it')
    },
    /** The database did what it was asked. */
    answered(): void {
      if (outage) log.warn({ since: outage.since }, 'the database answers again: work in the background goes on')
      outage = undefined
    },
  }
}
