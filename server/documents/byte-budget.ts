/** Work on bytes held in memory, admitted so that together they stay within a budget. */
export type ByteBudget = <T>(bytes: number, work: () => Promise<T>) => Promise<T>

/**
 * A queue in order of arrival. One piece of work larger than the whole budget runs alone rather than never.
 * Keeps eight uploads of 20 MB, each to be verified whole, from standing in memory at once (architecture.md §8).
 */
export function createByteBudget(budget: number): ByteBudget {
  const waiting: { bytes: number; start: () => void }[] = []
  let inUse = 0

  function admit(): void {
    for (let next = waiting[0]; next && (inUse === 0 || inUse + next.bytes <= budget); next = waiting[0]) {
      waiting.shift()
      inUse += next.bytes
      next.start()
    }
  }

  return async (bytes, work) => {
    await new Promise<void>((start) => {
      waiting.push({ bytes, start })
      admit()
    })
    try {
      return await work()
    } finally {
      inUse -= bytes
      admit()
    }
  }
}
