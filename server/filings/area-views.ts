import { formatProtocol } from '../protocol/index.ts'
import { formatDate, formatDateTime } from '../shared/dates.ts'
import { actingView } from './acting-views.ts'
import { stateView, type StateView } from './filing-views.ts'
import type { Filing } from './filing.ts'

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

const WAITING = new Set<Filing['state']>(['waiting-integration', 'refusal-announced'])

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

const FILTERS = {
  tutte: () => true,
  bozze: (filing: Filing) => filing.state === 'draft',
  'da-integrare': (filing: Filing) => WAITING.has(filing.state),
  'in-corso': (filing: Filing) => filing.state === 'submitted' || filing.state === 'in-charge',
  concluse: (filing: Filing) => ['accepted', 'refused', 'closed'].includes(filing.state),
}

const FILTER_LABELS: Record<keyof typeof FILTERS, string> = {
  tutte: 'Tutte',
  bozze: 'In bozza',
  'da-integrare': 'Da integrare',
  'in-corso': 'In corso',
  concluse: 'Concluse',
}

type Home = { givenName: string; unread: number; toSign: number }

/** First page of the area: what waits for the person comes first (R-AREA-01), then drafts, then the rest. */
export function areaHome(filings: readonly Filing[], { givenName, unread, toSign }: Home) {
  return {
    title: 'Area personale',
    heading: `Ciao, ${givenName}`,
    tabs: areaTabs('home', unread),
    waiting: filings.filter(({ state }) => WAITING.has(state)).map(row),
    drafts: filings.filter(({ state }) => state === 'draft').map(row),
    recent: filings
      .filter(({ state }) => state !== 'draft' && !WAITING.has(state))
      .slice(0, 5)
      .map(row),
    empty: filings.length === 0,
    unread,
    toSign,
  }
}

export function areaFilings(filings: readonly Filing[], { filter, unread }: { filter: string; unread: number }) {
  const chosen = Object.hasOwn(FILTERS, filter) ? (filter as keyof typeof FILTERS) : 'tutte'
  return {
    title: 'Le mie pratiche',
    heading: 'Le mie pratiche',
    tabs: areaTabs('filings', unread),
    filters: Object.entries(FILTERS).map(([id, matches]) => ({
      text: FILTER_LABELS[id as keyof typeof FILTERS],
      href: `/area-personale/pratiche?stato=${id}`,
      count: filings.filter(matches).length,
      current: id === chosen,
    })),
    rows: filings.filter(FILTERS[chosen]).map(row),
  }
}

function row(filing: Filing): Row {
  const draft = filing.state === 'draft'
  return {
    title: filing.procedure.title,
    href: `/pratiche/${filing.id}`,
    state: stateView(filing),
    principal: actingView(filing)?.principal ?? null,
    protocol: draft ? null : formatProtocol(filing.protocol),
    date: draft ? `Salvata il ${formatDateTime(filing.updatedAt)}` : `Inviata il ${formatDate(filing.protocol.at)}`,
    due: draft || ['accepted', 'refused', 'closed'].includes(filing.state) ? null : formatDate(filing.due),
    discardHref: draft ? `/pratiche/${filing.id}/elimina` : null,
    note: draft ? `Si cancella da sola il ${formatDate(filing.expiresAt)} se non la riprendi.` : null,
  }
}
