import type { OfficerActor } from '../filings/index.ts'
import type { Login } from '../identity/index.ts'
import { mayInHouse, ROLES, type Appointment, type HousePower, type Municipality } from '../municipalities/index.ts'
import type { Author } from '../shared/party.ts'
import { currentAppointments, type HeldAppointment } from './appointment.ts'

/** An officer works with a login of level 2 at least: what they see is other people's. */
export const OFFICER_LEVEL = 2

/** An officer as they are now, and the offices whose filings they see. */
export type Officer = Readonly<{ actor: OfficerActor; offices: readonly string[] }>

/** Offices whose filings this person sees. */
export function workingOffices(appointments: readonly Appointment[], municipality: Municipality): string[] {
  const working = appointments.filter(({ role }) => ROLES[role].filings.length > 0)
  const all = municipality.offices.map(({ id }) => id)
  return [...new Set(working.flatMap(({ office }) => office ?? all))]
}

/** The officer with what they hold today and whom they declared as near. */
export function actorOf(
  login: Login,
  { appointments, family }: Pick<OfficerActor, 'appointments' | 'family'>,
): OfficerActor {
  const { person } = login
  return {
    kind: 'officer',
    owner: person.key,
    cf: person.cf ?? person.key,
    name: `${person.givenName} ${person.familyName}`,
    appointments,
    family,
  }
}

/** The account keys with whose requests the officer has nothing to do: their own, and those near to them (L. 241/1990 art. 6-bis). */
export const closedTo = ({ owner, family }: Pick<OfficerActor, 'owner' | 'family'>): readonly string[] => [
  owner,
  ...family,
]

/** All who hold something today, as far as the book of appointments knows them: whom they declared as near is theirs to say. */
export function officersIn(all: readonly HeldAppointment[], now: Date): OfficerActor[] {
  return [...new Set(all.map(({ cf }) => cf))].map((cf) => {
    const held = all.filter((one) => one.cf === cf)
    const name = held.map((one) => `${one.givenName} ${one.familyName}`).at(-1) ?? ''
    return { kind: 'officer', owner: cf, cf, name, family: [], appointments: currentAppointments(held, now) }
  })
}

export type OfficerAuthor = Extract<Author, { kind: 'officer' }>

/** The officer as records name them, in the role that lets them do it. */
export function authorFor({ cf, name, appointments }: OfficerActor, power: HousePower): OfficerAuthor {
  const used = appointments.find(({ role }) => mayInHouse([{ role, office: null }], power)) ?? appointments[0]
  return { kind: 'officer', cf, name, role: used?.role ?? '', office: used?.office ?? '' }
}
