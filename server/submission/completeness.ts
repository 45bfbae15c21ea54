import { AppError } from '../errors.ts'
import type { Draft } from '../filings/index.ts'
import { canVisit, uploadFields, type Answers, type FieldError, type Form } from '../forms/index.ts'
import type { ProcedureVersion } from '../procedures/index.ts'
import type { StoredDocument } from '../documents/index.ts'

/** The refusal to send a draft: the one thing that is missing, or where the many are listed. */
export function incomplete(id: string, [first, ...others]: readonly FieldError[]): AppError {
  return new AppError('INVALID_INPUT', 'Draft is not complete', {
    explanation:
      first && others.length === 0
        ? `${first.message.replace(/\.$/, '')}.`
        : 'Mancano ancora alcune informazioni: le trovi indicate nel riepilogo.',
    back: `/pratiche/${id}/riepilogo`,
  })
}

/** Steps in which something was typed that is not valid: what would be sent is not what the person wrote last. */
export function unfinished(draft: Draft, { form }: ProcedureVersion): FieldError[] {
  return form.steps
    .filter(({ id }) => draft.pending.some(({ step }) => step === id) && canVisit(form, id, draft.answers))
    .map(({ id, title }) => ({
      pointer: '',
      name: '',
      label: title,
      message: `In «${title}» hai scritto qualcosa che non è ancora completo: controllalo o confermalo.`,
      stepId: id,
    }))
}

/** Files in which a virus was found by a scan after they had come: they must go before the draft is sent. */
export function infectedFiles(answers: Answers, form: Form, files: readonly StoredDocument[]): FieldError[] {
  return uploadFields(form, answers).flatMap(({ pointer, name, stepId, documents }) =>
    files
      .filter(({ id, scan }) => scan === 'infected' && documents.includes(id))
      .map((file) => ({
        pointer,
        name,
        label: file.name,
        stepId,
        message: `Il file «${file.name}» contiene un virus: toglilo e allega una copia pulita.`,
      })),
  )
}
