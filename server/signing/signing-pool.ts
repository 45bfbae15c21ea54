import { createThreadPool, type PoolLimits as ThreadLimits, type ThreadPool } from '../shared/thread-pool.ts'
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

/** A thread has read the trusted lists, which takes seconds: unless told otherwise it stays while there is work now and then. */
export type PoolLimits = Omit<ThreadLimits, 'idle'> & Partial<ThreadLimits>

const IDLE = 600_000
const DEFAULT_LIMITS: PoolLimits = { threads: 2, time: 60_000, memory: 512 }

/** Threads belong to the process, so there is one pool for each set of limits. */
const pools = new Map<string, ThreadPool>()

function poolWithin(limits: PoolLimits): ThreadPool {
  const key = JSON.stringify(limits)
  const pool =
    pools.get(key) ?? createThreadPool(workerThread(import.meta.url, './signing-worker'), { idle: IDLE, ...limits })
  pools.set(key, pool)
  return pool
}

export type SigningPool = ReturnType<typeof signingPool>

/** The worker threads for everything that reads untrusted bytes. Each task rejects with LimitExceeded beyond its limits. */
export function signingPool(limits: PoolLimits = DEFAULT_LIMITS) {
  const run = poolWithin(limits)

  return {
    verify: (task: VerifyTask) => run<VerifyOutcome>('verifyTask', task),
    additions: (task: AdditionsTask) => run<string[]>('additionsTask', task),
    prepare: (task: PrepareTask) => run<Prepared>('prepareTask', task),
    check: (task: CheckTask) => run<CheckOutcome>('checkTask', task),
    extend: (task: ExtendTask) => run<ExtendOutcome | null>('extendTask', task),
    readList: (task: ListTask) => run<ListFacts | null>('listTask', task),
  }
}
