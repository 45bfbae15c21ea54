import { isDeepStrictEqual } from 'node:util'
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
      await draftFiles.forget(open, saved.leftOut)
      return saved
    } catch (error) {
      await draftFiles.forget(open, input.files)
      throw error
    }
  }

  async function keepStep(open: OpenDraft, input: StepInput): Promise<SavedStep> {
    const { draft, procedure } = open
    const { files, revision, lenient } = input
    const { change, asTyped, errors, notes, leftOut, put } = readStep(open, input)
    const told = { errors: lenient ? [] : errors, notes, leftOut }
    if (revision !== draft.revision) {
      if (files.length === 0 && changesNothing(draft, change)) return { draft, ...told }
      return { draft: { ...draft, ...asTyped() }, errors: [], notes, theirs: draft.answers, leftOut: files }
    }
    const saved = await saving.saveUnlessOvertaken(draft, change)
    if (!saved) return keepStep(await saving.reopened(open), input)
    if (errors.length === 0) {
      const came = put.map(({ documentId }) => documentId)
      await draftFiles.dropUnused([...documentsInDraft(procedure.form, draft), ...came], saved, procedure.form)
    }
    return { draft: saved, ...told }
  }

  return { saveStep }
}

/** What the form of a step changes in the draft (`asTyped`: where it is shown again beside what another tab saved), and what is said of it. */
function readStep({ draft, procedure: { form } }: OpenDraft, input: StepInput) {
  const { step, body, files } = input
  const { files: pending = [], lists = [] } = pendingOf(draft, step) ?? {}
  const put = [...pending, ...files]
  const decoded = decodeStep(form, step, body, answersUnder(draft, step))
  const { answers, leftOut } = withFiles(form, decoded.answers, put)
  const others = draft.pending.filter((typed) => typed.step !== step)
  const typed = (theFiles: readonly PutFile[]): StepChange => ({
    pending: [...others, typedOf(form, step, { body, files: theFiles, lists })],
  })
  const { removed, cut } = decoded
  const seen = placesOn(form, step, answersInStep(form, draft, step))
  const notes = { removed, cut, revealed: decoded.revealed.filter((pointer) => !seen.has(pointer)) }
  const errors = validateStep(form, step, answers)
  const change: StepChange =
    errors.length === 0
      ? { answers, pending: others, ...passed(form, input, answers) }
      : typed(put.filter((file) => !leftOut.includes(file)))
  return { change, asTyped: () => typed(pending), errors, notes, leftOut, put }
}

type StepChange = Partial<Pick<Draft, 'answers' | 'pending' | 'reachedSummary'>>

/** A second press sends once more what the first has saved: there are no two versions to choose between. */
const changesNothing = (draft: Draft, change: StepChange): boolean => isDeepStrictEqual({ ...draft, ...change }, draft)

/** Whoever goes on from the last step of a complete form comes to the summary. */
function passed(form: Form, { step, lenient }: StepInput, answers: Answers): Pick<Draft, 'reachedSummary'> {
  const ends = !lenient && nextStep(form, step, answers) === null && firstIncomplete(form, answers) === null
  return ends ? { reachedSummary: true } : {}
}
