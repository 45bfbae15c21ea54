import type { Appointment, Municipality, Role } from '../municipalities/index.ts'
import { romeDate, type IsoDate } from '../shared/dates.ts'
import type { Author } from '../shared/party.ts'

type Entry = Readonly<{
  id: string
  /** Where it is written: a municipality's own book, or that of its union. */
  book: string
  /** Counts the records of a book: of two that are written at once the second is refused. */
  sequence: number
  /** Tax code of the person appointed. */
  cf: string
  at: Date
  by: Author
  reason: string
}>

/** A role was given (incarico), from a day on and perhaps until another; days of Rome, both included. */
type Given = Entry &
  Readonly<{
    kind: 'given'
    givenName: string
    familyName: string
    role: Role
    /** Null for a role of the whole municipality or union. */
    office: string | null
    from: IsoDate
    to: IsoDate | null
  }>

/** A role was taken back: after `lastDay`, or at once when that is null. */
export type Ended = Entry & Readonly<{ kind: 'ended'; appointment: string; lastDay: IsoDate | null }>

export type AppointmentRecord = Given | Ended
export type NewRecord = Omit<Given, 'id' | 'sequence' | 'at'> | Omit<Ended, 'id' | 'sequence' | 'at'>

/** A role with what became of it. */
export type HeldAppointment = Given & Readonly<{ ended: Ended | null }>

export type AppointmentStore = Readonly<{
  /** Records of one person, or of all, in the order in which they were written. */
  read(books: readonly string[], cf?: string): Promise<AppointmentRecord[]>
  /** False when another record took its place in the book. */
  append(record: AppointmentRecord): Promise<boolean>
}>

/** Names of the books that hold in a municipality: its own and its union's. A colon keeps them apart: no id has one. */
export const booksOf = ({ id, union }: Municipality): string[] => [id, ...(union ? [unionBook(union.id)] : [])]

/** Name of the book of a union. */
export const unionBook = (union: string): string => `union:${union}`

/** What was given, each with its end; the order is that of giving. */
export function heldOf(records: readonly AppointmentRecord[]): HeldAppointment[] {
  const ends = new Map(records.flatMap((one) => (one.kind === 'ended' ? [[one.appointment, one]] : [])))
  return records.flatMap((one) => (one.kind === 'given' ? [{ ...one, ended: ends.get(one.id) ?? null }] : []))
}

/** Whether the role holds on that day in Rome. */
export function holds({ from, to, ended }: HeldAppointment, at: Date): boolean {
  const today = romeDate(at)
  if (from > today || (to !== null && to < today)) return false
  return ended === null || (ended.lastDay !== null && ended.lastDay >= today)
}

/** Neither over nor taken back: it holds, or will. */
export const isOpen = (held: HeldAppointment, at: Date): boolean =>
  held.ended === null && (held.to === null || held.to >= romeDate(at))

/** The appointments that hold at that instant. */
export const currentAppointments = (held: readonly HeldAppointment[], at: Date): Appointment[] =>
  held.filter((one) => holds(one, at)).map(({ role, office }) => ({ role, office }))
