import { decodeItem, removeItem as withoutItem, validateItem, type ItemPlace } from '../forms/index.ts'
import type { DraftDeps, OpenDraft, SavedItem, StepInput } from './draft.ts'
import type { DraftFiles } from './draft-file-service.ts'
import type { DraftSaving } from './draft-saving-service.ts'
import type { Draft } from './filing.ts'
import { answersInStep, documentsInDraft } from './typed.ts'

type Deps = Pick<DraftDeps, 'newId'> & { saving: DraftSaving; files: DraftFiles }

/** The items of a list in the form, each on a page of its own. */
export function createDraftItems({ newId, saving, files }: Deps) {
  /**
   * Takes one item of a list. It is kept valid or not, like a step: its card then says what is missing, and nothing
   * typed is lost. A new item gets its identifier here.
   */
  async function saveItem(
    open: OpenDraft,
    place: ItemPlace,
    input: Pick<StepInput, 'body' | 'revision' | 'step'>,
  ): Promise<SavedItem> {
    const { draft, procedure } = open
    const { form } = procedure
    const before = answersInStep(form, draft, input.step)
    const { item, answers, removed, cut, revealed } = decodeItem(form, { ...place, newId }, input.body, before)
    const notes = { removed, cut, revealed }
    if (input.revision !== draft.revision)
      return { draft: { ...draft, answers }, item, errors: [], notes, theirs: draft.answers }
    const saved = await saving.saveUnlessOvertaken(draft, { answers })
    if (!saved) return saveItem(await saving.reopened(open), place, input)
    return { draft: saved, item, errors: validateItem(form, { ...place, item }, answers), notes }
  }

  async function removeItem({ draft, procedure: { form } }: OpenDraft, place: ItemPlace): Promise<Draft> {
    const saved = await saving.save(draft, { answers: withoutItem(form, place, draft.answers) })
    await files.dropUnused(documentsInDraft(form, draft), saved, form)
    return saved
  }

  return { saveItem, removeItem }
}
