import type { StoredDocument } from '../documents/index.ts'
import {
  firstIncomplete,
  itemRows,
  itemView,
  journey,
  removeItemView,
  stepView,
  summaryView,
  type Answers,
  type FieldError,
  type ItemPlace,
} from '../forms/index.ts'
import type { Municipality } from '../municipalities/index.ts'
import { privacyNotice, type ProcedureVersion } from '../procedures/index.ts'
import { formatDateTime } from '../shared/dates.ts'
import type { FormBody } from '../shared/form-body.ts'
import type { OpenDraft, SavedStep } from './draft-service.ts'
import { actingView } from './acting-views.ts'
import { draftFiles } from './file-views.ts'
import type { ListedDraft } from './filing.ts'
import { SIGNATURES } from './signature-policy.ts'
import type { signersSection } from './signer-views.ts'
import { answersInStep } from './typed.ts'

type StepLink = Readonly<{ title: string; number: number; state: 'done' | 'current' | 'todo'; href?: string }>

/** All phases of a request as components/stepper wants them: privacy, the visible data steps, summary. */
function stepper({ draft, procedure }: Pick<OpenDraft, 'draft' | 'procedure'>, current: string) {
  const visible = journey(procedure.form, draft.answers).filter(({ state }) => state !== 'skipped')
  const phases = [
    { id: 'privacy', title: 'Informativa sulla privacy', done: true },
    ...visible.map(({ id, title, state }) => ({
      id,
      title,
      done: state === 'done',
      href: `/pratiche/${draft.id}/modulo/${id}`,
    })),
    { id: 'summary', title: 'Riepilogo', done: false },
  ]
  const steps = phases.map(({ id, title, done, ...link }, index): StepLink => ({
    title,
    number: index + 1,
    state: id === current ? 'current' : done ? 'done' : 'todo',
    ...(done && id !== current ? link : {}),
  }))
  return { steps, position: phases.findIndex(({ id }) => id === current) + 1, total: phases.length }
}

const trail = (procedure: ProcedureVersion) => [
  { text: 'Servizi', href: '/servizi' },
  { text: procedure.title, href: `/servizi/${procedure.id}` },
  { text: 'Richiesta' },
]

export function privacyPage(
  procedure: ProcedureVersion,
  municipality: Municipality,
  { key, drafts }: { key: string; drafts: readonly ListedDraft[] },
) {
  const visible = journey(procedure.form, {}).filter(({ state }) => state !== 'skipped')
  const titles = ['Informativa sulla privacy', ...visible.map(({ title }) => title), 'Riepilogo']
  return {
    title: `Informativa sulla privacy (1 di ${titles.length}) - ${procedure.title}`,
    heading: procedure.title,
    breadcrumb: trail(procedure),
    steps: titles.map((title, index): StepLink => ({
      title,
      number: index + 1,
      state: index === 0 ? 'current' : 'todo',
    })),
    position: 1,
    total: titles.length,
    action: `/servizi/${procedure.id}/avvia`,
    key,
    notice: privacyNotice(procedure, municipality),
    drafts: drafts.map((draft) => ({ href: `/pratiche/${draft.id}`, date: formatDateTime(draft.updatedAt) })),
  }
}

type StepPageInput = {
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
  { draft, procedure, files }: OpenDraft,
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
    breadcrumb: trail(procedure),
    acting: actingView(draft),
    view,
    index: sectionIndex(view.sections),
    multipart: view.uploads,
    action: `/pratiche/${draft.id}/modulo/${step}`,
    revision: draft.revision,
    back: previous(phases.steps, phases.position, procedure),
    saved: justSaved
      ? `Bozza salvata il ${formatDateTime(draft.updatedAt)}. La ritrovi nella tua area personale.`
      : null,
    notice,
    differences: theirs
      ? differences(
          stepRows(procedure, step, { answers, files }),
          stepRows(procedure, step, { answers: theirs, files }),
        )
      : null,
  }
}

/** "Informazioni richieste" beside a step of several parts (service-requirements.md A5). */
function sectionIndex(sections: readonly { id: string; title: string | null }[]) {
  const entries = sections.flatMap(({ id, title }) => (title === null ? [] : [{ href: `#${id}`, text: title }]))
  return entries.length > 1 ? entries : null
}

