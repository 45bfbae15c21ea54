import { AppError } from '../errors.ts'
import type { Actor, FilingService, ProgressService, StepContent, Submitted, SubmittedState } from '../filings/index.ts'
import type { Login } from '../identity/index.ts'
import type { Municipality } from '../municipalities/index.ts'
import {
  actorOf,
  currentAppointments,
  mayAdminister,
  mayReadRegister,
  mayReviewMandates,
  OFFICER_LEVEL,
  workingOffices,
  type OfficerStore,
} from './officer.ts'

type Deps = { officers: OfficerStore; filings: FilingService; progress: ProgressService; now: () => Date }

export type Desk = Readonly<{
  actor: Actor
  offices: readonly string[]
  register: boolean
  mandates: boolean
  /** Keeps the platform itself. */
  administrator: boolean
}>
export type WorkListQuery = Readonly<{ states?: readonly SubmittedState[]; mine: boolean; page: number }>

export const PAGE_SIZE = 25

const KNOWN_MS = 30_000
const MOST_KNOWN = 10_000

export type DeskService = ReturnType<typeof createDeskService>

/** What an officer does: who they are comes from their tax code and today's appointments, never from the session. */
export function createDeskService({ officers, filings, progress, now }: Deps) {
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
    const officer = (await appointmentsOf(municipality, login)).length > 0
    if (known.size >= MOST_KNOWN) known.clear()
    known.set(key, { officer, until: at + KNOWN_MS })
    return officer
  }

  async function appointmentsOf(municipality: string, { person }: Login) {
    const officer = person.cf ? await officers.find(municipality, person.cf) : undefined
    return officer ? currentAppointments(officer, now()) : []
  }

  /** The officer's desk. Whoever is none gets the answer of a page that does not exist. */
  async function desk(municipality: string, login: Login): Promise<Desk> {
    const appointments = await appointmentsOf(municipality, login)
    if (appointments.length === 0) throw new AppError('NOT_FOUND', 'Not an officer of this municipality')
    if (login.level < OFFICER_LEVEL)
      throw new AppError('NOT_LOGGED_IN', 'Officers need a stronger login', { level: OFFICER_LEVEL })
    return {
      actor: actorOf(login, appointments),
      offices: workingOffices(appointments),
      register: mayReadRegister(appointments),
      mandates: mayReviewMandates(appointments),
      administrator: mayAdminister(appointments),
    }
  }

  async function workList(
    municipality: string,
    { offices, actor }: Desk,
    { states, mine, page }: WorkListQuery,
  ): Promise<{ filings: Submitted[]; total: number }> {
    return filings.ofOffices(municipality, {
      offices,
      ...(states ? { states } : {}),
      ...(mine && actor.kind === 'officer' ? { assignedTo: actor.cf } : {}),
      page,
      size: PAGE_SIZE,
    })
  }

  const open = (municipality: string, id: string, { actor }: Desk) => progress.open(municipality, id, actor)

  const advance = (
    municipality: Municipality,
    id: string,
    step: string,
    { desk: { actor }, content }: { desk: Desk; content: StepContent },
  ) => progress.advance(municipality, id, step, { actor, content })

  return { isOfficer, desk, workList, open, advance }
}
