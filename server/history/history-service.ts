import type { Transaction } from '../shared/transaction.ts'
import { chained, verifyChain } from './chain.ts'
import type { HistoryEvent, NewEvent } from './event.ts'
import type { HistoryStore } from './history-store.ts'

type Deps = Readonly<{ store: HistoryStore; newId: () => string }>

export type History = ReturnType<typeof createHistoryService>

/** What happened to each filing, append-only and hash-chained: state and clock are computed from it. */
export function createHistoryService({ store, newId }: Deps) {
  return {
    /** Adds an event in the caller's transaction; it exists if and only if what it tells of was committed. */
    async append(event: NewEvent, tx: Transaction): Promise<HistoryEvent> {
      const next = chained(event, newId, await store.head(event.municipality, event.filing, tx))
      await store.insert(next, tx)
      return next
    },
    /** All events of a filing, oldest first; inside a transaction also those that it has appended. */
    of: (municipality: string, filing: string, tx?: Transaction): Promise<HistoryEvent[]> =>
      store.ofFiling(municipality, filing, tx),
    /** First defect of the stored chain in English, or null; sees also events cut from its end. */
    async verify(municipality: string, filing: string): Promise<string | null> {
      const [events, head] = await Promise.all([store.ofFiling(municipality, filing), store.head(municipality, filing)])
      return verifyChain(events, head)
    },
  }
}
