import { actingView } from '../filings/index.ts'
import { journey } from '../forms/index.ts'
import type { ProcedureVersion } from '../procedures/index.ts'
import { formatDateTime, withDay } from '../shared/dates.ts'
import type { FormBody } from '../shared/form-body.ts'
import type { OpenDraft } from './draft.ts'

export type StepLink = Readonly<{ title: string; number: number; state: 'done' | 'current' | 'todo'; href?: string }>

/** All phases of a request as components/stepper wants them: privacy, the visible data steps, summary. */
export function stepper({ draft, procedure }: Pick<OpenDraft, 'draft' | 'procedure'>, current: string) {
  const visible = journey(procedure.form, draft.answers).filter(({ state }) => state !== 'skipped')
  const phases = [
    { id: 'privacy', title: consentTitle(procedure), done: true },
    ...visible.map(({ id, title, state }) => ({
      id,
      title,
      done: state === 'done',
      href: `/pratiche/${draft.id}/modulo/${id}`,
    })),
    { id: 'summary', title: 'Riepilogo', done: false },
  ]
  const here = phases.findIndex(({ id }) => id === current)
  // What is optional is complete before anybody saw it: it can be opened, and is not called done.
  const passed = draft.reachedSummary ? phases.length : here
  const steps = phases.map(({ title, done, ...link }, index): StepLink => ({
    title,
    number: index + 1,
    state: index === here ? 'current' : done && index < passed ? 'done' : 'todo',
    ...(done && index !== here ? link : {}),
  }))
  return { steps, position: here + 1, total: phases.length }
}

/** The first phase, as the official model calls it (service-requirements.md A5). */
export const consentTitle = ({ kind }: ProcedureVersion): string =>
  kind === 'segnalazione' ? 'Autorizzazioni e condizioni' : 'Informativa sulla privacy'

export const draftBreadcrumb = (procedure: ProcedureVersion) => [
  { text: 'Servizi', href: '/servizi' },
  { text: procedure.title, href: `/servizi/${procedure.id}` },
  { text: 'Richiesta' },
]

/** How every page of a draft says for whom it is, and that it cannot be sent as things stand. */
export function draftActing({ draft, mandateEnded }: Pick<OpenDraft, 'draft' | 'mandateEnded'>) {
  const acting = actingView(draft)
  return acting && { ...acting, ended: mandateEnded ? endedText(acting.principal) : null }
}

const endedText = (principal: string): string =>
  `Non hai più una delega valida di ${principal} per questa richiesta: puoi continuare a compilare la bozza, e inviarla quando ne hai una nuova.`

export const savedText = ({ updatedAt }: OpenDraft['draft']): string =>
  `Bozza salvata ${withDay('il', formatDateTime(updatedAt))}. La ritrovi nella tua area personale.`

/** The revision that the page was made from; a page without one is taken for current. */
export function revisionOf(body: FormBody, { draft }: Pick<OpenDraft, 'draft'>): number {
  const text = body['revision']
  return typeof text === 'string' && text !== '' ? Number(text) : draft.revision
}

export type Row = Readonly<{ label: string; value: string }>

/** Fields that another tab saved with another value meanwhile: both are shown, what is typed here stays in the form. */
export function differences(mine: readonly Row[], theirs: readonly Row[]) {
  const saved = new Map(theirs.map(({ label, value }) => [label, value]))
  return mine
    .filter(({ label, value }) => saved.get(label) !== value)
    .map(({ label, value }) => ({ label, mine: value, theirs: saved.get(label) ?? '(niente)' }))
}
