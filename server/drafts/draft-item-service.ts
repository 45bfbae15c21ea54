import type { Draft } from '../filings/index.ts'
import { decodeItem, removeItem as withoutItem, validateItem, type ItemPlace } from '../forms/index.ts'
import type { DraftDeps, OpenDraft, SavedItem, StepInput } from './draft.ts'
import type { DraftFiles } from './draft-file-service.ts'
import type { DraftSaving } from './draft-saving-service.ts'
import { answersInStep, documentsInDraft, listChange } from './typed.ts'

type Deps = Pick<DraftDeps, 'newId'> & { saving: DraftSaving; files: DraftFiles }

/** The items of a list in the form, each on a page of its own. */
export function createDraftItems({ newId, saving, files }: Deps) {
  /**
   * Takes one item of a list. It is kept valid or not: its card then says what is missing, and nothing typed is lost. A new item gets its
   * identifier here; one in which nothing was written is none, and would only be in the way of its step: so would one that is emptied,
   * which stays as it was until it is deleted.
   */
  async function saveItem(
    open: OpenDraft,
    place: ItemPlace,
    input: Pick<StepInput, 'body' | 'revision' | 'step'>,
  ): Promise<SavedItem> {
    const { draft, procedure } = open
    const { form } = procedure
    const before = answersInStep(form, draft, input.step)
    const { item, blank, answers, removed, cut, revealed } = decodeItem(form, { ...place, newId }, input.body, before)
    const notes = { removed, cut, revealed }
    const saved = { notes, emptied: blank && place.item !== null }
    if (blank) return { ...saved, draft, item: place.item, errors: validateItem(form, { ...place, item }, answers) }
    const change = listChange(draft, { step: input.step, name: place.name }, answers)
    if (input.revision !== draft.revision)
      return { ...saved, draft: { ...draft, ...change }, item, errors: [], theirs: before }
    const next = await saving.saveUnlessOvertaken(draft, change)
    if (!next) return saveItem(await saving.reopened(open), place, input)
    return { ...saved, draft: next, item, errors: validateItem(form, { ...place, item }, answers) }
  }

  async function removeItem({ draft, procedure: { form } }: OpenDraft, step: string, place: ItemPlace): Promise<Draft> {
    const left = withoutItem(form, place, answersInStep(form, draft, step))
    const saved = await saving.save(draft, listChange(draft, { step, name: place.name }, left))
    await files.dropUnused(documentsInDraft(form, draft), saved, form)
    return saved
  }

  return { saveItem, removeItem }
}
