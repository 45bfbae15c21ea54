import { AppError } from '../errors.ts'
import {
  denial,
  denied,
  filingPath,
  GONE_ON,
  type Action,
  type Actor,
  type Denial,
  type Submitted,
} from '../filings/index.ts'
import type { EventType, HistoryEvent } from '../history/index.ts'
import { reaches } from '../municipalities/index.ts'
import { lastDayToAnswer, type ProcedureVersion, type Transition } from '../procedures/index.ts'
import { formatLongDate, romeDate, type IsoDate } from '../shared/dates.ts'
import type { Author } from '../shared/party.ts'

type Events = readonly Pick<HistoryEvent, 'type' | 'at' | 'data'>[]

/** A filing as it stands: what may be done follows from its state, its history and the day. */
type Situation = Readonly<{ filing: Submitted; events: Events; today: IsoDate }>

type Refusal = Denial | 'done-already' | 'too-early' | 'in-term' | 'to-be-signed'

/** Which action of the rule of access takes the step that ends in this event. An event that no person causes is missing. */
const ACTIONS: Partial<Record<EventType, Action>> = {
  'taken-in-charge': 'take-charge',
  'integration-requested': 'ask-integration',
  'integration-received': 'answer',
  'refusal-announced': 'announce-refusal',
  'observations-received': 'answer',
  'attestation-requested': 'ask-attestation',
  accepted: 'decide',
  refused: 'decide',
  withdrawn: 'withdraw',
  closed: 'decide',
}

/** Why a step cannot be taken now, or null if it can: the rule of access, narrowed by the procedure's workflow. */
export function refusal(situation: Situation, transition: Transition, actor: Actor): Refusal | null {
  const { filing, events } = situation
  const action = ACTIONS[transition.event]
  const reason = action ? denial(filing, action, actor) : 'not-allowed'
  if (reason) return reason
  if (!rolesOn(filing, actor).some((role) => transition.by.some((by) => by === role))) return 'not-allowed'
  // A letter of ours that waits for its signature does not hold up the citizen's rights.
  if (filing.toSign && actor.kind === 'officer') return 'to-be-signed'
  return inTime(situation, transition) ?? (hasHappened(events, transition) ? 'done-already' : null)
}

const hasHappened = (events: Events, { once, event }: Transition): boolean =>
  once === true && events.some(({ type }) => type === event)

function inTime({ filing, events, today }: Situation, { from, requires, after, event }: Transition): Refusal | null {
  if (!from.includes(filing.state)) return 'wrong-state'
  if (requires && !events.some(({ type }) => type === requires)) return 'wrong-state'
  if (after === 'term' && today <= filing.due) return 'in-term'
  const isNegative = event === 'refused' || event === 'refusal-announced'
  return isNegative && today <= lastDayFor(filing, events) ? 'too-early' : null
}

/**
 * Last of the days in which nothing may be decided against the citizen (L. 241/1990 artt. 10-bis and 2 c. 7). Empty, which is
 * before every day, when nothing was asked or they have answered.
 */
export function lastDayFor(filing: Pick<Submitted, 'state'>, events: Events): IsoDate {
  const asked = askedOf(filing, events)
  const days = asked?.data['answerDays']
  return asked && typeof days === 'number' ? lastDayToAnswer(romeDate(asked.at), days) : ''
}

/** What the office asked the citizen, or announced to them, and waits for; undefined when nothing was, or they have answered. */
export function askedOf<E extends Events[number]>(
  { state }: Pick<Submitted, 'state'>,
  events: readonly E[],
): E | undefined {
  if (state !== 'waiting-integration' && state !== 'refusal-announced') return undefined
  return events.findLast(({ type }) => type === 'integration-requested' || type === 'refusal-announced')
}

/** Roles of the actor on this filing: `citizen` for its filer, an officer's roles in the office that decides it. */
export function rolesOn({ office }: Pick<Submitted, 'office'>, actor: Actor): readonly string[] {
  if (actor.kind === 'citizen') return ['citizen']
  return actor.appointments.filter((appointment) => reaches(appointment, office)).map(({ role }) => role)
}

/** The actor as the filing's records name them: an officer by their role in its office. */
export function authorOn(filing: Pick<Submitted, 'office'>, actor: Actor): Author {
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
  throw failureOf((first && refusal(situation, first, actor)) ?? 'not-found', situation, actor)
}

type Workflow = Readonly<{ procedure: Pick<ProcedureVersion, 'workflow'> }>

type Told = Readonly<{ heading?: string; explanation: string }>

const TOLD: Readonly<Record<Exclude<Refusal, Denial>, (lastDay: IsoDate) => Told>> = {
  'done-already': () => ({ explanation: GONE_ON }),
  'too-early': (lastDay) => ({
    heading: 'È ancora presto',
    explanation: `Il cittadino può rispondere fino a ${formatLongDate(lastDay)} compreso: fino ad allora la richiesta non può essere respinta (artt. 2 e 10-bis L. 241/1990).`,
  }),
  'in-term': () => ({
    heading: 'È ancora presto',
    explanation: 'Il termine per la risposta non è ancora passato.',
  }),
  'to-be-signed': () => ({
    heading: 'In attesa di firma',
    explanation:
      'Questa pratica aspetta la firma di un atto già deciso: prima va firmato, o restituito da chi lo deve firmare.',
  }),
}

function failureOf(reason: Refusal, { filing, events }: Situation, actor: Actor): AppError {
  if (!isOfWorkflow(reason)) return denied(reason, filing, actor)
  const told = TOLD[reason](lastDayFor(filing, events))
  return new AppError('CONFLICT', `Step refused: ${reason}`, { ...told, back: filingPath(filing, actor) })
}

const isOfWorkflow = (reason: Refusal): reason is keyof typeof TOLD => Object.hasOwn(TOLD, reason)
