import { createHash } from 'node:crypto'
import type { Municipality } from '../municipalities/index.ts'
import { addDays, daysBetween, romeDate, romeTime, type IsoDate } from '../shared/dates.ts'
import { partyName, type Party } from '../shared/party.ts'
import type { Amendment } from './amendment.ts'
import { formatProtocol } from '../shared/protocol-number.ts'
import type { Direction, RegisterEntry } from './register.ts'
import { element, text } from './xml.ts'

/** The register of one day (registro giornaliero di protocollo), in its static form. Never changed once made. */
export type DailyRegister = Readonly<{
  municipality: string
  registerCode: string
  date: IsoDate
  /** Number of the day in its year: one register a day, also for days without operations. */
  progressive: number
  entries: number
  annulments: number
  xml: string
  /** Lower-case hexadecimal, over the UTF-8 bytes of `xml`. */
  sha256: string
  closedAt: Date
}>

/** What one day holds: its entries by number, and the amendments made on it to entries of any day. */
export type RegisterDay = Readonly<{
  date: IsoDate
  entries: readonly RegisterEntry[]
  amendments: readonly Readonly<{ amendment: Amendment; entry: RegisterEntry }>[]
}>

export type DailyRegisterStore = {
  /** False if that day has its register already. */
  insert(register: DailyRegister): Promise<boolean>
  find(municipality: string, date: IsoDate): Promise<DailyRegister | undefined>
  last(municipality: string): Promise<DailyRegister | undefined>
  /** A page of the closed days, the latest first, without what is in them. */
  page(municipality: string, { number, size }: { number: number; size: number }): Promise<DailyRegisterPage>
}

/** What a list says of a closed day. */
type ClosedDay = Pick<DailyRegister, 'date' | 'entries' | 'annulments' | 'sha256'>
export type DailyRegisterPage = Readonly<{ days: readonly ClosedDay[]; total: number }>

const DAILY_NAMESPACE = 'urn:sportello:registro-giornaliero:1'

const FLOWS: Readonly<Record<Direction, string>> = { in: 'E', out: 'U', internal: 'I' }

/** A filing is given its instant before its transaction commits: the day is closed when none can be under way. */
const SETTLED_MS = 3_600_000

/** Days to close at the instant `now`, oldest first: from the one after `last` (or the register's first) to yesterday. */
export function daysToClose({
  first,
  last,
  now,
}: {
  first: IsoDate | null
  last: IsoDate | null
  now: Date
}): IsoDate[] {
  const from = last ? addDays(last, 1) : first
  const today = romeDate(new Date(now.getTime() - SETTLED_MS))
  if (!from || from >= today) return []
  return Array.from({ length: daysBetween(from, today) }, (_, index) => addDays(from, index))
}

/**
 * The day's register as XML (DPR 445/2000 art. 53 c. 2; schema in docs/schemas/registro-giornaliero.xsd): what goes to
 * the conservation system within the next working day (AgID guidelines §3.1.5). `previous` is the hash of the day
 * before, so that none can be exchanged later.
 */
