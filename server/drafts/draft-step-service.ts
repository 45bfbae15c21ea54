import type { Draft } from '../filings/index.ts'
import {
  decodeStep,
  firstIncomplete,
  nextStep,
  placesOn,
  validateStep,
  type Answers,
  type Form,
} from '../forms/index.ts'
import type { OpenDraft, SavedStep, StepInput } from './draft.ts'
import type { DraftFiles } from './draft-file-service.ts'
import type { DraftSaving } from './draft-saving-service.ts'
import { answersInStep, answersUnder, documentsInDraft, pendingOf, typedOf, withFiles, type PutFile } from './typed.ts'

type Deps = { saving: DraftSaving; files: DraftFiles }

/** What is typed in the steps of the form. */
export function createDraftSteps({ saving, files: draftFiles }: Deps) {
  /** Takes what was typed in one step. Valid answers are merged; others are kept apart until they are put right. */
  async function saveStep(open: OpenDraft, input: StepInput): Promise<SavedStep> {
    try {
      const saved = await keepStep(open, input)
      await draftFiles.forget(open.draft, saved.leftOut)
      return saved
    } catch (error) {
      await draftFiles.forget(open.draft, input.files)
      throw error
    }
  }

  async function keepStep(open: OpenDraft, input: StepInput): Promise<SavedStep> {
    const { draft, procedure } = open
    const { form } = procedure
    const { step, body, files, revision, lenient } = input
    const { files: pending = [], lists = [] } = pendingOf(draft, step) ?? {}
    const put = [...pending, ...files]
    const decoded = decodeStep(form, step, body, answersUnder(draft, step))
    const { answers, leftOut } = withFiles(form, decoded.answers, put)
    const others = draft.pending.filter((typed) => typed.step !== step)
    const typed = (theFiles: readonly PutFile[]) => [...others, typedOf(form, step, { body, files: theFiles, lists })]
    const { removed, cut } = decoded
    const seen = placesOn(form, step, answersInStep(form, draft, step))
    const notes = { removed, cut, revealed: decoded.revealed.filter((pointer) => !seen.has(pointer)) }
    if (revision !== draft.revision)
      return { draft: { ...draft, pending: typed(pending) }, errors: [], notes, theirs: draft.answers, leftOut: files }
    const errors = validateStep(form, step, answers)
    const valid = errors.length === 0
    const change = valid
      ? { answers, pending: others, ...passed(form, input, answers) }
      : { pending: typed(put.filter((file) => !leftOut.includes(file))) }
    const saved = await saving.saveUnlessOvertaken(draft, change)
    if (!saved) return keepStep(await saving.reopened(open), input)
    if (valid) {
      const came = put.map(({ documentId }) => documentId)
      await draftFiles.dropUnused([...documentsInDraft(form, draft), ...came], saved, form)
    }
    return { draft: saved, errors: lenient ? [] : errors, notes, leftOut }
  }

  return { saveStep }
}

/** Whoever goes on from the last step of a complete form comes to the summary. */
function passed(form: Form, { step, lenient }: StepInput, answers: Answers): Pick<Draft, 'reachedSummary'> {
  const ends = !lenient && nextStep(form, step, answers) === null && firstIncomplete(form, answers) === null
  return ends ? { reachedSummary: true } : {}
}
