import type { StoredDocument } from '../documents/index.ts'
import type { HistoryEvent } from '../history/index.ts'
import { formatProtocol } from '../protocol/index.ts'
import { formatDate, formatDateTime, formatLongDate, withDay } from '../shared/dates.ts'
import { isConcluded, type Filing, type SubmittedState } from './filing.ts'
import type { OpenFiling } from './open-filing.ts'

export type StateView = Readonly<{ label: string; tone: 'neutral' | 'active' | 'waiting' | 'success' | 'danger' }>

/** Words of the official model for the personal area (service-requirements.md A2). */
const STATES: Record<SubmittedState | 'draft', StateView> = {
  draft: { label: 'In bozza', tone: 'neutral' },
  submitted: { label: 'Inviata', tone: 'active' },
  'in-charge': { label: 'In elaborazione', tone: 'active' },
  'waiting-integration': { label: 'Da integrare', tone: 'waiting' },
  'refusal-announced': { label: 'Preavviso di rigetto', tone: 'waiting' },
  'attestation-asked': { label: 'Attestazione richiesta', tone: 'active' },
  accepted: { label: 'Accettata', tone: 'success' },
  refused: { label: 'Rifiutata', tone: 'danger' },
  withdrawn: { label: 'Ritirata', tone: 'neutral' },
  closed: { label: 'Conclusa', tone: 'neutral' },
}

/** A filing's state as people read it. */
export const stateView = (filing: Pick<Filing, 'state'>): StateView => STATES[filing.state]

/** What the pages of a filing say when its number was annulled (DPR 445/2000 art. 54); null while it stands. */
export function annulledText({ filing, annulment }: Pick<OpenFiling, 'filing' | 'annulment'>): string[] | null {
  if (!annulment) return null
  const { at, act, reason } = annulment
  const by = act ? `, con il provvedimento n. ${act.number} ${withDay('del', formatDate(act.date))}` : ''
  return [
    `La registrazione n. ${formatProtocol(filing.protocol)} è stata annullata ${withDay('il', formatDateTime(at))}${by}. Motivo: ${reason}`,
    'L’annullamento riguarda la registrazione e non cambia da sé lo stato e i termini della pratica.',
  ]
}

/** One entry of components/timeline. */
type Milestone = Readonly<{
  state: 'done' | 'current' | 'future'
  title: string
  date: string
  text: string | null
  by: string | null
}>

const EVENTS: Record<HistoryEvent['type'], string> = {
  submitted: 'Richiesta inviata e protocollata',
  'taken-in-charge': 'Presa in carico',
  'integration-requested': 'Richiesta di integrazione',
  'integration-received': 'Integrazione ricevuta',
  'refusal-announced': 'Preavviso di rigetto',
  'observations-received': 'Osservazioni ricevute',
  'attestation-requested': 'Richiesta di attestazione del termine passato',
  accepted: 'Richiesta accettata',
  refused: 'Richiesta rifiutata',
  withdrawn: 'Rinuncia del richiedente',
  'outcome-sent': 'Esito comunicato',
  'message-sent': 'Comunicazione inviata',
  'document-issued': 'Documento rilasciato',
  closed: 'Pratica conclusa',
  'conflict-declared': 'Un operatore si è astenuto',
  assigned: 'Pratica assegnata',
  'signature-asked': 'Messa alla firma',
  'signature-refused': 'Restituita senza firma',
}

/** What happened, in the words of the person's page. */
export const eventTitle = (type: HistoryEvent['type']): string => EVENTS[type]

/**
 * What goes on inside the office is no answer yet, and the filer's page does not show it. The bundle has it, like all of the
 * history, without its words.
 */
const INSIDE: ReadonlySet<HistoryEvent['type']> = new Set(['signature-asked', 'signature-refused'])

/** Beyond this a history hides what stands below it on a telephone; then only its end is open. */
const FOLDED = { from: 12, open: 6 }

/** The milestones of a page: those long past apart, for a history of many. */
export function historyParts(...of: Parameters<typeof milestones>): { earlier: Milestone[]; milestones: Milestone[] } {
  const all = milestones(...of)
  const cut = all.length > FOLDED.from ? all.length - FOLDED.open : 0
  return { earlier: all.slice(0, cut), milestones: all.slice(cut) }
}

/** What has happened, oldest first, then the day by which the office must answer; to officers also what goes on inside. */
function milestones(
  { filing, events, procedure }: Pick<OpenFiling, 'filing' | 'events' | 'procedure'>,
  { inside }: { inside: boolean },
): Milestone[] {
  const shown = events.filter(({ type }) => inside || !INSIDE.has(type))
  const done = shown.map((event) => milestoneOf(event, { inside }))
  if (isConcluded(filing)) return done
  return [
    ...done,
    {
      state: 'future',
      title: 'Risposta del Comune',
      date: `entro ${formatLongDate(filing.due)}`,
      text: procedure.term.silence,
      by: null,
    },
  ]
}

/** What has happened, as the timeline tells it. */
export function milestoneOf({ type, at, by, data, note }: HistoryEvent, { inside }: { inside: boolean }): Milestone {
  const protocol = protocolOf(data['protocol'])
  return {
    state: 'done',
    title: EVENTS[type],
    date: formatDateTime(at),
    // What a citizen did is told to themselves («Hai inviato…»): no words for the office.
    text: text(note) ?? text(data['reasons']) ?? (inside && by.kind === 'citizen' ? null : text(data['told'])),
    by:
      [
        by.kind === 'officer' ? by.name : null,
        protocol ? `Protocollo n. ${protocol}` : null,
        inside && data['unconfirmed'] === true ? 'Delega da verificare: il Registro imprese non rispondeva' : null,
      ]
        .filter(Boolean)
        .join(' · ') || null,
  }
}

/** The documents that came in and those that were issued, newest first. */
export const newestFirst = (files: readonly StoredDocument[]): StoredDocument[] =>
  [...files].sort((a, b) => b.createdAt.getTime() - a.createdAt.getTime())

const text = (value: unknown): string | null => (typeof value === 'string' && value !== '' ? value : null)

function protocolOf(value: unknown): string | null {
  const protocol = value as { number: number; year: number } | undefined
  return protocol ? formatProtocol(protocol) : null
}
