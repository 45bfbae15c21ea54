import { unconfirmedSigners } from '../cosigning/index.ts'
import type { StoredDocument } from '../documents/index.ts'
import {
  aboutText,
  actingView,
  annulledText,
  conflictOf,
  explanationOf,
  fileView,
  historyParts,
  isConcluded,
  may,
  newestFirst,
  purposesOf,
  stateView,
  type About,
  type OfficeOrder,
  type OfficerActor,
  type OpenFiling,
  type Submitted,
} from '../filings/index.ts'
import { summaryView } from '../forms/index.ts'
import { mayInHouse, officeOf, type HousePower, type Municipality } from '../municipalities/index.ts'
import { formatProtocol } from '../protocol/index.ts'
import { daysBetween, formatDate, formatDateTime, romeDate, type IsoDate, withDay } from '../shared/dates.ts'
import { formatFigure } from '../shared/figure.ts'
import { hasErrors, shownErrors, type FormErrors } from '../shared/form-body.ts'
import { partyName } from '../shared/party.ts'
import { pagesOf, paginationOf } from '../shared/pagination.ts'
import { availableTransitions, lastDayFor, maySign, lastEventNumber } from '../workflow/index.ts'
import { answerInCase, answerInList } from './answer-views.ts'
import { PAGE_SIZE } from './desk-list-service.ts'
import { listHref, LISTS, openedFromList, SEARCH, wayBack, type ListId } from './desk-list.ts'
import { MOST_COUNTED, type Desk } from './desk-service.ts'

const ORDERS: Readonly<Record<OfficeOrder, string>> = {
  due: 'dalla scadenza più vicina',
  answerBy: 'dal termine per la risposta più vicino',
  newest: 'dalla più recente',
}

/** Where letters wait for their signature. */
export const TO_SIGN = '/ufficio/firme'

/** Where what was given up is shown. */
export const GIVEN_UP = '/ufficio/operazioni-non-riuscite'

/** The pages of the house in the menu, each with the power that it asks for. */
const HOUSE: readonly Readonly<{ id: string; power: HousePower; text: string; href: string }>[] = [
  { id: 'protocollo', power: 'read-register', text: 'Registro di protocollo', href: '/ufficio/protocollo' },
  { id: 'firme', power: 'sign-letters', text: 'Da firmare', href: TO_SIGN },
  { id: 'deleghe', power: 'review-mandates', text: 'Procure', href: '/ufficio/deleghe' },
  { id: 'rettifiche', power: 'answer-corrections', text: 'Rettifiche', href: '/ufficio/rettifiche' },
  { id: 'incarichi', power: 'read-appointments', text: 'Incarichi', href: '/ufficio/incarichi' },
  {
    id: 'registro-accessi',
    power: 'read-message-log',
    text: 'Registro degli accessi',
    href: '/ufficio/registro-accessi',
  },
  { id: 'liste-fiducia', power: 'keep-platform', text: 'Liste di fiducia', href: '/ufficio/liste-fiducia' },
  { id: 'valutazioni', power: 'keep-platform', text: 'Valutazioni', href: '/ufficio/valutazioni' },
  { id: 'operazioni-non-riuscite', power: 'keep-platform', text: 'Operazioni non riuscite', href: GIVEN_UP },
]

/** What the bar of the desk shows: lists of filings for who works on them, and the pages of the house that are theirs. */
export function deskFrame(municipality: Municipality, { offices, actor, ...counts }: Desk, current: string) {
  return {
    office: officeNames(municipality, actor),
    search: offices.length > 0 ? { action: SEARCH, label: 'Protocollo, nome o codice fiscale', query: '' } : null,
    nav: [
      ...Object.entries(offices.length > 0 ? LISTS : {}).map(([id, { label }]) => ({
        text: label,
        href: `/ufficio?elenco=${id}`,
        current: current === id,
      })),
      ...HOUSE.filter(({ power }) => mayInHouse(actor.appointments, power)).map(({ id, text, href }) => ({
        text,
        href,
        current: current === id,
        ...countOf(id, counts),
      })),
    ],
  }
}

