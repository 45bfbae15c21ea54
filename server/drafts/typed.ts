import { AppError } from '../errors.ts'
import type { Draft, Typed } from '../filings/index.ts'
import {
  attach,
  controlNames,
  decodeStep,
  documentsOf,
  listIn,
  withList,
  type Answers,
  type Form,
} from '../forms/index.ts'
import type { FormBody } from '../shared/form-body.ts'

export type PutFile = Typed['files'][number]

type Sent = Pick<Typed, 'files' | 'lists'> & { body: FormBody }

/** What a request says under the names of the step's own fields. */
export function typedOf(form: Form, step: string, { body, ...kept }: Sent): Typed {
  const names = controlNames(form, step)
  const fields = Object.entries(body).flatMap(([name, value]): Typed['fields'] => {
    if (!names.has(name)) return []
    if (typeof value === 'string') return [{ name, value }]
    return Array.isArray(value)
      ? [{ name, value: value.filter((each): each is string => typeof each === 'string') }]
      : []
  })
  return { step, fields, ...kept }
}

/** Without a prototype, so that a field called `__proto__` is one more name that the form does not ask for. */
function bodyOf({ fields }: Typed): FormBody {
  return Object.assign(
    Object.create(null) as Record<string, unknown>,
    Object.fromEntries(fields.map(({ name, value }) => [name, value])),
  )
}

/** What was typed in a step and is not valid yet. */
export const pendingOf = (draft: Draft, step: string): Typed | undefined =>
  draft.pending.find((typed) => typed.step === step)

/** What the person sees in a step: the saved answers, or over them what they typed last and is not valid yet. */
export function answersInStep(form: Form, draft: Draft, step: string): Answers {
  const typed = pendingOf(draft, step)
  return typed
    ? withFiles(form, decodeStep(form, step, bodyOf(typed), answersUnder(draft, step)).answers, typed.files).answers
    : draft.answers
}

/** What a step is read over: the saved answers, with the lists that wait with it. */
export const answersUnder = (draft: Draft, step: string): Answers =>
  (pendingOf(draft, step)?.lists ?? []).reduce(
    (answers, { name, items }) => withList(name, items, answers),
    draft.answers,
  )

/**
 * A change of one list of a step. While something typed in the step is not valid the list waits with it: whether it is asked at all may
 * depend on that.
 */
export function listChange(
  draft: Draft,
  { step, name }: { step: string; name: string },
  answers: Answers,
): Pick<Draft, 'answers' | 'pending'> {
  const typed = pendingOf(draft, step)
  if (!typed) return { answers, pending: draft.pending }
  const others = (typed.lists ?? []).filter((list) => list.name !== name)
  const waiting = { ...typed, lists: [...others, { name, items: listIn(name, answers) }] }
  return { answers: draft.answers, pending: draft.pending.map((one) => (one === typed ? waiting : one)) }
}

/** The answers with each file in its field, and the files for which these answers have no place (any more). */
export function withFiles(
  form: Form,
  answers: Answers,
  files: readonly PutFile[],
): { answers: Answers; leftOut: readonly PutFile[] } {
  const leftOut: PutFile[] = []
  const all = files.reduce((current, file) => {
    try {
      return attach(form, current, file)
    } catch (error) {
      if (!(error instanceof AppError)) throw error
      leftOut.push(file)
      return current
    }
  }, answers)
  return { answers: all, leftOut }
}

/** Every document that the draft still names, in answers or in what was typed. */
export function documentsInDraft(form: Form, draft: Draft): Set<string> {
  return new Set([
    ...documentsOf(form, draft.answers),
    ...draft.pending.flatMap(({ step, files }) => [
      ...files.map(({ documentId }) => documentId),
      ...documentsOf(form, answersInStep(form, draft, step)),
    ]),
  ])
}
