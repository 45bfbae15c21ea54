import { formatDate, formatDateTime, withDay } from '../shared/dates.ts'
import { formatFigure } from '../shared/figure.ts'
import { pagesOf, paginationOf } from '../shared/pagination.ts'
import { hasErrors, shownErrors, type FormErrors } from '../shared/form-body.ts'
import type { MessageSearch } from './message-log-search.ts'
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
  names: ProviderNames
  errors?: FormErrors
  found?: Found
}>

/** The search of the log with its answer. */
export function messageLogPage({ form, names, errors = {}, found }: Search) {
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
      rows: found.authentications.map((one) => row(one, names)),
      unsearchable: found.unsearchableUntil && formatDate(found.unsearchableUntil),
      pagination: paginationOf(
        found.page,
        pagesOf(found.total, PAGE_SIZE),
        (number) => `${searchAddress(form)}&pagina=${number}`,
      ),
    }),
  }
}

function row({ request, responses }: Authentication, names: ProviderNames) {
  return {
    href: `${BASE}/${request.requestId}`,
    at: request.at,
    date: formatDateTime(request.at),
    provider: providerName(request, names),
    level: levelText(request, responses),
    outcome: outcomeOf(responses),
  }
}

/** Where the answer to a search is. The tax code is not in it: browsers, proxies and logs keep addresses. */
export function searchAddress({ cf, ...rest }: MessageSearch): string {
  const asked = { ...rest, persona: cf === '' ? '' : '1' }
  const given = Object.entries(asked).filter(([, value]) => value !== '')
  return `${BASE}?${new URLSearchParams(given).toString()}`
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
