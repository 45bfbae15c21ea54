import { AppError } from '../errors.ts'
import { assertDraft, changedMeanwhile, type Draft } from '../filings/index.ts'
import { draftExpiry, type DraftDeps, type OpenDraft } from './draft.ts'

type Change = Partial<Pick<Draft, 'answers' | 'pending' | 'reachedSummary' | 'expiresAt'>>

export type DraftSaving = ReturnType<typeof createDraftSaving>

/** Writes a draft over the revision that was read; each change postpones its expiry. */
export function createDraftSaving({ store, now }: Pick<DraftDeps, 'store' | 'now'>) {
  async function save(draft: Draft, change: Change): Promise<Draft> {
    const saved = await saveUnlessOvertaken(draft, change)
    if (!saved) throw changedMeanwhile(draft)
    return saved
  }

  /** Undefined when another tab was faster. */
  async function saveUnlessOvertaken(draft: Draft, change: Change): Promise<Draft | undefined> {
    const at = now()
    const next = { ...draft, updatedAt: at, expiresAt: draftExpiry(at), ...change }
    return (await store.replace(next)) ? { ...next, revision: draft.revision + 1 } : undefined
  }

  /** The same draft as the faster tab left it. */
  async function reopened({ draft, ...open }: OpenDraft): Promise<OpenDraft> {
    const current = await store.find(draft.municipality, draft.id)
    if (!current) throw new AppError('NOT_FOUND', 'Draft was discarded meanwhile')
    assertDraft(current)
    return { ...open, draft: current }
  }

  return { save, saveUnlessOvertaken, reopened }
}
