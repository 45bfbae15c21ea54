import { firstIncomplete, summaryView, type FieldError } from '../forms/index.ts'
import { actingView } from './acting-views.ts'
import { stepper, trail } from './draft-views.ts'
import type { OpenDraft } from './draft.ts'
import { draftFiles } from './file-views.ts'
import { SIGNATURES } from './signature-policy.ts'
import type { signersSection } from './signer-views.ts'

/** `signers`: whose signatures are wanted, as signersSection gives it. */
export function summaryPage(
  { draft, procedure, files }: OpenDraft,
  defects: readonly FieldError[],
  signers: ReturnType<typeof signersSection>,
) {
  const phases = stepper({ draft, procedure }, 'summary')
  const place = `Riepilogo (${phases.position} di ${phases.total}) - ${procedure.title}`
  const stepHref = (id: string): string => `/pratiche/${draft.id}/modulo/${id}`
  const missing = firstIncomplete(procedure.form, draft.answers)
  return {
    ...phases,
    title: defects.length > 0 ? `Errore: ${place}` : place,
    heading: procedure.title,
    breadcrumb: trail(procedure),
    acting: actingView(draft),
    sections: summaryView(procedure.form, draft.answers, { files: draftFiles(draft.id, files), changeLink: stepHref }),
    declarations: procedure.declarations,
    problems: [
      ...(signers?.problem ? [signers.problem] : []),
      ...defects.map(({ message, stepId }) => ({
        message,
        href: stepId === SIGNATURES ? `#${SIGNATURES}` : stepHref(stepId),
      })),
    ],
    signers,
    action: `/pratiche/${draft.id}/invia`,
    revision: draft.revision,
    back: missing ? stepHref(missing) : phases.steps[phases.position - 2]?.href,
    complete: defects.length === 0,
  }
}
