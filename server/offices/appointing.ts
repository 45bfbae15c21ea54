import { AppError } from '../errors.ts'
import { isRole, mayInHouse, ROLES, type Appointment, type Municipality, type Role } from '../municipalities/index.ts'
import { isIsoDate, romeDate } from '../shared/dates.ts'
import { isCodiceFiscale } from '../shared/italian/index.ts'
import { hasErrors, reasonError, type FormErrors } from '../shared/form-body.ts'
import { holds, isOpen, type HeldAppointment } from './appointment.ts'

/** The form by which a role is given, as it was sent. */
export type GivingForm = Readonly<
  Record<'cf' | 'nome' | 'cognome' | 'ruolo' | 'ufficio' | 'dal' | 'al' | 'motivo', string>
>
export type EndingForm = Readonly<Record<'ultimo' | 'motivo', string>>

/** Who appoints: tax code and what they hold today. */
type Appointer = Readonly<{ cf: string; appointments: readonly Appointment[] }>

/** Roles that watch over the others. */
const WATCHERS: ReadonlySet<Role> = new Set(['auditor', 'data-protection-officer'])

/** An administrator gives the roles of their municipality; those of the union are given by the union's. */
export const mayGive = (appointments: readonly Appointment[], role: Role): boolean =>
  ROLES[role].of === 'union'
    ? appointments.some((one) => one.role === 'union-administrator')
    : mayInHouse(appointments, 'appoint')

/**
 * Throws NOT_ALLOWED for what no page offers: a role above one's own, or one for oneself. An edited form meets this,
 * whatever its fields say.
 */
export function assertMayGive({ cf, appointments }: Appointer, role: Role, to: string): void {
  if (!mayGive(appointments, role)) throw new AppError('NOT_ALLOWED', 'Role above the appointer’s own')
  if (cf !== to) return
  throw new AppError('NOT_ALLOWED', 'Nobody appoints themselves', {
    explanation: 'Nessuno può dare un incarico a sé stesso: deve farlo un altro amministratore.',
    back: '/ufficio/incarichi',
  })
}

type Circumstances = Readonly<{
  municipality: Municipality
  /** What the person was given up to now. */
  held: readonly HeldAppointment[]
  now: Date
}>

/** What is wrong with the form, in the order of its fields. */
export function givingErrors(form: GivingForm, { municipality, held, now }: Circumstances): FormErrors {
  const { cf, nome, cognome, ruolo, ufficio, motivo } = form
  const offices = municipality.offices.map(({ id }) => id)
  const found = {
    ...(!isCodiceFiscale(cf) && { cf: 'Scrivi un codice fiscale valido, 16 caratteri.' }),
    ...(nome === '' && { nome: 'Scrivi il nome.' }),
    ...(cognome === '' && { cognome: 'Scrivi il cognome.' }),
    ...(!isRole(ruolo) && { ruolo: 'Scegli il ruolo.' }),
    ...(needsOffice(ruolo) && !offices.includes(ufficio) && { ufficio: 'Scegli l’ufficio.' }),
    ...dayErrors(form, now),
    ...reasonErrors(motivo, 'Scrivi il motivo, per esempio l’atto di nomina.'),
  }
  return hasErrors(found) || !isRole(ruolo) ? found : unfit({ role: ruolo, office: ufficio }, held, now)
}

/** Whether the role is given for one office, not for the whole municipality. */
export const needsOffice = (role: string): boolean => isRole(role) && ROLES[role].of === 'office'

function reasonErrors(motivo: string, missing: string): FormErrors {
  const error = reasonError(motivo, missing)
  return error ? { motivo: error } : {}
}

/** A role for days gone by would make lawful what was done without it. */
function dayErrors({ dal, al }: GivingForm, now: Date): FormErrors {
  return {
    ...(!isIsoDate(dal) && { dal: 'Scrivi il primo giorno come 31/12/2026.' }),
    ...(isIsoDate(dal) && dal < romeDate(now) && { dal: 'Il primo giorno non può essere già passato.' }),
    ...(al !== '' && !isIsoDate(al) && { al: 'Scrivi l’ultimo giorno come 31/12/2026.' }),
    ...(isIsoDate(al) && al < dal && { al: 'L’ultimo giorno viene prima del primo.' }),
  }
}

function unfit(wanted: { role: Role; office: string }, held: readonly HeldAppointment[], now: Date): FormErrors {
  const open = held.filter((one) => isOpen(one, now))
  const isSame = (one: HeldAppointment): boolean =>
    one.role === wanted.role && (!needsOffice(one.role) || one.office === wanted.office)
  if (open.some(isSame)) return { ruolo: 'Questa persona ha già questo incarico.' }
  // GDPR art. 38 c. 6: who watches has no other task that they would have to watch.
  if (!open.some((one) => WATCHERS.has(one.role) !== WATCHERS.has(wanted.role))) return {}
  return { ruolo: 'Chi controlla non può avere altri incarichi, e chi li ha non può controllare.' }
}

/** What is wrong with the form by which a role is taken back. */
export function endingErrors({ ultimo, motivo }: EndingForm, now: Date): FormErrors {
  return {
    ...(ultimo !== '' && !isIsoDate(ultimo) && { ultimo: 'Scrivi il giorno come 31/12/2026.' }),
    ...(isIsoDate(ultimo) && ultimo < romeDate(now) && { ultimo: 'Il giorno non può essere già passato.' }),
    ...reasonErrors(motivo, 'Scrivi il motivo.'),
  }
}

/**
 * Throws when the role cannot be taken back by this person: not theirs to take (NOT_ALLOWED), over already, or the last by
 * which roles can be given at all (CONFLICT). Roles that end by themselves do not count as remaining.
 */
export function assertMayEnd(
  { appointments }: Appointer,
  ending: HeldAppointment,
  { all, now }: { all: HeldAppointment[]; now: Date },
): void {
  if (!mayGive(appointments, ending.role)) throw new AppError('NOT_ALLOWED', 'Role above the appointer’s own')
  if (!isOpen(ending, now)) throw tooLate('Appointment is over', 'Questo incarico è già terminato.')
  if (!isAppointing(ending)) return
  const alike = (one: HeldAppointment): boolean =>
    ending.role === 'union-administrator' ? one.role === ending.role : isAppointing(one)
  const remains = all.some(
    (one) => one.id !== ending.id && alike(one) && one.to === null && one.ended === null && holds(one, now),
  )
  if (remains) return
  throw tooLate(
    'Last administrator',
    'È l’ultimo amministratore senza scadenza: prima di togliere questo incarico danne uno a un’altra persona.',
  )
}

const isAppointing = ({ role, office }: HeldAppointment): boolean => mayInHouse([{ role, office }], 'appoint')

const tooLate = (message: string, explanation: string): AppError =>
  new AppError('CONFLICT', message, { explanation, back: '/ufficio/incarichi' })
