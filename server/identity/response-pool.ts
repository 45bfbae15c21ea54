import { createTurns } from '../shared/gate.ts'
import { createThreadPool, type PoolLimits, type ThreadPool } from '../shared/thread-pool.ts'
import { workerThread } from '../shared/worker-thread.ts'
import type { Case, Judgement } from './judgement.ts'

const LIMITS: PoolLimits = {
  // A response takes 4 ms: of a hundred people who come back at once nobody waits for it as long as for all the rest.
  threads: 1,
  time: 10_000,
  memory: 128,
  idle: 600_000,
}

/** Threads belong to the process, so there is one pool, begun by the first response. */
let pool: ThreadPool | undefined
/** One that is made to be slow takes a tenth of a second, and 2,000 may come from one network: each network has one judged a round. */
const turn = createTurns(LIMITS.threads)

/** What a response is worth, judged beside the thread that answers everybody. Rejects with LimitExceeded beyond the limits. */
export async function judged(one: Case, network: string): Promise<Judgement> {
  const threads = (pool ??= createThreadPool(workerThread(import.meta.url, './response-worker'), LIMITS))
  return turn(network, async () => threads<Judgement>('judgeResponse', one))
}
