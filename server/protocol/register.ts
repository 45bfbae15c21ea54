import type { IsoDate } from '../shared/dates.ts'
import type { Party } from '../shared/party.ts'

export type Direction = 'in' | 'out' | 'internal'

/** Fingerprint of one document, over the exact bytes received or sent (DPR 445/2000 art. 53 c. 1 f). */
export type RegisteredDocument = Readonly<{ id: string, name: string, mediaType: string, size: number, sha256: string, primary: boolean }>

/** What a service gives to be registered; number, date and identifiers are the register's to give. */
export type NewEntry = Readonly<{
  municipality: string
  direction: Direction
  at: Date
  subject: string
  sender: Party
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
  received?: Readonly<{ number: string, date: IsoDate }>
}>

/** One registration (registrazione di protocollo). Never changed, never deleted: corrections are new entries (DPR 445/2000 art. 53-54). */
export type RegisterEntry = NewEntry & Readonly<{
  id: string
  /** AOO and register, copied so that the entry stands alone. */
  ipaCode: string
  aooCode: string
  registerCode: string
  year: number
  number: number
  date: IsoDate
}>

/** `0001234/2026`: at least seven digits (DPR 445/2000 art. 57). */
export function formatProtocol({ number, year }: Pick<RegisterEntry, 'number' | 'year'>): string {
  return `${String(number).padStart(7, '0')}/${year}`
}
