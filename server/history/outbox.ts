import type { ErrorCode } from '../errors.ts'
import type { Transaction } from '../shared/transaction.ts'

/** Something to do once a transaction is committed: seal a receipt, send a mail. */
export type NewTask = Readonly<{
  /** Names the effect within its municipality: a task put twice under one key is one task. */
  key: string
  kind: string
  municipality: string
  /** JSON values; identifiers rather than personal data. */
  payload: Readonly<Record<string, unknown>>
}>

/** A task that a worker holds until `lease` runs out. `attempt` counts from 1. */
export type Task = NewTask & Readonly<{ id: string; attempt: number; lease: string }>

/** Why a task failed, as far as it may be shown: the code of a failure that we foresee, a worker that ended each time, or a defect. */
export type FailureKind = ErrorCode | 'INTERRUPTED' | 'DEFECT'
/** `error` is for the log. */
export type Failure = Readonly<{ kind: FailureKind; error: string }>

/** Given up after the last attempt; an operator mends the cause and revives it. */
export type DeadTask = NewTask & Readonly<{ id: string; attempts: number; failure: Failure; putAt: Date; diedAt: Date }>

/** Which of the dead tasks: of all municipalities, of one, or one of its. */
export type WhichDead = Readonly<{ municipality?: string; id?: string }>

/**
 * Does what a task asks. It must bear to be run again for the same key: a worker may die between the effect and its
 * record. Whatever it throws makes the task wait and be tried again.
 */
export type Handler = (payload: Task['payload'], task: Task) => Promise<void>
export type Handlers = Readonly<Record<string, Handler>>

/** How long and how often. Times in milliseconds. */
export type Pace = Readonly<{
  /** A worker that has not renewed its hold for so long is taken for dead, and its task is given to another. */
  lease: number
  /** How often to look for tasks that fell due by themselves; new ones are noticed at once. */
  poll: number
  attempts: number
  /** Tasks at a time in this process. */
  parallel: number
  /** First pause after a failure; each further one is twice as long, to an hour at most. */
  pause: number
}>

/** The attempts last three days: what is down over a weekend is found waiting on Monday. */
export const PACE: Pace = { lease: 60_000, poll: 1_000, attempts: 84, parallel: 4, pause: 1_000 }

export const DEAD_PAGE_SIZE = 25

const HOUR = 3_600_000

/** Milliseconds to wait after the failure of that attempt. */
export const pauseAfter = (attempt: number, { pause }: Pace): number => Math.min(pause * 2 ** (attempt - 1), HOUR)

/** Port to the database. */
export type OutboxStore = {
  put(tasks: readonly (NewTask & { id: string; at: Date })[], tx: Transaction): Promise<void>
  /** Takes one task that is due, of these kinds, and holds it until `until` under the name `lease`. */
  claim(kinds: readonly string[], hold: { now: Date; until: Date; lease: string }): Promise<Task | null>
  /** False when the lease was lost to another worker. */
  renew(task: Task, until: Date): Promise<boolean>
  done(task: Task, at: Date): Promise<void>
  retry(task: Task, due: Date, error: string): Promise<void>
  bury(task: Task, at: Date, failure: Failure): Promise<void>
  /** Those that died last first; `page` from 1. */
  dead(municipality: string, page: number): Promise<DeadTask[]>
  deadCount(municipality: string): Promise<number>
  /** Those that failed and wait for the next attempt. */
  retryingCount(municipality: string): Promise<number>
  /** How many were dead. */
  revive(which: WhichDead, at: Date): Promise<number>
  /** Calls back when tasks of these kinds may have become due; returns what ends it. */
  watch(kinds: readonly string[], onNews: () => void): () => Promise<void>
}
