import { AppError } from '../errors.ts'
import type { Outage } from '../shared/outage.ts'
import type { Transaction } from '../shared/transaction.ts'
import { startLoop, type Loop } from './outbox-loop.ts'
import {
  PACE,
  pauseAfter,
  type DeadTask,
  type FailureKind,
  type Handlers,
  type NewTask,
  type OutboxStore,
  type Pace,
  type Task,
  type WhichDead,
} from './outbox.ts'

type Log = Record<'info' | 'warn' | 'error', (facts: object, message: string) => void>
type Deps = Readonly<{
  store: OutboxStore
  newId: () => string
  now: () => Date
  log: Log
  outage: Outage
  pace?: Partial<Pace>
}>

export type Outbox = ReturnType<typeof createOutboxService>

/** Effects that follow a commit, each done once per key, though processes may die at any instant. */
export function createOutboxService({ store, newId, now, log, outage, pace: given }: Deps) {
  const pace = { ...PACE, ...given }
  const later = (milliseconds: number) => new Date(now().getTime() + milliseconds)

  /** Performs one task that is due; false if there is none. */
  async function step(handlers: Handlers): Promise<boolean> {
    const hold = { now: now(), until: later(pace.lease), lease: newId() }
    const task = await store.claim(Object.keys(handlers), hold)
    outage.answered()
    if (task) await perform(task, handlers)
    return task !== null
  }

  async function perform(task: Task, handlers: Handlers): Promise<void> {
    // A process that dies of a task never reports a failure: the count of attempts, taken at the claim, ends it.
    if (task.attempt > pace.attempts) {
      await giveUp(task, new Error('The worker ended before the task, each time'), 'INTERRUPTED')
      return
    }
    // A renewal that fails is no harm yet: the next one comes before the lease ends.
    const renewal = setInterval(() => void store.renew(task, later(pace.lease)).catch(() => undefined), pace.lease / 3)
    try {
      await handlers[task.kind]?.(task.payload, task)
      await store.done(task, now())
    } catch (error) {
      await failed(task, error)
    } finally {
      clearInterval(renewal)
    }
  }

  async function failed(task: Task, error: unknown): Promise<void> {
    if (task.attempt >= pace.attempts) {
      await giveUp(task, error)
      return
    }
    await store.retry(task, later(pauseAfter(task.attempt, pace)), reasonOf(error))
    log.warn(factsOf(task, error), 'outbox task failed, will be tried again')
  }

  async function giveUp(task: Task, error: unknown, kind = kindOf(error)): Promise<void> {
    await store.bury(task, now(), { error: reasonOf(error), kind })
    log.error(factsOf(task, error), 'outbox task given up')
  }

  return {
    /** Adds tasks in the caller's transaction; those whose key is known already change nothing. */
    put: (tasks: readonly NewTask[], tx: Transaction): Promise<void> =>
      store.put(
        tasks.map((task) => ({ ...task, id: newId(), at: now() })),
        tx,
      ),

    /** Performs what is due now and returns; for tests and for emptying the box before a shutdown. */
    async drain(handlers: Handlers): Promise<void> {
      while (await step(handlers));
    },

    /**
     * Performs tasks of the kinds that have a handler until stopped: at once when they are committed, and again when a
     * pause or a dead worker's lease ends. Any number of processes may run. `stop` waits for what is under way.
     */
    run: (handlers: Handlers): Loop =>
      startLoop({
        step: () => step(handlers),
        watch: (ring) => store.watch(Object.keys(handlers), ring),
        failed: (error) => outage.failed(error, 'outbox cannot be reached'),
        ...pace,
      }),

    ...givenUp({ store, now, log }),
  }
}

/** What an operator does with tasks that were given up. */
function givenUp({ store, now, log }: Pick<Deps, 'store' | 'now' | 'log'>) {
  return {
    /** Tasks of a municipality that were given up, the last first, with all their number. */
    async dead(municipality: string, page = 1): Promise<{ tasks: DeadTask[]; total: number }> {
      const [tasks, total] = await Promise.all([store.dead(municipality, page), store.deadCount(municipality)])
      return { tasks, total }
    },
    deadCount: (municipality: string) => store.deadCount(municipality),
    /** How many tasks failed at least once and will be tried again by themselves. */
    retryingCount: (municipality: string) => store.retryingCount(municipality),
    /** Lets dead tasks be tried again from the start; returns how many there were. Without a choice: all. */
    async revive(which: WhichDead = {}): Promise<number> {
      const revived = await store.revive(which, now())
      if (revived > 0) log.info({ ...which, revived }, 'outbox tasks will be tried again')
      return revived
    },
  }
}

const kindOf = (error: unknown): FailureKind => (error instanceof AppError ? error.code : 'DEFECT')

const reasonOf = (error: unknown): string => (error instanceof Error ? error.message : String(error))

/** What a log may know: no payload and no key, which may name people. */
const factsOf = ({ id, kind, municipality, attempt }: Task, error: unknown) => ({
  task: id,
  kind,
  municipality,
  attempt,
  err: error,
})
