import {
  actingView,
  CONCLUDED,
  isConcluded,
  stateView,
  totalIn,
  type About,
  type Counts,
  type Listed,
  type ListedDraft,
  type StateView,
} from '../filings/index.ts'
import { draftState, type ServiceState } from '../procedures/index.ts'
import { formatProtocol } from '../protocol/index.ts'
import { formatDate, formatDateTime, withDay, type IsoDate } from '../shared/dates.ts'
import { partyName } from '../shared/party.ts'
import { WAITING } from '../workflow/index.ts'

type Row = Readonly<{
  title: string
  about: string | null
  href: string
  state: StateView
  annulled: boolean
  filer: string | null
  principal: string | null
  protocol: string | null
  date: string
  due: string | null
  discardHref: string | null
  closed: string | null
  note: string | null
}>

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
  recent: { states: ['submitted', 'in-charge', 'attestation-asked', ...CONCLUDED], page: 1, size: 5 },
} as const

/**
 * What lists say besides of some filings: what tells them apart, whose number was annulled, until when the office waits for an answer
 * (`answerBy`), of drafts why they cannot be sent (`closed`: by their procedure), and who filed what the reader (their account key)
 * did not file.
 */
export type Besides = Readonly<{
  reader: string
  today: IsoDate
  about: About
  annulled: ReadonlySet<string>
  answerBy: ReadonlyMap<string, IsoDate>
  closed: ReadonlyMap<string, ServiceState>
  mandateEnded: (draft: Listed) => boolean
}>

type Home = Readonly<{ givenName: string; unread: number; toSign: number }> &
  Besides &
  Readonly<Record<keyof typeof FIRST, readonly Listed[]>>

/** First page of the area: what waits for the person comes first (R-AREA-01), then drafts, then the rest. */
export function areaHome(counts: Counts, { givenName, unread, toSign, waiting, drafts, recent, ...besides }: Home) {
  const waitingCount = totalIn(counts, FIRST.waiting.states)
  const draftCount = totalIn(counts, FIRST.drafts.states)
  return {
    title: 'Area personale',
    heading: `Ciao, ${givenName}`,
    tabs: areaTabs('home', unread),
    waiting: filingRows(waiting, besides),
    waitingCount,
    moreWaiting: waitingCount > waiting.length,
    drafts: filingRows(drafts, besides),
    draftCount,
    moreDrafts: draftCount > drafts.length,
    recent: filingRows(recent, besides),
    empty: totalIn(counts) === 0,
    unread,
    toSign,
  }
}

const MANDATE_ENDED = 'Non hai più una delega valida: per inviare la richiesta ne serve una nuova.'

/** Filings in a list of the area. */
export const filingRows = (filings: readonly Listed[], besides: Besides): Row[] =>
  filings.map((filing) => filingRow(filing, besides))

function filingRow(filing: Listed, besides: Besides): Row {
  const any = {
    title: filing.procedure.title,
    about: besides.about.get(filing.id) ?? null,
    href: `/pratiche/${filing.id}`,
    state: stateView(filing),
    annulled: besides.annulled.has(filing.id),
    principal: actingView(filing)?.principal ?? null,
  }
  if (filing.state === 'draft')
    return { ...any, ...draftFacts(filing, besides), filer: null, protocol: null, due: null }
  return {
    ...any,
    filer: filing.owner === besides.reader ? null : partyName(filing.filer),
    protocol: formatProtocol(filing.protocol),
    date: `Inviata ${withDay('il', formatDate(filing.protocol.at))}`,
    due: dueText(filing, besides),
    discardHref: null,
    closed: null,
    note: null,
  }
}

/** The next day that counts, and whose it is: while the office waits for the person, theirs. */
function dueText(filing: Exclude<Listed, ListedDraft>, { answerBy, today }: Besides): string | null {
  if (isConcluded(filing)) return null
  if (!WAITING.includes(filing.state)) {
    const day = withDay('il', formatDate(filing.due))
    // Whose it was, and what it means now that it is over, the page of the filing says (overdue.ts).
    return today > filing.due ? `Il termine è passato ${day}` : `Risposta del Comune entro ${day}`
  }
  const last = answerBy.get(filing.id)
  return last ? `Termine per la tua risposta: ${formatDate(last)}` : null
}

/** What the row of a draft says that is its own. */
function draftFacts(filing: ListedDraft, { closed, mandateEnded }: Besides) {
  const service = closed.get(filing.procedure.id)
  return {
    date: `Salvata ${withDay('il', formatDateTime(filing.updatedAt))}`,
    discardHref: `/pratiche/${filing.id}/elimina`,
    closed: (service && draftState(service)) ?? (mandateEnded(filing) ? MANDATE_ENDED : null),
    // Nobody takes up again what cannot be sent any more.
    note: `Si cancella da sola ${withDay('il', formatDate(filing.expiresAt))}${service?.status === 'ended' ? '' : ' se non la riprendi'}.`,
  }
}
