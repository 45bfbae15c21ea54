import { AppError } from '../errors.ts'
import type { Draft } from '../filings/index.ts'
import type { Login } from '../identity/index.ts'
import { forEach } from '../shared/for-each.ts'
import type { DraftDeps } from './draft.ts'
import type { DraftOpening } from './draft-opening-service.ts'
import type { DraftSaving } from './draft-saving-service.ts'

type Deps = Pick<DraftDeps, 'store' | 'documents' | 'invitations' | 'now'> & {
  opening: DraftOpening
  saving: DraftSaving
}

/** The end of a draft that is not sent: its person discards it, or its time is over. */
export function createDraftErasure({ store, documents, invitations, now, opening, saving }: Deps) {
  async function discard(municipality: string, id: string, login: Login): Promise<void> {
    await erase(await opening.find(municipality, id, { login, to: 'erase' }))
  }

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
    await invitations.removeOf(municipality, id)
    await store.removeDraft(draft)
  }

  /** Erases all drafts past their expiry; the worker calls it every day. Returns how many; what failed on the way is thrown at the end. */
  async function eraseExpired(): Promise<number> {
    let erased = 0
    await forEach(store.expiredDrafts(now()), async (draft) => {
      if (await erase(draft).then(() => true, falseIfConflict)) erased += 1
    })
    return erased
  }

  return { discard, eraseExpired }
}

function falseIfConflict(error: unknown): false {
  if (error instanceof AppError && error.code === 'CONFLICT') return false
  throw error
}
