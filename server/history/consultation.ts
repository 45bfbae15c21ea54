import type { Author } from '../shared/party.ts'

/**
 * An officer looked at personal data: who, when, at what, from which page (GDPR art. 5 c. 2, 32; the Court of Justice calls
 * it a consultation operation, C-579/21). The people whose data they are can read it.
 */
export type Consultation = Readonly<{
  municipality: string
  at: Date
  by: Extract<Author, { kind: 'officer' }>
  what:
    | 'filing'
    | 'document'
    | 'signatures'
    | 'bundle'
    | 'register-entry'
    | 'mandate'
    | 'mandate-paper'
    | 'message-log'
    | 'correction'
  /** Path of the page. */
  page: string
  /** Account keys and tax codes of those whose filing, entry or login it is. */
  owners: readonly string[]
  /** Those whom it only names: they learn that somebody looked, not at whose filing. */
  named: readonly string[]
  filing: string | null
  /** What the owners read: title and protocol number. Never shown to the others. */
  about: string
  /** Why, where the officer has to say it. */
  reason: string | null
}>

export type ConsultationLog = Readonly<{
  append(consultation: Consultation): Promise<void>
  /** What concerned a person under any of their keys, newest first; pages from 1. */
  ofPerson(
    municipality: string,
    keys: readonly string[],
    page: Readonly<{ page: number; size: number }>,
  ): Promise<{ consultations: Consultation[]; total: number }>
  /** Erases what was written before that instant; returns how many. Nothing else ever removes a look. */
  eraseBefore(municipality: string, instant: Date): Promise<number>
}>
