import { isDeepStrictEqual } from 'node:util'
import { AppError } from '../errors.ts'
import { changedMeanwhile, type Draft, type Filing } from '../filings/index.ts'
import type { Login } from '../identity/index.ts'
import type { ServiceState } from '../procedures/index.ts'
import { forEach } from '../shared/for-each.ts'
import { addDays, romeDate } from '../shared/dates.ts'
import { REOPENED_DAYS, type DraftDeps } from './draft.ts'
import type { DraftOpening } from './draft-opening-service.ts'
import type { DraftSaving } from './draft-saving-service.ts'

type Deps = Pick<DraftDeps, 'store' | 'documents' | 'invitations' | 'catalogue' | 'municipalities' | 'now'> & {
  opening: DraftOpening
  saving: DraftSaving
}

/** The end of a draft that is not sent: its person discards it, or its time is over. */
export function createDraftErasure({ opening, saving, ...deps }: Deps) {
  const { store, documents, invitations, catalogue, municipalities, now } = deps

  async function discard(municipality: string, id: string, login: Login): Promise<void> {
    const draft = await opening.find(municipality, id, { login, to: 'erase' })
    if (await erase(draft).then(() => true, falseIfConflict)) return
    if (!isErased(await store.find(municipality, id))) throw changedMeanwhile(draft)
  }

  /** Pressed twice, the other press empties it and takes it away. */
  const isErased = (left: Filing | undefined): boolean =>
    !left || (left.state === 'draft' && isDeepStrictEqual(left.answers, {}) && left.expiresAt <= now())

  /**
   * First the draft is emptied, so that it cannot be sent while its files go; an erasure that is cut off is finished at
   * night. Throws CONFLICT when somebody goes on with the draft at the same moment.
   */
  async function erase(full: Draft): Promise<void> {
    const draft = await saving.save(full, { answers: {}, pending: [], expiresAt: now() })
    const { municipality, id } = draft
    // An invitation may own a signed file: the process died before it reached the draft.
    const owners = [id, ...(await invitations.ofFiling(municipality, id)).map((invitation) => invitation.id)]
    for (const owner of owners)
      for (const file of await documents.ofFiling(municipality, owner)) await documents.remove(file)
    await invitations.endOf(draft)
    await store.removeDraft(draft)
  }

  /** A closed service erases no draft that it will take again: done every night, so that the days are left whenever it opens. */
  async function keepUnsendable(): Promise<void> {
    const until = new Date(`${addDays(romeDate(now()), REOPENED_DAYS)}T00:00:00Z`)
    for (const { id: municipality } of await municipalities.all()) {
      const procedures: string[] = []
      for (const { id } of await catalogue.all(municipality))
        if (REOPENS.has((await catalogue.state(municipality, id)).status)) procedures.push(id)
      if (procedures.length > 0) await store.keepDrafts(municipality, { procedures, until })
    }
  }

  /** Erases all drafts past their expiry; the worker calls it every day. Returns how many; what failed on the way is thrown at the end. */
  async function eraseExpired(): Promise<number> {
    await keepUnsendable()
    let erased = 0
    await forEach(store.expiredDrafts(now()), async (draft) => {
      if (await erase(draft).then(() => true, falseIfConflict)) erased += 1
    })
    return erased
  }

  return { discard, eraseExpired }
}

const REOPENS: ReadonlySet<ServiceState['status']> = new Set(['suspended', 'scheduled'])

function falseIfConflict(error: unknown): false {
  if (error instanceof AppError && error.code === 'CONFLICT') return false
  throw error
}
