import { AppError } from '../errors.ts'
import type { FilingService } from '../filings/index.ts'
import type { History, Outbox } from '../history/index.ts'
import type { Login } from '../identity/index.ts'
import type { Mandates } from '../mandates/index.ts'
import { mayInHouse, type HousePower, type Municipalities, type Municipality } from '../municipalities/index.ts'
import type { ProgressService } from '../workflow/index.ts'
import type { Appointments } from './appointment-service.ts'
import { currentAppointments } from './appointment.ts'
import { createDeskLists } from './desk-list-service.ts'
import type { Family } from './family-service.ts'
import { actorOf, closedTo, OFFICER_LEVEL, workingOffices, type Officer } from './officer.ts'

type Deps = {
  appointments: Appointments
  family: Pick<Family, 'codesOf'>
  municipalities: Municipalities
  filings: FilingService
  progress: ProgressService
  mandates: Pick<Mandates, 'waitingCount'>
  /** Requests that data be corrected, of a room that stands on this one. */
  corrections: Readonly<{
    waitingCount(municipality: string, officer: { closed: readonly string[] }, most: number): Promise<number>
  }>
  history: Pick<History, 'of'>
  outbox: Pick<Outbox, 'deadCount'>
  now: () => Date
}

export type Desk = Officer &
  Readonly<{
    /** How many letters wait for their signature; 0 for whoever signs none. */
    toSign: number
    /** How many mandates on paper wait for their review, and requests for correction for their answer; `MOST_COUNTED` is as many or more. */
    toReview: number
    toAnswer: number
    /** How many tasks were given up; 0 for whoever does not keep the platform. */
    givenUp: number
  }>

/** The menu counts on every page: it says that there are many, not how many. */
export const MOST_COUNTED = 100

const KNOWN_MS = 30_000
const MOST_KNOWN = 10_000

export type DeskService = ReturnType<typeof createDeskService>

/** What an officer does: who they are comes from their tax code, today's appointments and declarations, never from the session. */
export function createDeskService(deps: Deps) {
  const { appointments, family, municipalities, progress, mandates, corrections, outbox, now } = deps
  const known = new Map<string, { officer: boolean; until: number }>()

  /**
   * Does the menu show the way to the desk? Asked on every page, so the answer is kept for half a minute; who may
   * enter is decided anew by `desk` each time.
   */
  async function isOfficer(municipality: string, login: Login): Promise<boolean> {
    const key = `${municipality} ${login.person.key}`
    const at = now().getTime()
    const answer = known.get(key)
    if (answer && answer.until > at) return answer.officer
    const officer = (await heldBy(await municipalities.byId(municipality), login)).length > 0
    if (known.size >= MOST_KNOWN) known.clear()
    known.set(key, { officer, until: at + KNOWN_MS })
    return officer
  }

  const heldBy = async (municipality: Municipality, { person }: Login) =>
    person.cf ? currentAppointments(await appointments.ofPerson(municipality, person.cf), now()) : []

  /** Throws NOT_FOUND for whoever is no officer of the municipality: the pages of the desk do not exist for them. */
  async function officer(id: string, login: Login): Promise<Officer> {
    const municipality = await municipalities.byId(id)
    const held = await heldBy(municipality, login)
    if (held.length === 0) throw new AppError('NOT_FOUND', 'Not an officer of this municipality')
    if (login.level < OFFICER_LEVEL)
      throw new AppError('NOT_LOGGED_IN', 'Officers need a stronger login', { level: OFFICER_LEVEL })
    const actor = actorOf(login, {
      appointments: held,
      family: login.person.cf ? await family.codesOf(id, login.person.cf) : [],
    })
    return { actor, offices: workingOffices(held, municipality) }
  }

  /** The officer's desk, with what its menu counts. */
  async function desk(id: string, login: Login): Promise<Desk> {
    const { actor, offices } = await officer(id, login)
    const has = (power: HousePower): boolean => mayInHouse(actor.appointments, power)
    const [toSign, toReview, toAnswer, givenUp] = await Promise.all([
      has('sign-letters') ? progress.signatures.waitingCount(id, actor, offices) : 0,
      has('review-mandates') ? mandates.waitingCount(id, { key: actor.owner }, MOST_COUNTED) : 0,
      has('answer-corrections') ? corrections.waitingCount(id, { closed: closedTo(actor) }, MOST_COUNTED) : 0,
      has('keep-platform') ? outbox.deadCount(id) : 0,
    ])
    return { actor, offices, toSign, toReview, toAnswer, givenUp }
  }

  const open = (municipality: string, id: string, { actor }: Pick<Desk, 'actor'>) =>
    progress.open(municipality, id, actor)

  const { preview, advance } = progress
  return { isOfficer, officer, desk, open, preview, advance, ...createDeskLists(deps) }
}