/** What an entry of the menu counts. */
function countOf(id: string, { toSign, toReview, toAnswer, givenUp }: Omit<Desk, 'actor' | 'offices'>) {
  if (id === 'operazioni-non-riuscite') return { count: givenUp || null, countText: 'ferme' }
  const waiting = { firme: toSign, deleghe: toReview, rettifiche: toAnswer }[id] ?? 0
  return { count: Math.min(waiting, MOST_COUNTED - 1) || null, more: waiting >= MOST_COUNTED, countText: 'in attesa' }
}

/** How near the last day is, where that is worth a word. */
export function urgencyOf(due: IsoDate, today: IsoDate): { tone: 'danger' | 'waiting'; text: string } | null {
  const left = daysBetween(today, due)
  if (left < 0) return { tone: 'danger', text: `Scaduta da ${-left} ${days(-left)}` }
  if (left > 5) return null
  return { tone: 'waiting', text: SOON[left] ?? `Scade tra ${left} ${days(left)}` }
}

const SOON = ['Scade oggi', 'Scade domani']

/** The offices of a person's roles; who has the whole municipality sees its name. */
function officeNames(municipality: Municipality, { appointments }: OfficerActor): string {
  const ids = [...new Set(appointments.flatMap(({ office }) => office ?? []))]
  const { name, aooName } = municipality
  // Many municipalities are one area of their own name: the bar says it once.
  return ids.map((id) => officeOf(municipality, id).name).join(', ') || (aooName === name ? '' : aooName)
}

/** What lists say besides: what tells filings apart, whose number was annulled, until when whoever filed may answer. */
export type Besides = Readonly<{
  about: About
  annulled: ReadonlySet<string>
  answerBy: ReadonlyMap<string, IsoDate>
}>

export type Listed = Besides &
  Readonly<{
    filings: readonly Submitted[]
    today: IsoDate
    /** What the addresses of filings say of the way back. */
    openedFrom: string
  }>

/** The office of each only for who works in several: the bar names the one of the others. */
export const rowsOf = (municipality: Municipality, { offices }: Desk, listed: Listed) =>
  listed.filings.map((filing) => {
    const { about, annulled, answerBy, today, openedFrom } = listed
    const one = row(filing, municipality, today)
    return {
      ...one,
      href: `${one.href}${openedFrom}`,
      office: offices.length > 1 ? one.office : null,
      about: about.get(filing.id) ?? '',
      annulled: annulled.has(filing.id),
      answer: answerInList(answerBy.get(filing.id), today),
    }
  })

/** The officer's list of filings: those of one stage, theirs or all, in pages. */
export function workListPage(
  municipality: Municipality,
  desk: Desk,
  input: Omit<Listed, 'openedFrom'> &
    Readonly<{ list: ListId; mine: boolean; page: number; total: number; choice: Choice } & Typed>,
) {
  const { list, mine, page, total, choice, ticked, person, errors } = input
  const { label, order } = LISTS[list]
  const href = (number: number): string => listHref({ list, mine }, number)
  const first = input.filings.find(({ id }) => choice.ids.has(id))
  return {
    ...deskFrame(municipality, desk, list),
    title: hasErrors(errors) ? `Errore: ${label}` : label,
    heading: label,
    ...shownErrors(errors),
    list,
    mine,
    total,
    order: ORDERS[order],
    toSign: desk.toSign > 0 ? { href: TO_SIGN, text: toSignText(desk.toSign) } : null,
    givenUp: desk.givenUp > 0 ? { href: GIVEN_UP, text: givenUpText(desk.givenUp) } : null,
    choice: choiceView(choice, { action: href(page), person }),
    rows: rowsOf(municipality, desk, { ...input, openedFrom: openedFromList(input, page) }).map((one) => ({
      ...one,
      toAssign: choice.toAssign.get(one.id) ?? null,
      box: choice.ids.has(one.id),
      isFirst: one.id === first?.id,
      ticked: ticked.includes(one.id),
    })),
    empty: emptyText(list, mine),
    all: mine ? `/ufficio?elenco=${list}` : null,
    pagination: paginationOf(page, pagesOf(total, PAGE_SIZE), href),
  }
}

