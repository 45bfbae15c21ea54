import { AppError } from '../errors.ts'
import { isRole, type Appointment, type Municipality, type Role } from '../municipalities/index.ts'
import { isIsoDate, romeDate } from '../shared/dates.ts'
import type { Author } from '../shared/party.ts'
import { hasErrors, type FormErrors } from '../shared/form-body.ts'
import { bookOf, type AppointmentBook } from './appointment-book-service.ts'
import {
  assertMayEnd,
  assertMayGive,
  endingErrors,
  givingErrors,
  needsOffice,
  type EndingForm,
  type GivingForm,
} from './appointing.ts'

/** A person as the file of a municipality names them: roles from today on, without an end. */
export type OfficerSource = Readonly<{
  cf: string
  givenName: string
  familyName: string
  appointments: readonly Readonly<{ role: Role; office?: string }>[]
}>

/** Who appoints: an officer, and the name under which the book keeps them. */
export type Appointing = Readonly<{
  author: Extract<Author, { kind: 'officer' }>
  appointments: readonly Appointment[]
}>

export type Appointments = ReturnType<typeof createAppointmentService>

/** Giving roles and taking them back. */
export function createAppointmentService({ book, now }: { book: AppointmentBook; now: () => Date }) {
  /** Gives a role, or tells what is wrong with the form. Throws NOT_ALLOWED for roles that are not this person's to give. */
  async function give(municipality: Municipality, form: GivingForm, by: Appointing): Promise<FormErrors> {
    const { write } = await book.open(municipality)
    const held = await book.ofPerson(municipality, form.cf)
    if (isRole(form.ruolo)) assertMayGive({ cf: by.author.cf, ...by }, form.ruolo, form.cf)
    const errors = givingErrors(form, { municipality, held, now: now() })
    if (hasErrors(errors) || !isRole(form.ruolo)) return errors
    await write({
      kind: 'given',
      book: bookOf(municipality, form.ruolo),
      cf: form.cf,
      by: by.author,
      reason: form.motivo,
      givenName: form.nome,
      familyName: form.cognome,
      role: form.ruolo,
      office: needsOffice(form.ruolo) ? form.ufficio : null,
      from: form.dal,
      to: isIsoDate(form.al) ? form.al : null,
    })
    return {}
  }

  /** Takes a role back, or tells what is wrong with the form. Throws NOT_FOUND, NOT_ALLOWED or CONFLICT. */
  async function end(
    municipality: Municipality,
    appointment: string,
    { form, by }: { form: EndingForm; by: Appointing },
  ): Promise<FormErrors> {
    const { write } = await book.open(municipality)
    const all = await book.all(municipality)
    const ending = all.find(({ id }) => id === appointment)
    if (!ending) throw new AppError('NOT_FOUND', 'No such appointment')
    assertMayEnd({ cf: by.author.cf, ...by }, ending, { all, now: now() })
    const errors = endingErrors(form, now())
    if (hasErrors(errors)) return errors
    const lastDay = isIsoDate(form.ultimo) ? form.ultimo : null
    const ended = { kind: 'ended', book: ending.book, cf: ending.cf, appointment, lastDay } as const
    await write({ ...ended, by: by.author, reason: form.motivo })
    return {}
  }

  /**
   * The first officers of an installation; returns how many. Who was ever given a role is left as they are: from then on
   * their roles are the administrators' business, and no file gives back what was taken.
   */
  async function enrol(municipality: Municipality, officers: readonly OfficerSource[]): Promise<number> {
    const known = new Set((await book.all(municipality)).map(({ cf }) => cf))
    const fresh = officers.filter(({ cf }) => !known.has(cf))
    const given = fresh.flatMap(({ appointments, ...person }) => appointments.map((one) => ({ ...one, ...person })))
    for (const { role, office = null, cf, givenName, familyName } of given) {
      const { write } = await book.open(municipality)
      const days = { from: romeDate(now()), to: null }
      const source = { by: { kind: 'system', name: 'Configurazione del Comune' }, reason: 'Dati iniziali' } as const
      const person = { book: bookOf(municipality, role), cf, givenName, familyName }
      await write({ kind: 'given', ...person, role, office, ...days, ...source })
    }
    return fresh.length
  }

  return { all: book.all, ofPerson: book.ofPerson, give, end, enrol }
}
