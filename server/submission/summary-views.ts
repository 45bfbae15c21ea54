import { SIGNATURES_PLACE, type signersSection } from '../cosigning/index.ts'
import { draftActing, draftBreadcrumb, savedText, stepper, type OpenDraft } from '../drafts/index.ts'
import { draftFiles } from '../filings/index.ts'
import { firstIncomplete, summaryView, type FieldError } from '../forms/index.ts'
import { draftNotice } from '../procedures/index.ts'
import { summaryOf } from '../shared/form-body.ts'

type SummaryInput = Readonly<{
  defects: readonly FieldError[]
  /** Whose signatures are wanted. */
  signers: ReturnType<typeof signersSection>
  justSaved?: boolean
  isChanged?: boolean
}>

export function summaryPage(
  { draft, procedure, files, service, mandateEnded }: OpenDraft,
  { defects, signers, justSaved = false, isChanged = false }: SummaryInput,
) {
  const phases = stepper({ draft, procedure }, 'summary')
  const place = `Riepilogo (${phases.position} di ${phases.total}) - ${procedure.title}`
  const stepHref = (id: string): string => `/pratiche/${draft.id}/modulo/${id}`
  // What is wrong with a request that cannot be sent any more is not to be put right, nor a revenue stamp bought for it.
  const ended = service.status === 'ended'
  const missing = firstIncomplete(procedure.form, draft.answers)
  return {
    ...phases,
    title: defects.length > 0 && !ended ? `Errore: ${place}` : place,
    heading: procedure.title,
    breadcrumb: draftBreadcrumb(procedure),
    acting: draftActing({ draft, mandateEnded }),
    service: draftNotice(service),
    sections: summaryView(procedure.form, draft.answers, { files: draftFiles(draft.id, files), changeLink: stepHref }),
    declarations: procedure.declarations,
    errorSummary: summaryOf(ended ? [] : problemsOf({ defects, signers }, stepHref)),
    signers,
    isChanged,
    saved: justSaved ? savedText(draft) : null,
    action: `/pratiche/${draft.id}/invia`,
    revision: draft.revision,
    back: missing ? stepHref(missing) : phases.steps[phases.position - 2]?.href,
    complete: defects.length === 0,
    // Whoever cannot send is not asked to declare.
    unsendable: service.status !== 'active' || mandateEnded,
  }
}

const problemsOf = ({ defects, signers }: SummaryInput, stepHref: (id: string) => string) => [
  ...(signers?.problem ? [signers.problem] : []),
  ...defects.map(({ message, stepId }) => ({
    message,
    href: stepId === SIGNATURES_PLACE ? `#${SIGNATURES_PLACE}` : stepHref(stepId),
  })),
]
