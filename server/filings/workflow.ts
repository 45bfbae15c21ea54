import { AppError, type ErrorCode } from '../errors.ts'
import type { HistoryEvent } from '../history/index.ts'
import type { ProcedureVersion, Transition } from '../procedures/index.ts'
import { addDays, romeDate, type IsoDate } from '../shared/dates.ts'
import type { Author } from '../shared/party.ts'
import type { Submitted } from './filing.ts'

type Events = readonly Pick<HistoryEvent, 'type' | 'at' | 'data'>[]

/** A role in an office, as the municipality gave it. */
export type Appointment = Readonly<{ role: string; office: string }>

/** Who takes a step on a filing: the filer, or an officer with the appointments they hold today. */
export type Actor =
  | Readonly<{ kind: 'citizen'; owner: string; author: Author }>
  | Readonly<{ kind: 'officer'; owner: string; cf: string; name: string; appointments: readonly Appointment[] }>

/** A filing as it stands: what may be done follows from its state, its history and the day. */
export type Situation = Readonly<{ filing: Submitted; events: Events; today: IsoDate }>

export type Refusal = 'not-found' | 'not-allowed' | 'wrong-state' | 'done-already' | 'own-filing' | 'too-early'

/** Why a step cannot be taken now, or null if it can. One rule for every role, state and step (tested as a table). */
export function refusal(situation: Situation, transition: Transition, actor: Actor): Refusal | null {
  const { filing, events } = situation
  const roles = rolesOn(filing, actor)
  if (roles.length === 0) return 'not-found'
  // L. 241/1990 art. 6-bis: nobody works on a filing of their own.
  if (actor.kind === 'officer' && actor.owner === filing.owner) return 'own-filing'
  if (!transition.by.some((role) => roles.includes(role))) return 'not-allowed'
  return inTime(situation, transition) ?? (hasHappened(events, transition) ? 'done-already' : null)
}

const hasHappened = (events: Events, { once, event }: Transition): boolean =>
  once === true && events.some(({ type }) => type === event)

function inTime({ filing, events, today }: Situation, { from, requires, event }: Transition): Refusal | null {
  if (!from.includes(filing.state)) return 'wrong-state'
  if (requires && !events.some(({ type }) => type === requires)) return 'wrong-state'
  const isNegative = event === 'refused' || event === 'refusal-announced'
  return isNegative && today <= lastDayToAnswer(filing, events) ? 'too-early' : null
}

/**
 * While the citizen's days run nothing may be decided against them (L. 241/1990 artt. 10-bis and 2 c. 7); the day before
 * all days when nothing was asked, or when they have answered.
 */
function lastDayToAnswer({ state }: Submitted, events: Events): IsoDate {
  if (state !== 'waiting-integration' && state !== 'refusal-announced') return ''
  const asked = events.findLast(({ type }) => type === 'integration-requested' || type === 'refusal-announced')
  const days = asked?.data['answerDays']
  return asked && typeof days === 'number' ? addDays(romeDate(asked.at), days) : ''
}

/** Roles of the actor on this filing: `citizen` for its filer, an officer's roles in the office that decides it. */
export function rolesOn({ owner, office }: Pick<Submitted, 'owner' | 'office'>, actor: Actor): readonly string[] {
  if (actor.kind === 'citizen') return actor.owner === owner ? ['citizen'] : []
  return actor.appointments.filter((appointment) => appointment.office === office).map(({ role }) => role)
}

export function authorOn(filing: Pick<Submitted, 'owner' | 'office'>, actor: Actor): Author {
  if (actor.kind === 'citizen') return actor.author
  return {
    kind: 'officer',
    name: actor.name,
    cf: actor.cf,
    role: rolesOn(filing, actor)[0] ?? '',
    office: filing.office,
  }
}

/** The steps that this actor may take now, in the order in which the procedure names them. */
export function availableTransitions(situation: Situation & Workflow, actor: Actor): Transition[] {
  return situation.procedure.workflow.filter((transition) => refusal(situation, transition, actor) === null)
}

/** The step by its id, if this actor may take it now; throws the failure that fits. */
export function transitionFor(situation: Situation & Workflow, id: string, actor: Actor): Transition {
  // Several steps may share an id for different states; the one that fits the state is meant.
  const candidates = situation.procedure.workflow.filter((transition) => transition.id === id)
  const allowed = candidates.find((transition) => refusal(situation, transition, actor) === null)
  if (allowed) return allowed
  const [first] = candidates
  throw failureOf((first && refusal(situation, first, actor)) ?? 'not-found', situation.filing, actor)
}

type Workflow = Readonly<{ procedure: Pick<ProcedureVersion, 'workflow'> }>

const GONE_ON =
  'Nel frattempo la pratica è andata avanti: questa operazione non è più possibile. Riapri la pratica per vedere la situazione aggiornata.'

const FAILURES: Record<Refusal, readonly [ErrorCode, explanation?: string]> = {
  'not-found': ['NOT_FOUND'],
  'not-allowed': ['NOT_ALLOWED'],
  'own-filing': [
    'NOT_ALLOWED',
    'Questa pratica è tua: per legge (art. 6-bis L. 241/1990) deve occuparsene un’altra persona dell’ufficio.',
  ],
  'wrong-state': ['CONFLICT', GONE_ON],
  'done-already': ['CONFLICT', GONE_ON],
  'too-early': [
    'CONFLICT',
    'Il cittadino ha ancora tempo per rispondere: fino ad allora la richiesta non può essere respinta (artt. 2 e 10-bis L. 241/1990).',
  ],
}

function failureOf(reason: Refusal, { id }: Submitted, actor: Actor): AppError {
  const [code, explanation] = FAILURES[reason]
  const back = actor.kind === 'officer' ? `/ufficio/pratiche/${id}` : `/pratiche/${id}`
  return new AppError(code, `Step refused: ${reason}`, explanation ? { explanation, back } : {})
}
