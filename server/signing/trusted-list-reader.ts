import { LimitExceeded } from '../shared/thread-pool.ts'
import { signingPool } from './signing-pool.ts'
import type { ReadList } from './trusted-list.ts'

/**
 * Large lists are read for seconds, and need more memory than a document; one at a time, so that verifying goes on beside. The
 * thread outlives the pause in which the next list is fetched; the next round is hours away, and it does not wait for it.
 */
const LIST_LIMITS = { threads: 1, time: 180_000, memory: 1_024, idle: 10_000 }

/** Reads a trusted list in a worker thread apart from those that verify. */
export const readListApart: ReadList = (list, signers) =>
  signingPool(LIST_LIMITS)
    .readList({ list, signers: signers.map(({ der }) => der) })
    .catch((error: unknown) => {
      // One monstrous list must not keep the others from being renewed.
      if (error instanceof LimitExceeded) return null
      throw error
    })
