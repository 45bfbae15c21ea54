import type { Login } from '../identity/index.ts'
import type { Actor, Appointment } from '../filings/index.ts'

/** Roles that work on filings, and those that see the register or keep the house. */
export type Role = 'desk-officer' | 'specialist' | 'head-of-office' | 'protocol-officer' | 'administrator'

export type Officer = Readonly<{
  municipality: string
  cf: string
  givenName: string
  familyName: string
  email: string
  appointments: readonly Readonly<{ role: Role; office: string; from: Date; to: Date | null; reason: string }>[]
}>

export type OfficerStore = {
  find(municipality: string, cf: string): Promise<Officer | undefined>
  save(officer: Officer): Promise<void>
}

const WORKING: ReadonlySet<Role> = new Set(['desk-officer', 'specialist', 'head-of-office'])

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
  return [...new Set(appointments.filter(({ role }) => WORKING.has(role as Role)).map(({ office }) => office))]
}

/** The register is the protocol office's; heads of office look things up in it too (DPR 445/2000 art. 61). */
export const mayReadRegister = (appointments: readonly Appointment[]): boolean =>
  appointments.some(({ role }) => role === 'protocol-officer' || role === 'head-of-office')

export function actorOf(login: Login, appointments: readonly Appointment[]): Actor {
  const { person } = login
  return {
    kind: 'officer',
    owner: person.key,
    cf: person.cf ?? person.key,
    name: `${person.givenName} ${person.familyName}`,
    appointments,
  }
}
