import type { Municipality } from '../municipalities/index.ts'
import { formatDate, formatDateTime, romeTime, withDay } from '../shared/dates.ts'
import { formatFigure } from '../shared/figure.ts'
import { formatSize } from '../shared/file-size.ts'
import { shownErrors } from '../shared/form-body.ts'
import { partyName, type Party } from '../shared/party.ts'
import { pagesOf, paginationOf } from '../shared/pagination.ts'
import { annulmentOf, currentEntry, type Amendment } from './amendment.ts'
import { classificationName } from './classification.ts'
import { DIRECTIONS, registerForm, type FormError, type RegisterForm } from './register-filter.ts'
import { formatProtocol } from '../shared/protocol-number.ts'
import { searchNumberIn } from '../shared/searches.ts'
import { PAGE_SIZE, type Direction, type RegisterEntry, type RegisterPage } from './register.ts'

/** Address under which these pages are mounted. */
export const BASE = '/ufficio/protocollo'

const DIRECTION_LABELS: Readonly<Record<Direction, string>> = { in: 'Entrata', out: 'Uscita', internal: 'Interno' }

const FIELD_LABELS: Readonly<Record<string, string>> = {
  subject: 'Oggetto',
  sender: 'Mittente',
  recipients: 'Destinatari',
  received: 'Protocollo del documento ricevuto',
  office: 'Ufficio',
  classification: 'Classificazione',
}

/** `number` is that of the page. */
type Found = Readonly<{ number: number; page: RegisterPage; amendments: readonly Amendment[] }>
/** What was found, or why nothing could be looked for. */
export type Answer = Readonly<{ found?: Found; errors?: readonly FormError[] }>
/** The address of the answer, or of another page of it. */
type Address = (page?: number) => string
type Search = Answer & Readonly<{ form: RegisterForm; to: Address }>

/** The search of the register with its answer. */
export function registerPage(municipality: Municipality, { form, to, errors = [], found }: Search) {
  return {
    title: errors.length > 0 ? 'Errore: Registro di protocollo' : 'Registro di protocollo',
    action: BASE,
    form,
    ...shownErrors(Object.fromEntries(errors.map(({ name, message }) => [name, message]))),
    directions: options(
      [...Object.entries(DIRECTIONS)].map(([value, id]) => ({ value, text: DIRECTION_LABELS[id] })),
      form.flusso,
    ),
    offices: options(
      municipality.offices.map(({ id, name }) => ({ value: id, text: name })),
      form.ufficio,
    ),
    asked: Object.values(form).some(Boolean),
    ...(found && results(municipality, to, found)),
  }
}

const options = (choices: readonly { value: string; text: string }[], chosen: string) =>
  choices.map((choice) => ({ ...choice, selected: choice.value === chosen }))

function results(municipality: Municipality, to: Address, { number, page, amendments }: Found) {
  const search = to(number > 1 ? number : undefined).slice(BASE.length)
  return {
    rows: page.entries.map((entry) => ({
      ...row(
        municipality,
        entry,
        amendments.filter((amendment) => amendment.entry === entry.id),
      ),
      href: entryAddress(entry, search),
    })),
    count: countText(page),
    more: page.more,
    pagination: paginationOf(number, pagesOf(page.total, PAGE_SIZE), to),
  }
}

function countText({ total, more }: RegisterPage): string {
  if (more) return `Più di ${formatFigure(total)} registrazioni`
  return total === 1 ? '1 registrazione' : `${formatFigure(total)} registrazioni`
}

function row(municipality: Municipality, original: RegisterEntry, amendments: readonly Amendment[]) {
  const entry = currentEntry(original, amendments)
  return {
    protocol: formatProtocol(entry),
    date: formatDateTime(entry.at),
    direction: DIRECTION_LABELS[entry.direction],
    subject: entry.subject,
    party: entry.direction === 'in' ? partyName(entry.sender) : entry.recipients.map(partyName).join(', '),
    partyLabel: entry.direction === 'in' ? 'Da' : 'A',
    actedBy: entry.actedBy ? partyName(entry.actedBy) : null,
    office: officeName(municipality, entry.office),
    reserved: entry.reserved,
    annulled: annulmentOf(amendments) !== undefined,
  }
}

/** Where a search is answered whose form, with words in it, is kept in the session. */
export const searchAddress =
  (search: number): Address =>
  (page) =>
    addressOf([['ricerca', String(search)]], page)

/** Where a form is answered in which no words stand: nothing in it is about a person. */
export const formAddress =
  (form: RegisterForm): Address =>
  (page) =>
    addressOf(
      Object.entries(form).filter(([name, value]) => name !== 'q' && value !== ''),
      page,
    )

function addressOf(given: readonly [string, string][], page: number | undefined): string {
  const params = new URLSearchParams([
    ...given,
    ...(page === undefined ? [] : [['pagina', String(page)] as [string, string]]),
  ])
  return params.size === 0 ? BASE : `${BASE}?${params.toString()}`
}

/**
 * The search, and the page of its answer, from which an entry was opened: the end of an address, which the pages of the entry hand on;
 * empty without one.
 */
