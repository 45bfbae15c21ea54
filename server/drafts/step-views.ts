import type { StoredDocument } from '../documents/index.ts'
import { draftFiles } from '../filings/index.ts'
import {
  stepView,
  summaryView,
  uploadFields,
  type Answers,
  type FieldView,
  type FieldError,
  type Form,
  type SectionView,
} from '../forms/index.ts'
import { draftNotice, type ProcedureVersion } from '../procedures/index.ts'
import {
  differences,
  draftActing,
  draftBreadcrumb,
  savedText,
  stepper,
  type Row,
  type StepLink,
} from './draft-views.ts'
import type { OpenDraft, SavedStep } from './draft.ts'
import { answersInStep } from './typed.ts'

export type StepPageInput = {
  step: string
  errors: readonly FieldError[]
  notes?: SavedStep['notes']
  theirs?: Answers | undefined
  notice?: string | null
  /** Something that was sent could not be kept, and no field says so. */
  refused?: boolean
  justSaved?: boolean
}

export function stepPage(
  { draft, procedure, files, service, mandateEnded }: OpenDraft,
  { step, errors, notes, theirs, notice = null, refused = false, justSaved = false }: StepPageInput,
) {
  const answers = answersInStep(procedure.form, draft, step)
  const phases = stepper({ draft, procedure }, step)
  const current = phases.steps[phases.position - 1]
  const view = stepView(procedure.form, step, answers, { errors, files: draftFiles(draft.id, files), ...notes })
  const place = `${current?.title ?? ''} (${phases.position} di ${phases.total}) - ${procedure.title}`
  return {
    ...phases,
    title: errors.length > 0 || refused ? `Errore: ${place}` : place,
    heading: procedure.title,
    breadcrumb: draftBreadcrumb(procedure),
    acting: draftActing({ draft, mandateEnded }),
    service: draftNotice(service),
    view,
    index: partIndex(view.sections),
    multipart: view.uploads,
    action: `/pratiche/${draft.id}/modulo/${step}`,
    revision: draft.revision,
    back: previous(phases.steps, phases.position, procedure),
    saved: justSaved ? savedText(draft) : null,
    notice,
    differences: theirs
      ? differences(
          stepRows(procedure, step, { answers, files }),
          stepRows(procedure, step, { answers: theirs, files }),
        )
      : null,
  }
}

/** "Informazioni richieste" beside a step of several parts (service-requirements.md A5): its sections, or else its groups. */
function partIndex(sections: readonly SectionView[]) {
  const titled = sections.flatMap(({ id, title }) => (title === null ? [] : [{ id, label: title }]))
  const entries = (titled.length > 0 ? titled : sections.flatMap(({ fields }) => headed(fields))).map(
    ({ id, label }) => ({ href: `#${id}`, text: label }),
  )
  return entries.length > 1 ? entries : null
}

/** Groups and lists with a heading that is seen, those inside one that has none included. */
const headed = (fields: readonly FieldView[]): FieldView[] =>
  fields
    .filter(({ control, hidden }) => control.heading !== undefined && !hidden)
    .flatMap((field) => (field.control.heading === 'visually-hidden' ? headed(field.control.fields ?? []) : [field]))

const stepRows = (
  { form }: ProcedureVersion,
  step: string,
  { answers, files }: { answers: Answers; files: readonly StoredDocument[] },
): Row[] => summaryView(form, answers, { files, changeLink: (id) => id, only: step }).flatMap(({ rows }) => rows)

function previous(steps: readonly StepLink[], position: number, procedure: ProcedureVersion): string {
  return steps[position - 2]?.href ?? `/servizi/${procedure.id}`
}

/** What to say of files that came and were not kept, and of which field: none where it is not asked on the page that follows. */
export function leftOutTold(
  form: Form,
  step: string,
  { draft, theirs, leftOut }: Pick<SavedStep, 'draft' | 'theirs' | 'leftOut'>,
): { field: string; explanation: string }[] {
  const nowhere = (explanation: string) => ({ field: '', explanation })
  if (leftOut.length === 0) return []
  if (theirs) return [nowhere('I file che hai scelto in questa scheda non sono stati salvati: allegali di nuovo.')]
  const asked = uploadFields(form, answersInStep(form, draft, step))
  return [...new Set(leftOut.map(({ name }) => name))].map((field) => {
    const notSaved = `Non abbiamo salvato ${leftOut.filter(({ name }) => name === field).length} file`
    const most = asked.find(({ name }) => name === field)?.most
    if (most === undefined) return nowhere(`${notSaved}: con le risposte che hai dato il modulo non ne chiede.`)
    return {
      field,
      explanation: `${notSaved}: qui puoi caricarne al massimo ${most}. Eliminane uno prima di aggiungerne altri.`,
    }
  })
}
