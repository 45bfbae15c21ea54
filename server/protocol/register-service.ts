import type { Municipality } from '../municipalities/index.ts'
import type { Transaction } from '../shared/transaction.ts'
import { amend, annulledBy, currentEntry, type Amendment, type AmendmentStore, type NewAmendment } from './amendment.ts'
import {
  unnumbered,
  type NewEntry,
  type RegisterEntry,
  type RegisterPage,
  type RegisterQuery,
  type RegisterStore,
} from './register.ts'

type Deps = Readonly<{ store: RegisterStore; amendments: AmendmentStore; newId: () => string }>

export type RegisterService = ReturnType<typeof createRegisterService>

/** The register of a municipality's AOO (DPR 445/2000 art. 53-57). Nothing in it is ever changed or deleted. */
export function createRegisterService({ store, amendments, newId }: Deps) {
  /**
   * Registers a document with the next number of the year, inside the caller's transaction: if it aborts there is no
   * entry and no gap. Registrations take turns, so keep that transaction short and register first in it: what was read
   * before a wait for the turn is out of date after it, and MongoDB makes the whole transaction start again.
   */
  async function register(entry: NewEntry, municipality: Municipality, tx: Transaction): Promise<RegisterEntry> {
    const registration = unnumbered(entry, municipality)
    const number = await store.nextNumber(registration, tx)
    const registered = { ...registration, id: newId(), number }
    await store.insert(registered, tx)
    return registered
  }

  /** Adds an annulment or a correction beside an entry (art. 54), in the caller's transaction. The same annulment again is the first one. */
  async function addAmendment(entry: RegisterEntry, request: NewAmendment, tx: Transaction): Promise<Amendment> {
    const earlier = await amendments.ofEntries([entry.id], tx)
    const made = annulledBy(request, earlier)
    if (made) return made
    const amendment = { ...amend(entry, earlier, request), id: newId() }
    await amendments.insert(amendment, tx)
    return amendment
  }

  return {
    register,
    amend: addAmendment,
    /** The entry as it was registered, or undefined if it is not this municipality's. */
    find: (municipality: string, id: string) => store.find(municipality, id),
    byNumber: (municipality: string, year: number, number: number) => store.byNumber(municipality, year, number),
    /** Entries that belong to a filing, oldest first. */
    ofFiling: (municipality: string, filing: string) => store.ofFiling(municipality, filing),
    /** Annulments and corrections of the entries, oldest first. */
    amendmentsOf: (entries: readonly Pick<RegisterEntry, 'id'>[]): Promise<Amendment[]> =>
      amendments.ofEntries(entries.map(({ id }) => id)),
    search: (municipality: string, query: RegisterQuery): Promise<RegisterPage> => store.search(municipality, query),
    /** The entry as it stands today, corrections applied. */
    async current(entry: RegisterEntry): Promise<RegisterEntry> {
      return currentEntry(entry, await amendments.ofEntries([entry.id]))
    },
  }
}