export function searchIn(query: Readonly<Record<string, unknown>>, page: number): string {
  const search = searchNumberIn(query)
  const to = search === null ? formAddress(registerForm(query)) : searchAddress(search)
  return to(page > 1 ? page : undefined).slice(BASE.length)
}

/** Where an entry is shown; `search` as `searchIn` gives it. */
export const entryAddress = ({ id }: Pick<RegisterEntry, 'id'>, search = ''): string => `${BASE}/${id}${search}`

type Rights = Readonly<{ filing: boolean; amend: boolean }>
type Opened = Readonly<{ amendments: readonly Amendment[]; can: Rights; search: string }>

/**
 * One registration with its fingerprints and everything that was noted on it. `can` says which links the reader gets, `search` where they
 * come from.
 */
export function entryPage(municipality: Municipality, entry: RegisterEntry, { amendments, can, search }: Opened) {
  const { annulled, notes, ...current } = entryFacts(municipality, entry, amendments)
  const filing = can.filing && entry.filing ? `/ufficio/pratiche/${entry.filing}` : null
  return {
    title: `Protocollo ${formatProtocol(entry)}`,
    back: { href: `${BASE}${search}`, text: 'Torna al registro' },
    annulled,
    notes,
    ...current,
    filing,
    documents: entry.documents.map(({ id, name, size, sha256, primary, signed }) => ({
      name,
      href: filing ? `${filing}/documenti/${id}` : null,
      role: primary ? 'Documento principale' : 'Allegato',
      meta: `${formatSize(size)}${signed ? ', firmato' : ''}`,
      sha256,
    })),
    segnatura: entry.documents.length > 0 ? `${BASE}/${entry.id}/segnatura.xml` : null,
    annul: can.amend && !annulled ? `${BASE}/${entry.id}/annulla${search}` : null,
  }
}

function entryFacts(municipality: Municipality, original: RegisterEntry, amendments: readonly Amendment[]) {
  const entry = currentEntry(original, amendments)
  const annulment = annulmentOf(amendments)
  return {
    annulled: annulment ? noteOf(municipality, annulment) : null,
    notes: amendments
      .filter((amendment) => amendment !== annulment)
      .map((amendment) => noteOf(municipality, amendment)),
    facts: [
      ['Numero e anno', formatProtocol(entry)],
      ['Data e ora', `${formatDate(entry.date)}, ${romeTime(entry.at)}`],
      ['Flusso', DIRECTION_LABELS[entry.direction]],
      ['Oggetto', entry.subject],
      ['Mittente', partyText(entry.sender)],
      ...(entry.actedBy ? [['Presentata da', actorText(entry.actedBy, entry.actedAs)] as const] : []),
      [entry.recipients.length === 1 ? 'Destinatario' : 'Destinatari', entry.recipients.map(partyText).join('\n')],
      ['Classificazione', `${entry.classification} ${classificationName(entry.classification)}`],
      ['Ufficio', officeName(municipality, entry.office)],
      ['Registro', `${entry.ipaCode}, AOO ${entry.aooCode}, registro ${entry.registerCode}`],
      ...(entry.received
        ? [
            [
              'Protocollo del mittente',
              `${entry.received.number} ${withDay('del', formatDate(entry.received.date))}`,
            ] as const,
          ]
        : []),
      ...(entry.emergency
        ? [
            [
              'Registro di emergenza',
              `${entry.emergency.register} n. ${entry.emergency.number} ${withDay('del', formatDate(entry.emergency.date))}`,
            ] as const,
          ]
        : []),
      ...(entry.reserved ? [['Visibilità', 'Protocollo riservato'] as const] : []),
    ].map(([label, value]) => ({ label, value })),
  }
}

function noteOf(municipality: Municipality, { change, before, reason, act, by, at }: Amendment) {
  return {
    field: change.kind === 'correction' ? FIELD_LABELS[change.field] : null,
    before: change.kind === 'correction' ? valueText(municipality, change.field, before) : null,
    after: change.kind === 'correction' ? valueText(municipality, change.field, change.value) : null,
    reason,
    act: act ? `provvedimento n. ${act.number} ${withDay('del', formatDate(act.date))}` : null,
    by: by.name,
    at: formatDateTime(at),
  }
}

function valueText(municipality: Municipality, field: string, value: unknown): string {
  if (value === null || value === undefined) return 'nessuno'
  if (field === 'office') return officeName(municipality, value as string)
  if (field === 'sender') return partyText(value as Party)
  if (field === 'recipients') return (value as Party[]).map(partyText).join('; ')
  if (field === 'received') {
    const { number, date } = value as { number: string; date: string }
    return `${number} ${withDay('del', formatDate(date))}`
  }
  return value as string
}

const actorText = (party: Party, capacity?: string): string =>
  capacity ? `${partyText(party)}, ${capacity}` : partyText(party)

function partyText(party: Party): string {
  const code = party.kind === 'administration' ? party.ipaCode : party.cf
  return code ? `${partyName(party)} (${code})` : partyName(party)
}

const officeName = (municipality: Municipality, id: string): string =>
  municipality.offices.find((office) => office.id === id)?.name ?? id
