import { Piscina } from 'piscina'
import { createGate } from '../shared/gate.ts'
import { workerThread } from '../shared/worker-thread.ts'
import type { Prepared } from './seal.ts'
import type { ListFacts } from './trusted-list.ts'
import type {
  AdditionsTask,
  CheckOutcome,
  CheckTask,
  ExtendOutcome,
  ExtendTask,
  ListTask,
  PrepareTask,
  VerifyOutcome,
  VerifyTask,
} from './signing-worker.ts'

export type PoolLimits = Readonly<{
  threads: number
  /** Milliseconds for one task. */ time: number
  /** Megabytes of one thread's heap. */ memory: number
  /** Milliseconds without a task after which a thread ends; ten minutes when left out. */ idle?: number
}>

const DEFAULT_LIMITS: PoolLimits = { threads: 2, time: 60_000, memory: 512 }

/** A task went beyond its limits of time or memory: the file is to blame, and only it. */
export class LimitExceeded extends Error {
  override readonly name = 'LimitExceeded'
}

/** Threads belong to the process, so there is one pool for each set of limits; it holds up no exit. */
const pools = new Map<string, Pool>()

type Pool = ReturnType<typeof createPool>

function poolWithin(limits: PoolLimits): Pool {
  const key = JSON.stringify(limits)
  const pool = pools.get(key) ?? createPool(limits)
  pools.set(key, pool)
  return pool
}

function createPool(limits: PoolLimits) {
  const threads = new Piscina({
    ...workerThread(import.meta.url, './signing-worker'),
    minThreads: 0,
    maxThreads: limits.threads,
    // A thread has read the trusted lists, which takes seconds: it stays while there is work now and then.
    idleTimeout: limits.idle ?? 600_000,
    resourceLimits: { maxOldGenerationSizeMb: limits.memory },
  })
  // Tasks wait here, not there: their time must not run while others have the threads.
  return { threads, gate: createGate(limits.threads) }
}

export type SigningPool = ReturnType<typeof signingPool>

/** The worker threads for everything that reads untrusted bytes. They start with the first task and end when idle. */
export function signingPool(limits: PoolLimits = DEFAULT_LIMITS) {
  const { threads, gate } = poolWithin(limits)

  async function run<T>(name: string, task: unknown): Promise<T> {
    try {
      return await gate(async () => (await threads.run(task, { name, signal: AbortSignal.timeout(limits.time) })) as T)
    } catch (error) {
      if (isLimit(error)) throw new LimitExceeded('Time or memory limit exceeded', { cause: error })
      throw error
    }
  }

  return {
    verify: (task: VerifyTask) => run<VerifyOutcome>('verifyTask', task),
    additions: (task: AdditionsTask) => run<string[]>('additionsTask', task),
    prepare: (task: PrepareTask) => run<Prepared>('prepareTask', task),
    check: (task: CheckTask) => run<CheckOutcome>('checkTask', task),
    extend: (task: ExtendTask) => run<ExtendOutcome | null>('extendTask', task),
    readList: (task: ListTask) => run<ListFacts | null>('listTask', task),
  }
}

function isLimit(error: unknown): boolean {
  if (!(error instanceof Error)) return false
  return (
    error.name === 'AbortError' ||
    error.name === 'TimeoutError' ||
    (error as NodeJS.ErrnoException).code === 'ERR_WORKER_OUT_OF_MEMORY'
  )
}
