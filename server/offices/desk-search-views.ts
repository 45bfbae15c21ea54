import { MOST_NAMED, type Named } from '../filings/index.ts'
import type { Municipality } from '../municipalities/index.ts'
import type { IsoDate } from '../shared/dates.ts'
import { formatFigure } from '../shared/figure.ts'
import { pagesOf, paginationOf } from '../shared/pagination.ts'
import { PAGE_SIZE } from './desk-list-service.ts'
import type { DeskSearches } from './desk-search.ts'
import type { Desk } from './desk-service.ts'
import { nameSearchAddress, openedFromSearch, SEARCH } from './desk-list.ts'
import { deskFrame, rowsOf, type Besides, type Listed } from './desk-views.ts'

/** Where what has this number is shown; without one what can be looked for. */
export const numberSearchAddress = (typed: string): string =>
  typed === '' ? SEARCH : `${SEARCH}?${new URLSearchParams({ q: typed }).toString()}`

/** The desk's bar with what was typed in it. */
function frameOf(municipality: Municipality, desk: Desk, query: string) {
  const frame = deskFrame(municipality, desk, '')
  return { ...frame, search: frame.search && { ...frame.search, query } }
}

const WHAT_TO_TYPE = {
  title: 'Scrivi che cosa cercare',
  text: 'Il numero di protocollo, per esempio 0000012/2026 (basta anche 12), oppure il cognome, il nome della società o il codice fiscale di chi ha presentato la richiesta o della persona per cui è presentata. Si cerca tra le pratiche dei tuoi uffici.',
}

/** What has the number that was typed, when it is not one filing alone; the search of the bar keeps it. */
export function numberSearchPage(
  municipality: Municipality,
  desk: Desk,
  { typed, ...listed }: Omit<Listed, 'openedFrom'> & Readonly<{ typed: string }>,
) {
  const none = {
    title: 'Nessuna pratica con questo numero',
    text: 'Il numero è quello con cui la richiesta è stata protocollata, per esempio 0000012/2026: basta anche 12. Si cerca tra le pratiche dei tuoi uffici.',
  }
  return {
    ...frameOf(municipality, desk, typed),
    title: typed === '' ? 'Ricerca di una pratica' : `Ricerca del protocollo «${typed}»`,
    rows: rowsOf(municipality, desk, { ...listed, openedFrom: '' }),
    empty: typed === '' ? WHAT_TO_TYPE : none,
  }
}

type Answer = Readonly<{
  search: DeskSearches[number]
  /** Null when what was typed is too short to look for. */
  found: (Named & Readonly<{ page: number }>) | null
  today: IsoDate
}> &
  Besides

/** What was filed by whom or for whom has the name that was typed. The title does not say it: browsers keep titles. */
export function nameSearchPage(municipality: Municipality, desk: Desk, { search, found, ...listed }: Answer) {
  const frame = { ...frameOf(municipality, desk, search.name), title: 'Ricerca per nome o codice fiscale' }
  if (!found) return { ...frame, rows: [], empty: WHAT_TO_TYPE }
  const { filings, total, page } = found
  return {
    ...frame,
    rows: rowsOf(municipality, desk, { filings, ...listed, openedFrom: openedFromSearch(search.number, page) }),
    more: found.more,
    count: `${countText(found)} di «${search.name}»`,
    pagination: paginationOf(page, pagesOf(total, PAGE_SIZE), (to) => nameSearchAddress(search.number, to)),
    empty: {
      title: `Nessuna pratica di «${search.name}»`,
      text: 'Scrivi per intero il cognome, il nome della società o il codice fiscale: si cerca chi ha presentato la richiesta e la persona per cui è presentata, tra le pratiche dei tuoi uffici.',
    },
  }
}

function countText({ total, more }: Named): string {
  if (more) return `Più di ${formatFigure(MOST_NAMED)} pratiche`
  return total === 1 ? '1 pratica' : `${formatFigure(total)} pratiche`
}
