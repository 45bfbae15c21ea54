import { CONCLUDED, type OfficeOrder, type SubmittedState } from '../filings/index.ts'
import { searchNumberIn } from '../shared/searches.ts'
import { WAITING } from '../workflow/index.ts'

/** The lists of the desk, in the order of the working day. */
export const LISTS: Readonly<Record<ListId, List>> = {
  'da-prendere': { label: 'Da prendere in carico', states: ['submitted'], order: 'due' },
  'in-corso': { label: 'In lavorazione', states: ['in-charge', 'attestation-asked'], order: 'due' },
  'in-attesa': {
    label: 'In attesa del cittadino',
    states: WAITING,
    order: 'answerBy',
  },
  concluse: { label: 'Concluse', states: CONCLUDED, order: 'newest' },
}

export type ListId = 'da-prendere' | 'in-corso' | 'in-attesa' | 'concluse'
/** What is to be done is listed by its last day, what waits for an answer by that of the answer, what is done by when that was. */
type List = Readonly<{ label: string; states: readonly SubmittedState[]; order: OfficeOrder }>

/** Where a filing is looked for. */
export const SEARCH = '/ufficio/cerca'

/** The address of a list; without a page the first, where what was done with several is told: it may have left its page. */
export function listHref({ list, mine }: { list: ListId; mine: boolean }, page?: number): string {
  const query = { elenco: list, ...(mine && { mie: '1' }), ...(page !== undefined && { pagina: String(page) }) }
  return `/ufficio?${new URLSearchParams(query).toString()}`
}

/** Where a page of the answer to this search by name is shown. */
export const nameSearchAddress = (search: number, page?: number): string =>
  `${SEARCH}?ricerca=${search}${page === undefined ? '' : `&pagina=${page}`}`

type Way = Readonly<{ href: string; text: string }>

/** The way to the list in which a filing in that state is. */
export function listOf(state: SubmittedState): Way {
  const [id, { label }] = Object.entries(LISTS).find(([, { states }]) => states.includes(state)) ?? ['', LISTS.concluse]
  return { href: `/ufficio?elenco=${id}`, text: label }
}

/** What the address of a filing that is opened from that page of a list says of the way back: nothing where its state says it. */
export const openedFromList = (list: { list: ListId; mine: boolean }, page: number): string =>
  list.mine || page > 1 ? endOf(listHref(list, page)) : ''

/** The same of a page of the answer to a search by name. */
export const openedFromSearch = (search: number, page: number): string =>
  endOf(nameSearchAddress(search, page > 1 ? page : undefined))

const endOf = (address: string): string => address.slice(address.indexOf('?'))

/** The way back to where a filing was opened from, as its address says it: a page of a list or of a search, else the list in which it is. */
export function wayBack(query: Readonly<Record<string, unknown>>, page: number, state: SubmittedState): Way {
  const { elenco, mie } = query
  const to = page > 1 ? page : undefined
  const search = searchNumberIn(query)
  if (search !== null) return { href: nameSearchAddress(search, to), text: 'Torna alla ricerca' }
  if (typeof elenco !== 'string' || !isList(elenco)) return listOf(state)
  return { href: listHref({ list: elenco, mine: mie === '1' }, to), text: LISTS[elenco].label }
}

/** Whether the desk has a list of that name. */
export const isList = (id: string): id is ListId => Object.hasOwn(LISTS, id)