/** The step at its list: at its head a person would have to look for what they were doing (WCAG 2.4.3). */
export const listPath = ({ id }: OpenDraft['draft'], step: string, list: string): string =>
  `/pratiche/${id}/modulo/${step}#${list.replaceAll('.', '-')}`

type ItemPageInput = {
  step: string
  place: ItemPlace
  /** Item to which the page's form is posted, if it is not the one that the page shows. */
  to?: ItemPlace
  errors: readonly FieldError[]
  notes?: SavedStep['notes']
  theirs?: Answers | undefined
  notice?: string | null
}

/** The page of one item of a list, inside the step that the list belongs to. */
export function itemPage(
  { draft, procedure, files }: OpenDraft,
  { step, place, to = place, errors, notes, theirs, notice = null }: ItemPageInput,
) {
  const phases = stepper({ draft, procedure }, step)
  const here = `/pratiche/${draft.id}/modulo/${step}`
  const answers = answersInStep(procedure.form, draft, step)
  const view = itemView(procedure.form, place, answers, { errors, files: draftFiles(draft.id, files), ...notes })
  const title = `${view.title} - ${procedure.title}`
  return {
    ...phases,
    title: errors.length > 0 ? `Errore: ${title}` : title,
    heading: procedure.title,
    breadcrumb: trail(procedure),
    acting: actingView(draft),
    view,
    action: `${here}/${to.name}/${to.item ?? 'nuovo'}`,
    revision: draft.revision,
    back: listPath(draft, step, to.name),
    notice,
    differences: theirs
      ? differences(itemRows(procedure.form, place, answers), to.item ? itemRows(procedure.form, to, theirs) : [])
      : null,
  }
}

export function removeItemPage({ draft, procedure }: OpenDraft, { step, place }: { step: string; place: ItemPlace }) {
  const here = `/pratiche/${draft.id}/modulo/${step}`
  return {
    heading: procedure.title,
    breadcrumb: trail(procedure),
    acting: actingView(draft),
    view: removeItemView(procedure.form, place, answersInStep(procedure.form, draft, step)),
    action: `${here}/${place.name}/${place.item ?? 'nuovo'}/elimina`,
    back: listPath(draft, step, place.name),
  }
}

/** What to say of files that came and were not kept; null when all were. */
export function leftOutNotice({ theirs, leftOut }: SavedStep): string | null {
  if (leftOut.length === 0) return null
  if (theirs) return 'I file che hai scelto in questa scheda non sono stati salvati: allegali di nuovo.'
  return `Non abbiamo salvato ${leftOut.length} file: in quel punto il modulo ne prevede di meno. Eliminane uno prima di aggiungerne altri.`
}

/** The revision that the page was made from; a page without one is taken for current. */
export function revisionOf(body: FormBody, { draft }: Pick<OpenDraft, 'draft'>): number {
  const text = body['revision']
  return typeof text === 'string' && text !== '' ? Number(text) : draft.revision
}

export const FOUND_AGAIN =
  'Abbiamo ritrovato quello che avevi scritto prima di accedere di nuovo. Controllalo e continua; se avevi scelto dei file, allegali di nuovo.'

type Row = Readonly<{ label: string; value: string }>

const stepRows = (
  { form }: ProcedureVersion,
  step: string,
  { answers, files }: { answers: Answers; files: readonly StoredDocument[] },
): Row[] => summaryView(form, answers, { files, changeLink: (id) => id, only: step }).flatMap(({ rows }) => rows)

/** Fields that another tab saved with another value meanwhile: both are shown, what is typed here stays in the form. */
function differences(mine: readonly Row[], theirs: readonly Row[]) {
  const saved = new Map(theirs.map(({ label, value }) => [label, value]))
  return mine
    .filter(({ label, value }) => saved.get(label) !== value)
    .map(({ label, value }) => ({ label, mine: value, theirs: saved.get(label) ?? '(niente)' }))
}

function previous(steps: readonly StepLink[], position: number, procedure: ProcedureVersion): string {
  return steps[position - 2]?.href ?? `/servizi/${procedure.id}`
}

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
