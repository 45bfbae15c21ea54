import type { Login } from '../identity/index.ts'
import { pagesOf, paginationOf } from '../shared/pagination.ts'
import { partyName } from '../shared/party.ts'
import { scopeText } from './mandate-scope-views.ts'
import { BASE, periodText, sideView, STATES, type Frame } from './mandate-views.ts'
import { stateOf, type Mandate, type MandatePage, type PageAsked } from './mandate.ts'
import { sideOf } from './representation-service.ts'

export const PAGE_SIZE = 20

/** How the address calls the page of each list: both are on one page, and each is paged by itself. */
export const PAGES = { principalKey: 'date', proxyKey: 'ricevute' } as const satisfies Record<PageAsked['side'], string>

type Paged = MandatePage & Readonly<{ page: number }>

/** Mandates given and received, a page of each. */
export function mandatesPage(
  { given, received }: Readonly<{ given: Paged; received: Paged }>,
  login: Login,
  { tabs, choices, now }: Frame,
) {
  const key = sideOf(login)
  const company = login.represents ?? null
  const rows = ({ mandates }: Paged) => mandates.map((mandate) => row(mandate, key, { choices, now }))
  const addressOf = (pages: { date: number; ricevute: number }, place: string): string =>
    `${BASE}?date=${pages.date}&ricevute=${pages.ricevute}#${place}`
  const at = { date: given.page, ricevute: received.page }
  return {
    title: 'Deleghe',
    intro: company
      ? 'Chi può agire per l’impresa nei servizi del Comune.'
      : 'Chi può agire per te nei servizi del Comune, e per chi puoi agire tu.',
    tabs,
    company: sideView(company),
    companyHref: `${BASE}/impresa`,
    given: {
      rows: rows(given),
      pagination: pagesIn(given, 'Pagine delle deleghe date', (date) => addressOf({ ...at, date }, 'given-title')),
    },
    received: {
      rows: rows(received),
      pagination: pagesIn(received, 'Pagine delle deleghe ricevute', (ricevute) =>
        addressOf({ ...at, ricevute }, 'received-title'),
      ),
    },
    newHref: `${BASE}/nuova`,
    showHref: `${BASE}/procura`,
  }
}

/** Two lists are on the page: each says which its pages are of. */
function pagesIn({ total, page }: Paged, label: string, href: (page: number) => string) {
  const pagination = paginationOf(page, pagesOf(total, PAGE_SIZE), href)
  return pagination && { ...pagination, label }
}

function row(mandate: Mandate, key: string, { choices, now }: Omit<Frame, 'tabs'>) {
  return {
    href: `${BASE}/${mandate.id}`,
    name: partyName(mandate.principalKey === key ? mandate.proxy : mandate.principal),
    state: STATES[stateOf(mandate, now)],
    scope: scopeText(mandate, choices),
    period: periodText(mandate),
  }
}
