import { formatDate, formatDateTime, withDay } from '../shared/dates.ts'
import { formatFigure } from '../shared/figure.ts'
import { pagesOf, paginationOf } from '../shared/pagination.ts'
import { hasErrors, shownErrors, type FormErrors } from '../shared/form-body.ts'
import { searchNumberIn } from '../shared/searches.ts'
import { searchOf, type MessageSearch } from './message-log-search.ts'
import { LOGGED_IN, PAGE_SIZE, type Authentication, type MessageFacts, type OpenedMessage } from './message-log.ts'
import type { SamlScheme } from './service-provider.ts'

/** Address under which these pages are mounted. */
export const BASE = '/ufficio/registro-accessi'

const SCHEMES: Readonly<Record<SamlScheme, string>> = { spid: 'SPID', cie: 'CIE', eidas: 'eIDAS' }

/** Names of identity providers by their entityID; one that left the federation is shown by that. */
export type ProviderNames = ReadonlyMap<string, string>

type Found = Readonly<{
  authentications: readonly Authentication[]
  total: number
  page: number
  /** Last day whose logins cannot be found by tax code, where one was asked for. */
  unsearchableUntil: Date | null
}>

type Search = Readonly<{
  form: MessageSearch
  /** The number under which the session has the tax code that was asked for; null where none was. */
  search: number | null
  names: ProviderNames
  errors?: FormErrors
  found?: Found
}>

/** The search of the log with its answer. */
export function messageLogPage({ form, search, names, errors = {}, found }: Search) {
  const title = 'Registro degli accessi'
  return {
    title: hasErrors(errors) ? `Errore: ${title}` : title,
    heading: title,
    action: BASE,
    form,
    ...shownErrors(errors),
    asked: found !== undefined,
    ...(found && {
      count: found.total === 1 ? '1 accesso' : `${formatFigure(found.total)} accessi`,
      rows: found.authentications.map((one) => ({
        ...row(one, names),
        href: `${BASE}/${one.request.requestId}${searchAddress(form, search, found.page).slice(BASE.length)}`,
      })),
      unsearchable: found.unsearchableUntil && formatDate(found.unsearchableUntil),
      pagination: paginationOf(found.page, pagesOf(found.total, PAGE_SIZE), (number) =>
        searchAddress(form, search, number),
      ),
    }),
  }
}

function row({ request, responses }: Authentication, names: ProviderNames) {
  return {
    at: request.at,
    date: formatDateTime(request.at),
    provider: providerName(request, names),
    level: levelText(request, responses),
    outcome: outcomeOf(responses),
  }
}

/**
 * Where the answer to a search is, or a page of it. The tax code is not in it, but the number under which the session has it: browsers,
 * proxies and logs keep addresses.
 */
export function searchAddress({ id, dal, al }: MessageSearch, search: number | null, page = 1): string {
  const asked = { id, dal, al, ricerca: search === null ? '' : String(search), pagina: page > 1 ? String(page) : '' }
  const given = Object.entries(asked).filter(([, value]) => value !== '')
  return given.length === 0 ? BASE : `${BASE}?${new URLSearchParams(given).toString()}`
}

/** The address of the search, and of the page of its answer, from which a login was opened: its own address carries them. */
export function searchIn(query: Readonly<Record<string, unknown>>, page: number): string {
  return searchAddress(searchOf(query), searchNumberIn(query), page)
}

/** What was asked, as the record of it says. */
export function searchText({ cf, id, dal, al }: MessageSearch, page: number): string {
  const parts = [
    cf !== '' && 'per codice fiscale',
    id !== '' && `per identificativo ${id}`,
    dal !== '' && withDay('dal', formatDate(dal)),
    al !== '' && withDay('al', formatDate(al)),
    page > 1 && `pagina ${page}`,
  ]
  return `Ricerca ${parts.filter(Boolean).join(', ')}`
}

/** One authentication with the text of its messages. */
export function authenticationPage(messages: readonly OpenedMessage[], names: ProviderNames, back: string) {
  const [first] = messages
  if (!first) throw new Error('An authentication has a message at least')
  const responses = messages.filter(({ kind }) => kind === 'response')
  return {
    title: `Accesso ${withDay('del', formatDateTime(first.at))}`,
    back: { href: back, text: 'Torna alla ricerca' },
    outcome: outcomeOf(responses),
    provider: providerName(first, names),
    entityId: first.identityProvider,
    level: levelText(first, responses),
    requestId: first.requestId,
    messages: messages.map((message, index) => ({
      ...messageView(message),
      href: `${BASE}/${first.requestId}/messaggi/${index + 1}`,
    })),
  }
}

function messageView({ kind, at, issueInstant, responseId, assertionId, outcome, xml }: OpenedMessage) {
  const isRequest = kind === 'request'
  const facts: [string, string | undefined][] = [
    ['Registrata', formatDateTime(at)],
    ['Emessa (IssueInstant)', issueInstant],
    ['Identificativo della risposta', responseId],
    ['Identificativo dell’asserzione', assertionId],
    ['Esito registrato', outcome === LOGGED_IN ? 'accesso riuscito' : outcome],
  ]
  return {
    title: isRequest ? 'Richiesta al gestore' : 'Risposta del gestore',
    what: isRequest ? 'della richiesta' : 'della risposta',
    facts: facts.filter(([, value]) => value).map(([label, value]) => ({ label, value })),
    // On lines of its own for each element: only to be read. The file is as it was sent.
    text: xml?.replaceAll('><', '>\n<') ?? null,
  }
}

export const fileName = ({ kind, requestId }: MessageFacts): string =>
  `${kind === 'request' ? 'richiesta' : 'risposta'}${requestId}.xml`

const providerName = ({ identityProvider }: MessageFacts, names: ProviderNames): string =>
  names.get(identityProvider) ?? identityProvider

function levelText({ scheme, level }: MessageFacts, responses: readonly MessageFacts[]): string {
  const reached = responses.find(({ outcome }) => outcome === LOGGED_IN)?.level
  if (reached) return `${SCHEMES[scheme]}, livello ${reached}`
  return level ? `${SCHEMES[scheme]}, chiesto il livello ${level}` : SCHEMES[scheme]
}

function outcomeOf(responses: readonly MessageFacts[]) {
  const last = responses.at(-1)
  if (!last) return { text: 'Senza risposta', tone: 'neutral' } as const
  if (responses.some(({ outcome }) => outcome === LOGGED_IN)) return { text: 'Riuscito', tone: 'success' } as const
  return last.outcome?.startsWith('provider refused')
    ? ({ text: 'Rifiutato dal gestore', tone: 'waiting' } as const)
    : ({ text: 'Risposta respinta', tone: 'danger' } as const)
}