/** What an officer may do with several filings of a list, and with which of them. */
type Choice = Readonly<{
  take: boolean
  people: readonly OfficerActor[]
  ids: ReadonlySet<string>
  /** Why they should assign one of them. */
  toAssign: ReadonlyMap<string, string | null>
}>

/** What was chosen, and what is wrong with it. */
type Typed = Readonly<{ ticked: readonly string[]; person: string; errors: FormErrors }>

/** The form around the list, sent to the page of it that shows what was chosen. */
function choiceView({ take, people, ids }: Choice, { action, person }: { action: string; person: string }) {
  if (ids.size === 0) return null
  const options = people.map(({ cf, name }) => ({ value: cf, text: name, selected: cf === person }))
  return { action, take, people: options }
}

function emptyText(list: ListId, mine: boolean): { title: string; text: string } {
  if (mine) return { title: 'Nessuna pratica assegnata a te', text: 'In questo elenco possono essercene di altri.' }
  return EMPTY[list]
}

const EMPTY: Readonly<Record<ListId, { title: string; text: string }>> = {
  'da-prendere': { title: 'Nessuna pratica da prendere in carico', text: 'Le nuove richieste arrivano qui.' },
  'in-corso': { title: 'Nessuna pratica in lavorazione', text: 'Qui trovi quelle che l’ufficio ha preso in carico.' },
  'in-attesa': {
    title: 'Nessuna pratica in attesa del cittadino',
    text: 'Qui trovi quelle per cui l’ufficio ha chiesto un’integrazione o comunicato un preavviso di rigetto.',
  },
  concluse: { title: 'Nessuna pratica conclusa', text: 'Qui trovi quelle a cui l’ufficio ha risposto.' },
}

const toSignText = (count: number): string =>
  count === 1 ? 'Hai un documento da firmare' : `Hai ${formatFigure(count)} documenti da firmare`

const givenUpText = (count: number): string =>
  count === 1 ? 'Un’operazione non è riuscita' : `${formatFigure(count)} operazioni non sono riuscite`

function row(filing: Submitted, municipality: Municipality, today: IsoDate) {
  return {
    id: filing.id as string,
    href: `/ufficio/pratiche/${filing.id}`,
    protocol: formatProtocol(filing.protocol),
    date: formatDate(filing.protocol.at),
    title: filing.procedure.title,
    filer: partyName(filing.filer),
    principal: filing.principal && partyName(filing.principal),
    toBeSigned: Boolean(filing.toSign),
    office: officeOf(municipality, filing.office).name,
    assignedTo: filing.assignedTo?.name ?? null,
    state: stateView(filing),
    due: formatDate(filing.due),
    concluded: isConcluded(filing) ? formatDate(filing.updatedAt) : null,
    urgency: isConcluded(filing) ? null : urgencyOf(filing.due, today),
  }
}

/** What happens to a filing and leaves what its office has to do as it was. */
const BESIDE: ReadonlySet<string> = new Set(['assigned', 'conflict-declared', 'message-sent', 'document-issued'])

/** That an act came back unsigned, from whom and why, until the office does something about it. */
function sentBackNotice({ events, procedure }: OpenFiling): string | null {
  const last = events.findLast(({ type }) => !BESIDE.has(type))
  if (last?.type !== 'signature-refused') return null
  const label = procedure.workflow.find(({ id }) => id === last.data['step'])?.label ?? ''
  return `«${label}» è tornato senza firma ${withDay('il', formatDateTime(last.at))} da ${last.by.name}: ${last.note ?? ''}`
}

