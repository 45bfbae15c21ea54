import type { Login } from '../identity/index.ts'
import type { Actor } from '../filings/index.ts'
import { mayInHouse, ROLES, type Appointment, type Role } from '../municipalities/index.ts'

export type Officer = Readonly<{
  municipality: string
  cf: string
  givenName: string
  familyName: string
  email: string
  appointments: readonly Readonly<{ role: Role; office: string | null; from: Date; to: Date | null; reason: string }>[]
}>

export type OfficerStore = {
  find(municipality: string, cf: string): Promise<Officer | undefined>
  save(officer: Officer): Promise<void>
}

/** An officer works with a login of level 2 at least: what they see is other people's. */
export const OFFICER_LEVEL = 2

/** The appointments that hold at that instant. */
export function currentAppointments(officer: Officer, at: Date): Appointment[] {
  return officer.appointments
    .filter(({ from, to }) => from <= at && (to === null || to > at))
    .map(({ role, office }) => ({ role, office }))
}

/** Offices whose filings this person works on. */
export function workingOffices(appointments: readonly Appointment[]): string[] {
  const working = appointments.filter(({ role }) => ROLES[role].filings.length > 0)
  return [...new Set(working.flatMap(({ office }) => office ?? []))]
}

/** The register is the protocol office's; heads of office look things up in it too (DPR 445/2000 art. 61). */
export const mayReadRegister = (appointments: readonly Appointment[]): boolean =>
  mayInHouse(appointments, 'read-register')

export const mayReviewMandates = (appointments: readonly Appointment[]): boolean =>
  mayInHouse(appointments, 'review-mandates')

/** What concerns the installation and no filing. */
export const mayAdminister = (appointments: readonly Appointment[]): boolean =>
  appointments.some(({ role }) => role === 'administrator')

export function actorOf(login: Login, appointments: readonly Appointment[]): Actor {
  const { person } = login
  return {
    kind: 'officer',
    owner: person.key,
    cf: person.cf ?? person.key,
    name: `${person.givenName} ${person.familyName}`,
    appointments,
    family: [],
  }
}