export function dailyRegister(
  municipality: Municipality,
  day: RegisterDay,
  { closedAt, previous }: { closedAt: Date; previous: string | null },
): DailyRegister {
  const annulments = day.amendments.filter(({ amendment }) => amendment.change.kind === 'annulment').length
  const progressive = daysBetween(`${day.date.slice(0, 4)}-01-01`, day.date) + 1
  const numbers = day.entries.map(({ number }) => String(number))
  const head = [
    leaf('CodiceAmministrazione', municipality.ipaCode),
    leaf('CodiceAOO', municipality.aooCode),
    leaf('CodiceRegistro', municipality.registerCode),
    leaf('Produttore', municipality.name),
    leaf('Data', day.date),
    leaf('Anno', day.date.slice(0, 4)),
    leaf('Progressivo', String(progressive)),
    optional('PrimoNumero', numbers[0]),
    optional('UltimoNumero', numbers.at(-1)),
    leaf('NumeroRegistrazioni', String(day.entries.length)),
    leaf('NumeroAnnullamenti', String(annulments)),
    leaf('Chiusura', closedAt.toISOString()),
    optional('ImprontaGiornoPrecedente', previous),
  ]
  const root = { xmlns: DAILY_NAMESPACE }
  const body = [...head, ...day.entries.map(registration), ...day.amendments.map(modification)]
  const xml = `<?xml version="1.0" encoding="UTF-8"?>\n${element('RegistroGiornaliero', root, body)}\n`
  return {
    municipality: municipality.id,
    registerCode: municipality.registerCode,
    date: day.date,
    progressive,
    entries: day.entries.length,
    annulments,
    xml,
    sha256: createHash('sha256').update(xml).digest('hex'),
    closedAt,
  }
}

const leaf = (name: string, value: string): string => element(name, {}, text(value))
const optional = (name: string, value: string | null | undefined): string => (value ? leaf(name, value) : '')

function registration(entry: RegisterEntry): string {
  return element('Registrazione', {}, [
    leaf('Numero', formatProtocol(entry)),
    leaf('Ora', romeTime(entry.at)),
    leaf('Flusso', FLOWS[entry.direction]),
    leaf('Oggetto', entry.subject),
    leaf('Mittente', partyText(entry.sender)),
    entry.actedBy ? element('PresentataDa', { qualita: entry.actedAs }, text(partyText(entry.actedBy))) : '',
    ...entry.recipients.map((party) => leaf('Destinatario', partyText(party))),
    entry.received ? leaf('ProtocolloMittente', receivedText(entry.received)) : '',
    leaf('Classificazione', entry.classification),
    leaf('Ufficio', entry.office),
    leaf('Riservato', String(entry.reserved)),
    ...entry.documents.map(({ name, sha256 }) =>
      element('Documento', { nome: name }, Buffer.from(sha256, 'hex').toString('base64')),
    ),
  ])
}

function modification({ amendment, entry }: RegisterDay['amendments'][number]): string {
  const { change, before, reason, act, by, at } = amendment
  return element('Modifica', { tipo: change.kind === 'annulment' ? 'annullamento' : 'rettifica' }, [
    leaf('Numero', formatProtocol(entry)),
    leaf('Ora', romeTime(at)),
    ...(change.kind === 'correction'
      ? [
          leaf('Campo', ELEMENTS[change.field]),
          leaf('ValorePrecedente', valueText(change.field, before)),
          leaf('ValoreNuovo', valueText(change.field, change.value)),
        ]
      : []),
    leaf('Motivo', reason),
    act ? leaf('Provvedimento', `${act.number} del ${act.date}`) : '',
    leaf('Operatore', by.name),
  ])
}

type Field = Extract<Amendment['change'], { kind: 'correction' }>['field']

/** The element that has it in a registration: whoever reads the file knows it by that name. */
const ELEMENTS: Readonly<Record<Field, string>> = {
  subject: 'Oggetto',
  sender: 'Mittente',
  recipients: 'Destinatario',
  received: 'ProtocolloMittente',
  classification: 'Classificazione',
  office: 'Ufficio',
}

/** As a registration has it; several recipients in one line, and empty what was not there. */
function valueText(field: Field, value: unknown): string {
  if (value === null || value === undefined) return ''
  if (field === 'sender') return partyText(value as Party)
  if (field === 'recipients') return (value as readonly Party[]).map(partyText).join('; ')
  return field === 'received' ? receivedText(value as Received) : (value as string)
}

type Received = NonNullable<RegisterEntry['received']>

const receivedText = ({ number, date }: Received): string => `${number} del ${date}`

function partyText(party: Party): string {
  const code = party.kind === 'administration' ? party.ipaCode : party.cf
  return code ? `${partyName(party)} (${code})` : partyName(party)
}