/** Why there is nothing to do on a filing whose act waits for a signature, and the way to sign it for who may. */
function waitingNotice({ filing, procedure }: OpenFiling, actor: Desk['actor']) {
  const { toSign } = filing
  if (!toSign) return null
  const label = procedure.workflow.find(({ id }) => id === toSign.step)?.label ?? ''
  return {
    text: `«${label}», deciso da ${toSign.by.name} ${withDay('il', formatDateTime(toSign.at))}. Parte, con il numero di protocollo, appena è firmato.`,
    href: maySign(filing, actor) ? TO_SIGN : null,
  }
}

const days = (count: number): string => (count === 1 ? 'giorno' : 'giorni')

/** When the page is seen, and what its address says of where it was opened from. */
type Seen = Readonly<{ now: Date; query: Readonly<Record<string, unknown>>; page: number }>

/** All that an officer needs to decide, on one page: who asks what, with which documents, by when, and what may be done now. */
export function casePage(municipality: Municipality, desk: Desk, open: OpenFiling, { now, query, page }: Seen) {
  const { filing, procedure, files } = open
  const id = filing.id
  const reason = conflictOf(filing, desk.actor)
  const readable = may(filing, 'read', desk.actor)
  const notes = unconfirmedSigners({ ...filing, procedure, files })
  const purposes = purposesOf(open)
  return {
    ...deskFrame(municipality, desk, ''),
    back: wayBack(query, page, filing.state),
    heading: filing.procedure.title,
    ...row(filing, municipality, romeDate(now)),
    title: `${filing.procedure.title} – ${formatProtocol(filing.protocol)}`,
    submittedAt: formatDateTime(filing.protocol.at),
    evidence: `${filing.evidence.scheme.toUpperCase()} livello ${filing.evidence.level}`,
    applicant: filing.filer,
    acting: actingView(filing),
    term: procedure.term,
    legalBasis: procedure.legalBasis,
    retention: procedure.retention.text,
    readable,
    conflict: reason && explanationOf(reason),
    abstain: may(filing, 'declare-conflict', desk.actor) ? `/ufficio/pratiche/${id}/astensione` : null,
    assign: may(filing, 'assign', desk.actor) ? `/ufficio/pratiche/${id}/assegna` : null,
    toSign: waitingNotice(open, desk.actor),
    answer: answerInCase(lastDayFor(filing, open.events), open.today),
    steps: availableTransitions(open, desk.actor).map(({ id: step, label, to }) => ({
      label,
      href: `/ufficio/pratiche/${id}/passo/${step}?visti=${lastEventNumber(open)}`,
      main: to !== 'refused',
    })),
    ...(readable
      ? {
          about: aboutText(procedure, filing),
          sentBack: sentBackNotice(open),
          annulled: annulledText(open),
          sections: summaryView(procedure.form, filing.answers, { files, changeLink: () => null }),
          files: newestFirst(files).map((file) => {
            const view = fileView(file, `/ufficio/pratiche/${id}/documenti`, purposes.get(file.id))
            return { ...view, signatures: [...view.signatures, ...(notes.get(file.id) ?? [])] }
          }),
          bundle: `/ufficio/pratiche/${id}/fascicolo.zip`,
          ...historyParts(open, { inside: true }),
        }
      : {}),
    entry: mayInHouse(desk.actor.appointments, 'read-register') ? `/ufficio/protocollo/${filing.protocol.entry}` : null,
  }
}

/** The warning before a file that was not scanned for viruses, yet or for its size. */
export const unscannedPage = (filing: string, { id, name, scan }: Pick<StoredDocument, 'id' | 'name' | 'scan'>) => ({
  title: scan === 'too-large' ? 'File non controllato' : 'File non ancora controllato',
  tooLarge: scan === 'too-large',
  name,
  back: `/ufficio/pratiche/${filing}`,
  href: `/ufficio/pratiche/${filing}/documenti/${id}?consapevole=1`,
})
