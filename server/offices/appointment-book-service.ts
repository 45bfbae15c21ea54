import { AppError } from '../errors.ts'
import type { Municipality, Role } from '../municipalities/index.ts'
import {
  booksOf,
  heldOf,
  unionBook,
  type AppointmentStore,
  type HeldAppointment,
  type NewRecord,
} from './appointment.ts'

type Deps = { store: AppointmentStore; now: () => Date; newId: () => string }

/** A book as it was read. `write` throws CONFLICT when somebody wrote since: what was decided may no longer be right. */
type OpenBook = Readonly<{ write: (record: NewRecord) => Promise<void> }>

export type AppointmentBook = ReturnType<typeof createAppointmentBook>

/** The book of appointments: the only truth of who is an officer. */
export function createAppointmentBook({ store, now, newId }: Deps) {
  const all = async (municipality: Municipality): Promise<HeldAppointment[]> =>
    heldOf(await store.read(booksOf(municipality)))

  const ofPerson = async (municipality: Municipality, cf: string): Promise<HeldAppointment[]> =>
    heldOf(await store.read(booksOf(municipality), cf))

  async function open(municipality: Municipality): Promise<OpenBook> {
    const records = await store.read(booksOf(municipality))
    const last = (book: string): number =>
      Math.max(0, ...records.filter((one) => one.book === book).map(({ sequence }) => sequence))
    return {
      async write(record) {
        const next = { ...record, id: newId(), sequence: last(record.book) + 1, at: now() }
        if (!(await store.append(next))) throw written()
      },
    }
  }

  return { all, ofPerson, open }
}

const written = (): AppError =>
  new AppError('CONFLICT', 'The book of appointments was written meanwhile', {
    explanation: 'Nel frattempo gli incarichi sono cambiati. Riapri l’elenco e ripeti l’operazione, se serve ancora.',
    back: '/ufficio/incarichi',
  })

/** Roles of the union are written in its own book, so that they hold in all its municipalities. */
export function bookOf({ id, union }: Municipality, role: Role): string {
  if (role !== 'union-administrator') return id
  if (!union) throw new AppError('NOT_ALLOWED', 'The municipality is in no union')
  return unionBook(union.id)
}
