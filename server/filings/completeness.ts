import { AppError } from '../errors.ts'
import { canVisit, type FieldError } from '../forms/index.ts'
import type { ProcedureVersion } from '../procedures/index.ts'
import type { Draft } from './filing.ts'

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

/** A step with something typed that is not valid: what would be sent is not what the person wrote last. */
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
