import { AppError } from '../errors.ts'
import type { Consultation } from '../history/index.ts'
import { addMonths, nextNonHoliday } from '../shared/calendar.ts'
import { romeDate, type IsoDate } from '../shared/dates.ts'
import type { Transaction } from '../shared/transaction.ts'

export type CorrectionId = string & { readonly brand: unique symbol }

/** What the person says: which data, what is wrong in them, what is right. */
export type Asked = Readonly<{ which: string; wrong: string; right: string }>

type OfficerAuthor = Consultation['by']

/** An officer who answers; `closed` are the account keys for whom they may not: their own, and of those near to them. */
export type CorrectionOfficer = Readonly<{ closed: readonly string[]; author: OfficerAuthor }>

export type Answer = Readonly<{ outcome: 'done' | 'refused'; reasons: string; at: Date; by: OfficerAuthor }>

/** A person’s request that data held about them be corrected (GDPR art. 16). */
export type Correction = Readonly<{
  id: CorrectionId
  municipality: string
  year: number
  /** Counted anew each year in each municipality. */
  number: number
  at: Date
  person: Readonly<{ key: string; cf: string | null; name: string; email?: string }>
  asked: Asked
  /** Last day for the answer. */
  due: IsoDate
  answer: Answer | null
}>

/** Port to the database. */
export type CorrectionStore = Readonly<{
  nextNumber(municipality: string, year: number, transaction: Transaction): Promise<number>
  add(correction: Correction, transaction: Transaction): Promise<void>
  /** Those of this person without an answer. */
  openOf(municipality: string, person: string, transaction: Transaction): Promise<Correction[]>
  /** Newest first. */
  ofPerson(municipality: string, person: string): Promise<Correction[]>
  /** Those without an answer, the nearest last day first. */
  open(municipality: string): Promise<Correction[]>
  /** How many have no answer and are not of these persons; beyond `most` none is counted. */
  openCount(municipality: string, closed: readonly string[], most: number): Promise<number>
  /** Newest answer first. */
  answered(municipality: string, most: number): Promise<Correction[]>
  find(municipality: string, id: string): Promise<Correction | undefined>
  /** False when it has an answer already. */
  answer(correction: Correction, answer: Answer, transaction: Transaction): Promise<boolean>
}>

/** Enough for all that one can find wrong; whoever sends more keeps the answers to others waiting. */
export const MOST_OPEN = 5

/**
 * Last day for the answer to what was received at that instant: one month (GDPR art. 12 c. 3), counted as terms of European
 * law are: what would end on a Saturday, a Sunday or a holiday ends on the next working day (Reg. EEC 1182/71 art. 3 c. 4).
 */
export const dueOf = (at: Date): IsoDate => nextNonHoliday(addMonths(romeDate(at), 1), { saturday: true })

/** `3/2026`. */
export const formatNumber = ({ number, year }: Pick<Correction, 'number' | 'year'>): string => `${number}/${year}`

/** Throws INVALID_INPUT when the person has as many open requests as one may have. */
export function assertMayAsk(open: number): void {
  if (open < MOST_OPEN) return
  throw new AppError('INVALID_INPUT', 'Too many open corrections', {
    explanation: `Hai già ${MOST_OPEN} richieste senza risposta: potrai inviarne un’altra quando avrai la prima risposta.`,
  })
}

/** Nobody answers for themselves or for those near to them (L. 241/1990 art. 6-bis, DPR 62/2013 art. 7). */
export const mayAnswer = (
  { person }: Readonly<{ person: Pick<Correction['person'], 'key'> }>,
  { closed }: Pick<CorrectionOfficer, 'closed'>,
): boolean => !closed.includes(person.key)
