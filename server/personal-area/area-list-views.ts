import { DRAFT_DAYS } from '../drafts/index.ts'
import { totalIn, type Counts, type Listed } from '../filings/index.ts'
import { pagesOf, paginationOf } from '../shared/pagination.ts'
import { typedProtocol } from '../shared/protocol-number.ts'
import { WAITING } from '../workflow/index.ts'
import { areaTabs, filingRows, type Besides } from './area-views.ts'

const BASE = '/area-personale/pratiche'
const PAGE_SIZE = 20

type State = Listed['state']

const only = (label: string, ...states: readonly State[]) => ({ label, states })

/** In the words of the official model (service-requirements.md A2), which the list has at each filing too. */
const FILTERS = {
  tutte: { label: 'Tutte', states: undefined },
  bozze: only('In bozza', 'draft'),
  'da-integrare': only('Da integrare', ...WAITING),
  inviate: only('Inviate', 'submitted'),
  'in-elaborazione': only('In elaborazione', 'in-charge', 'attestation-asked'),
  accettate: only('Accettate', 'accepted'),
  rifiutate: only('Rifiutate', 'refused'),
  concluse: only('Altre concluse', 'closed', 'withdrawn'),
}

type FilterId = keyof typeof FILTERS

/** What was asked of the list, as the address has it. */
export type ListQuery = Readonly<{ filter: string; number: string; page: number }>

/** The same, understood. `protocol` is null for what is no number: nothing is found by it. */
type Wanted = ReturnType<typeof wantedIn>

export function wantedIn({ filter, number: typed, page }: ListQuery) {
  const chosen: FilterId = Object.hasOwn(FILTERS, filter) ? (filter as FilterId) : 'tutte'
  const number = typed.trim()
  return { chosen, number, page, protocol: number === '' ? undefined : typedProtocol(number) }
}

/** Which rows to read for the page that was asked for, or for the last one that there is; `found`: those with the number. */
export function rowsFor({ chosen, page }: Wanted, found: Counts) {
  const { states } = FILTERS[chosen]
  const last = pagesOf(totalIn(found, states), PAGE_SIZE)
  return { ...(states && { states }), page: Math.min(page, last), size: PAGE_SIZE, last }
}

type List = Readonly<{ all: Counts; found: Counts; rows: readonly Listed[]; unread: number }> & Besides

/** All filings of a person, the last that something happened to first, in pages; of one state, or with one number. */
export function areaFilings(wanted: Wanted, { all, found, rows, unread, ...besides }: List) {
  const { chosen, number } = wanted
  const { page, last } = rowsFor(wanted, found)
  const any = totalIn(all) > 0
  return {
    title: 'Le mie pratiche',
    tabs: areaTabs('filings', unread),
    // Who has nothing yet has nothing to look for.
    search: any && { action: BASE, number, filter: chosen, all: number === '' ? null : BASE },
    // A telephone has no room for those under which nothing is.
    filters: filtersOf(found, { chosen, number }).filter(
      ({ count, current }, index) => index === 0 || count > 0 || current,
    ),
    rows: filingRows(rows, besides),
    empty: emptyText({ any, number, drafts: chosen === 'bozze' }),
    pagination: paginationOf(page, last, (to) => addressOf({ filter: chosen, number, page: to })),
  }
}

const filtersOf = (found: Counts, { chosen, number }: { chosen: FilterId; number: string }) =>
  Object.entries(FILTERS).map(([id, { label, states }]) => ({
    text: label,
    href: addressOf({ filter: id as FilterId, number }),
    count: totalIn(found, states),
    current: id === chosen,
  }))

function emptyText({ any, number, drafts }: { any: boolean; number: string; drafts: boolean }) {
  if (drafts && number === '')
    return {
      title: 'Nessuna bozza',
      text: `Una bozza si cancella da sola, con i suoi file, ${DRAFT_DAYS} giorni dopo l’ultima volta che la salvi.`,
    }
  if (!any)
    return {
      title: 'Non hai ancora pratiche',
      text: 'Quando invii una richiesta la ritrovi qui, con il suo numero di protocollo e a che punto è.',
    }
  if (number !== '')
    return {
      title: 'Nessuna pratica con questo numero',
      text: 'Il numero di protocollo è sulla ricevuta, per esempio 0000012/2026: basta anche 12. Una bozza non ha ancora numero.',
    }
  return {
    title: 'Nessuna pratica in questo elenco',
    text: 'Scegli un altro stato, oppure inizia una nuova richiesta.',
  }
}

function addressOf({ filter, number, page = 1 }: { filter: FilterId; number: string; page?: number }): string {
  const query = new URLSearchParams({
    stato: filter,
    ...(number === '' ? {} : { numero: number }),
    ...(page === 1 ? {} : { pagina: String(page) }),
  })
  return `${BASE}?${query.toString()}`
}
