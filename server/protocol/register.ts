import { romeDate, type IsoDate } from '../shared/dates.ts'
import type { Municipality } from '../municipalities/index.ts'
import type { Party } from '../shared/party.ts'
import type { Transaction } from '../shared/transaction.ts'

export type Direction = 'in' | 'out' | 'internal'

/** Fingerprint of one document, over the exact bytes received or sent (DPR 445/2000 art. 53 c. 1 f). */
export type RegisteredDocument = Readonly<{
  id: string
  name: string
  mediaType: string
  size: number
  /** Lower-case hexadecimal. */
  sha256: string
  /** The one document that the others accompany. */
  primary: boolean
  /** Signed inside its own bytes (PAdES, CAdES enveloping…), as the signature report said on arrival. */
  signed?: boolean
}>

/** What a service gives to be registered; number, date and identifiers are the register's to give. */
export type NewEntry = Readonly<{
  municipality: string
  direction: Direction
  at: Date
  subject: string
  sender: Party
  /** Who acted for the sender: a representative or a proxy. */
  actedBy?: Party
  /** As what, in words: `legale rappresentante`. */
  actedAs?: string
  recipients: readonly Party[]
  documents: readonly RegisteredDocument[]
  /** `VI.3`: titolo and classe of the municipal plan. */
  classification: string
  /** The office in charge. */
  office: string
  /** Restricted visibility ("protocollo riservato"). */
  reserved: boolean
  filing: string | null
  /** Protocol of the other administration's document, if it had one. */
  received?: Readonly<{ number: string; date: IsoDate }>
  /** Where it was registered first, while the system stood still (DPR 445/2000 art. 63): the link is kept for ever. */
  emergency?: Readonly<{ register: string; number: string; date: IsoDate }>
}>

/** One registration (registrazione di protocollo). Never changed, never deleted: corrections are new entries (DPR 445/2000 art. 53-54). */
export type RegisterEntry = NewEntry &
  Readonly<{
    id: string
    /** AOO and register, copied so that the entry stands alone. */
    ipaCode: string
    aooCode: string
    registerCode: string
    year: number
    number: number
    date: IsoDate
  }>

/** One series of numbers: a register of an AOO in a calendar year (DPR 445/2000 art. 57). */
type Series = Pick<RegisterEntry, 'ipaCode' | 'aooCode' | 'registerCode' | 'year'>

export type SeriesDay = Series & Readonly<{ date: IsoDate }>

/** Everything of an entry but its number: year and date are those of Rome at the instant of the filing. */
export function unnumbered(entry: NewEntry, municipality: Municipality): Omit<RegisterEntry, 'id' | 'number'> {
  if (entry.municipality !== municipality.id) throw new Error('The entry belongs to another municipality')
  if (entry.documents.length > 0 && entry.documents.filter(({ primary }) => primary).length !== 1) {
    throw new Error('An entry with documents has exactly one primary document')
  }
  const date = romeDate(entry.at)
  const { ipaCode, aooCode, registerCode } = municipality
  return { ...entry, ipaCode, aooCode, registerCode, date, year: Number(date.slice(0, 4)) }
}

/** What a search may ask. Everything given must hold; nothing given lists the register, newest first. */
export type RegisterQuery = Readonly<{
  /** Words of the subject, names of parties, tax codes: all must be in the entry; accents and endings do not matter. */
  text?: string
  number?: number
  year?: number
  /** Both days included. */
  from?: IsoDate
  to?: IsoDate
  direction?: Direction
  office?: string
  /** Offices whose reserved entries the reader may see; absent: all of them ("protocollo riservato"). */
  reservedOf?: readonly string[]
  /** From 1. */
  page?: number
}>

export const PAGE_SIZE = 25
/** Results beyond this many are not counted or paged: a narrower question finds sooner than page 41. */
export const MAX_RESULTS = 1000

/** `total` counts to `MAX_RESULTS`; `more` says that there are others beyond. */
export type RegisterPage = Readonly<{ entries: readonly RegisterEntry[]; total: number; more: boolean }>

/** Port to the database. There is no way to change or delete an entry, here or below. */
export type RegisterStore = {
  /**
   * Takes the next number of the series inside the caller's transaction: an abort gives it back. Throws when the day was closed: the
   * clock of this process is behind.
   */
  nextNumber(day: SeriesDay, tx: Transaction): Promise<number>
  /** From now on nothing is registered on that day or before it. Waits for what is being registered. */
  closeDay(day: SeriesDay): Promise<void>
  insert(entry: RegisterEntry, tx: Transaction): Promise<void>
  find(municipality: string, id: string): Promise<RegisterEntry | undefined>
  byNumber(municipality: string, year: number, number: number): Promise<RegisterEntry | undefined>
  ofFiling(municipality: string, filing: string): Promise<RegisterEntry[]>
  byIds(ids: readonly string[]): Promise<RegisterEntry[]>
  /** Day of the oldest entry, or null. */
  firstDay(municipality: string): Promise<IsoDate | null>
  /** Entries of one day, by number. */
  ofDay(municipality: string, date: IsoDate): Promise<RegisterEntry[]>
  search(municipality: string, query: RegisterQuery): Promise<RegisterPage>
}
