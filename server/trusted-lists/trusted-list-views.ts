import { formatDate, formatDateTime, withDay } from '../shared/dates.ts'
import { LIST_OF_LISTS } from '../signing/index.ts'
import type { ListProblem, ListState } from './trusted-list-refresh.ts'

type TrustedListsPage = Readonly<{
  title: string
  /** Whether an address is configured. */
  configured: boolean
  /** What the administrator should know first. */
  alert: Readonly<{ type: 'success' | 'warning'; title: string; text: string }> | null
  rows: readonly Readonly<{
    territory: string
    name: string
    sequence: string
    issued: string
    nextUpdate: string
    tried: string
    state: Readonly<{ tone: 'success' | 'waiting' | 'danger'; text: string }>
    /** What it means, empty when all is well. */
    note: string
  }>[]
}>

const PROBLEMS: Readonly<Record<ListProblem, string>> = {
  unreachable: 'Il sito che la pubblica non ha risposto.',
  unreadable: 'Il file pubblicato non è una lista di fiducia leggibile.',
  'other-territory': 'Il file pubblicato è la lista di un altro Stato.',
  older: 'Il file pubblicato è più vecchio della copia in uso.',
  'badly-signed': 'La firma del file pubblicato non è valida, o non è di chi può firmarlo.',
}

const countries = new Intl.DisplayNames('it', { type: 'region' })

/** Each list with its state in words; those that need somebody's attention first. */
export function trustedListsPage(
  states: readonly ListState[],
  { configured, now }: { configured: boolean; now: Date },
): TrustedListsPage {
  const rows = states
    .map((state) => row(state, now))
    .sort((left, right) => WEIGHT[left.state.tone] - WEIGHT[right.state.tone])
  return { title: 'Liste di fiducia', configured, alert: configured && rows.length > 0 ? alertOf(rows) : null, rows }
}

const WEIGHT = { danger: 0, waiting: 1, success: 2 } as const

function alertOf(rows: TrustedListsPage['rows']): TrustedListsPage['alert'] {
  const troubled = rows.filter(({ state }) => state.tone !== 'success').length
  if (troubled === 0)
    return {
      type: 'success',
      title: 'Tutte le liste sono aggiornate',
      text: 'Le firme sono verificate con i dati in vigore oggi.',
    }
  const [which, are] = troubled === 1 ? ['Una lista', 'è'] : [`${troubled} liste`, 'sono']
  return {
    type: 'warning',
    title: `${which} da guardare`,
    text: `Finché non ${are} in ordine si usa l’ultima copia valida. Nessuna pratica si ferma: le verifiche incerte saranno ripetute da sole.`,
  }
}

function row(state: ListState, now: Date): TrustedListsPage['rows'][number] {
  const { territory, sequence, issued, nextUpdate, tried, problem } = state
  return {
    territory,
    name: territory === LIST_OF_LISTS ? 'Unione europea (elenco delle liste)' : countryName(territory),
    sequence: sequence === null ? '—' : String(sequence),
    issued: issued ? formatDate(issued) : '—',
    nextUpdate: nextUpdate ? formatDate(nextUpdate) : '—',
    tried: formatDateTime(tried),
    ...judged(state, now),
    note: noteOf(problem, isStale(state, now) ? nextUpdate : null, sequence !== null),
  }
}

/** Whether the day has passed by which its State promised the next list. */
const isStale = ({ nextUpdate }: ListState, now: Date): boolean => nextUpdate !== null && nextUpdate < now

function judged(state: ListState, now: Date): Pick<TrustedListsPage['rows'][number], 'state'> {
  if (state.sequence === null) return { state: { tone: 'danger', text: 'Mai ricevuta' } }
  if (isStale(state, now)) return { state: { tone: 'danger', text: 'Scaduta' } }
  return { state: state.problem ? { tone: 'waiting', text: 'Non aggiornata' } : { tone: 'success', text: 'In vigore' } }
}

function noteOf(problem: ListProblem | null, overdue: Date | null, hasCopy: boolean): string {
  return [
    ...(problem ? [PROBLEMS[problem]] : []),
    ...(overdue
      ? [
          `Doveva essere sostituita entro ${withDay('il', formatDate(overdue))}: ciò che dice sulla qualifica delle firme non è certo.`,
        ]
      : []),
    ...(problem && hasCopy ? ['Resta in uso l’ultima copia valida.'] : []),
  ].join(' ')
}

/** Territories are ISO 3166-1 codes, but `UK` and `EL` (TS 119 612 §5.3.10). */
function countryName(territory: string): string {
  const code = { UK: 'GB', EL: 'GR' }[territory] ?? territory
  return /^[A-Z]{2}$/.test(code) ? (countries.of(code) ?? territory) : territory
}
