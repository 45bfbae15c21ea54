import { DRAFT_DAYS } from '../drafts/index.ts'
import type { Listed } from '../filings/index.ts'
import { formatFigure } from '../shared/figure.ts'
import { pagesOf, paginationOf } from '../shared/pagination.ts'
import { typedProtocol } from '../shared/protocol-number.ts'
import { areaTabs, filingRow, WAITING } from './area-views.ts'

const BASE = '/area-personale/pratiche'
const PAGE_SIZE = 20

const only = (label: string, ...states: Listed['state'][]) => ({
  label,
  matches: ({ state }: Listed) => states.includes(state),
})

/** In the words of the official model (service-requirements.md A2), which the list has at each filing too. */
const FILTERS = {
  tutte: { label: 'Tutte', matches: () => true },
  bozze: only('In bozza', 'draft'),
  'da-integrare': only('Da integrare', ...WAITING),
  inviate: only('Inviate', 'submitted'),
  'in-elaborazione': only('In elaborazione', 'in-charge'),
  accettate: only('Accettate', 'accepted'),
  rifiutate: only('Rifiutate', 'refused'),
  concluse: only('Altre concluse', 'closed', 'withdrawn'),
}

type FilterId = keyof typeof FILTERS

/** What was asked of the list, as the address has it. */
export type ListQuery = Readonly<{ filter: string; number: string; page: number }>

/** All filings of a person, the last that something happened to first, in pages; of one state, or with one number. */
export function areaFilings(filings: readonly Listed[], query: ListQuery, unread: number) {
  const chosen: FilterId = Object.hasOwn(FILTERS, query.filter) ? (query.filter as FilterId) : 'tutte'
  const number = query.number.trim()
  const found = number === '' ? filings : filings.filter(withNumber(number))
  const rows = found.filter(FILTERS[chosen].matches)
  const last = pagesOf(rows.length, PAGE_SIZE)
  const page = Math.min(query.page, last)
  const heading = 'Le mie pratiche'
  return {
    title: last > 1 ? `${heading}, pagina ${formatFigure(page)} di ${formatFigure(last)}` : heading,
    heading,
    tabs: areaTabs('filings', unread),
    // Who has nothing yet has nothing to look for.
    search: filings.length > 0 && { action: BASE, number, filter: chosen, all: number === '' ? null : BASE },
    // A telephone has no room for those under which nothing is.
    filters: filtersOf(found, { chosen, number }).filter(
      ({ count, current }, index) => index === 0 || count > 0 || current,
    ),
    rows: rows.slice((page - 1) * PAGE_SIZE, page * PAGE_SIZE).map(filingRow),
    empty: emptyText({ any: filings.length > 0, number, drafts: chosen === 'bozze' }),
    pagination: paginationOf(page, last, (to) => addressOf({ filter: chosen, number, page: to })),
  }
}

const filtersOf = (found: readonly Listed[], { chosen, number }: { chosen: FilterId; number: string }) =>
  Object.entries(FILTERS).map(([id, { label, matches }]) => ({
    text: label,
    href: addressOf({ filter: id as FilterId, number }),
    count: found.filter(matches).length,
    current: id === chosen,
  }))

/** The number that a receipt shows, as people copy or remember it. */
function withNumber(typed: string): (filing: Listed) => boolean {
  const asked = typedProtocol(typed)
  return (filing) =>
    filing.state !== 'draft' &&
    filing.protocol.number === asked?.number &&
    (asked.year === undefined || filing.protocol.year === asked.year)
}

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
