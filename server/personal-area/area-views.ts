import { actingView, isConcluded, stateView, type Listed, type StateView } from '../filings/index.ts'
import { formatProtocol } from '../protocol/index.ts'
import { formatDate, formatDateTime } from '../shared/dates.ts'

type Row = Readonly<{
  title: string
  href: string
  state: StateView
  principal: string | null
  protocol: string | null
  date: string
  due: string | null
  discardHref: string | null
  note: string | null
}>

/** States in which the office waits for the person. */
export const WAITING: ReadonlySet<Listed['state']> = new Set<Listed['state']>([
  'waiting-integration',
  'refusal-announced',
])

export type AreaSection =
  'home' | 'filings' | 'messages' | 'signing' | 'mandates' | 'sessions' | 'consultations' | 'data'

/** Sections of the personal area, each a page with its own address. */
export const areaTabs = (current: AreaSection, unread: number) => [
  { text: 'Scrivania', href: '/area-personale', current: current === 'home' },
  { text: 'Pratiche', href: '/area-personale/pratiche', current: current === 'filings' },
  {
    text: 'Messaggi',
    href: '/area-personale/messaggi',
    current: current === 'messages',
    count: unread || null,
    countText: 'da leggere',
  },
  { text: 'Da firmare', href: '/area-personale/firme', current: current === 'signing' },
  { text: 'Deleghe', href: '/area-personale/deleghe', current: current === 'mandates' },
  { text: 'Accessi', href: '/area-personale/accessi', current: current === 'sessions' },
  { text: 'Chi ha visto i miei dati', href: '/area-personale/consultazioni', current: current === 'consultations' },
  { text: 'I miei dati', href: '/area-personale/i-miei-dati', current: current === 'data' },
]

type Home = { givenName: string; unread: number; toSign: number }

/** Of each kind the first page shows so many; all of them are in the list. */
const FIRST = { waiting: 10, drafts: 5, recent: 5 }

/** First page of the area: what waits for the person comes first (R-AREA-01), then drafts, then the rest. */
export function areaHome(filings: readonly Listed[], { givenName, unread, toSign }: Home) {
  const waiting = filings.filter(({ state }) => WAITING.has(state))
  const drafts = filings.filter(({ state }) => state === 'draft')
  const recent = filings.filter(({ state }) => state !== 'draft' && !WAITING.has(state))
  return {
    title: 'Area personale',
    heading: `Ciao, ${givenName}`,
    tabs: areaTabs('home', unread),
    waiting: waiting.slice(0, FIRST.waiting).map(filingRow),
    waitingCount: waiting.length,
    moreWaiting: waiting.length > FIRST.waiting,
    drafts: drafts.slice(0, FIRST.drafts).map(filingRow),
    draftCount: drafts.length,
    moreDrafts: drafts.length > FIRST.drafts,
    recent: recent.slice(0, FIRST.recent).map(filingRow),
    empty: filings.length === 0,
    unread,
    toSign,
  }
}

/** One filing in a list of the area. */
export function filingRow(filing: Listed): Row {
  const draft = filing.state === 'draft'
  return {
    title: filing.procedure.title,
    href: `/pratiche/${filing.id}`,
    state: stateView(filing),
    principal: actingView(filing)?.principal ?? null,
    protocol: draft ? null : formatProtocol(filing.protocol),
    date: draft ? `Salvata il ${formatDateTime(filing.updatedAt)}` : `Inviata il ${formatDate(filing.protocol.at)}`,
    due: draft || isConcluded(filing) ? null : formatDate(filing.due),
    discardHref: draft ? `/pratiche/${filing.id}/elimina` : null,
    note: draft ? `Si cancella da sola il ${formatDate(filing.expiresAt)} se non la riprendi.` : null,
  }
}
