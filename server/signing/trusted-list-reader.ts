import { createSigningPool, LimitExceeded } from './signing-pool.ts'
import type { ReadList } from './trusted-list.ts'

/**
 * Large lists are read for seconds, and need more memory than a document; one at a time, so that verifying goes on beside. The
 * next time is hours away: the thread does not wait for it.
 */
const LIST_LIMITS = { threads: 1, time: 180_000, memory: 1_024, idle: 1_000 }

type ListReader = Readonly<{ read: ReadList; stop: () => Promise<void> }>

/** Reads trusted lists in a worker thread of its own. */
export function createListReader(): ListReader {
  const pool = createSigningPool(LIST_LIMITS)
  return {
    read: (list, signers) =>
      pool.readList({ list, signers: signers.map(({ der }) => der) }).catch((error: unknown) => {
        // One monstrous list must not keep the others from being renewed.
        if (error instanceof LimitExceeded) return null
        throw error
      }),
    stop: () => pool.close(),
  }
}
