import {
  actingView,
  CONCLUDED,
  isConcluded,
  stateView,
  totalIn,
  type About,
  type Counts,
  type Listed,
  type StateView,
} from '../filings/index.ts'
import { formatProtocol } from '../protocol/index.ts'
import { formatDate, formatDateTime } from '../shared/dates.ts'

type Row = Readonly<{
  title: string
  about: string | null
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
export const WAITING: readonly Listed['state'][] = ['waiting-integration', 'refusal-announced']

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

/** Of each kind the first page shows the first so many; all of them are in the list. */
export const FIRST = {
  waiting: { states: WAITING, page: 1, size: 10 },
  drafts: { states: ['draft'], page: 1, size: 5 },
  recent: { states: ['submitted', 'in-charge', ...CONCLUDED], page: 1, size: 5 },
} as const

type Home = Readonly<{ givenName: string; unread: number; toSign: number; about: About }> &
  Readonly<Record<keyof typeof FIRST, readonly Listed[]>>

/** First page of the area: what waits for the person comes first (R-AREA-01), then drafts, then the rest. */
export function areaHome(counts: Counts, { givenName, unread, toSign, about, waiting, drafts, recent }: Home) {
  const waitingCount = totalIn(counts, FIRST.waiting.states)
  const draftCount = totalIn(counts, FIRST.drafts.states)
  return {
    title: 'Area personale',
    heading: `Ciao, ${givenName}`,
    tabs: areaTabs('home', unread),
    waiting: filingRows(waiting, about),
    waitingCount,
    moreWaiting: waitingCount > waiting.length,
    drafts: filingRows(drafts, about),
    draftCount,
    moreDrafts: draftCount > drafts.length,
    recent: filingRows(recent, about),
    empty: totalIn(counts) === 0,
    unread,
    toSign,
  }
}

/** Filings in a list of the area, with what tells them apart. */
export const filingRows = (filings: readonly Listed[], about: About): Row[] =>
  filings.map((filing) => filingRow(filing, about.get(filing.id) ?? null))

function filingRow(filing: Listed, about: string | null): Row {
  const draft = filing.state === 'draft'
  return {
    title: filing.procedure.title,
    about,
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
