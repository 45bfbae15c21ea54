import { AppError } from '../errors.ts'
import type { HistoryEvent } from '../history/index.ts'
import type { ProcedureVersion, Transition } from '../procedures/index.ts'
import type { Author } from '../shared/party.ts'
import type { Submitted } from './filing.ts'

type Events = readonly Pick<HistoryEvent, 'type'>[]

/** A role in an office, as the municipality gave it. */
export type Appointment = Readonly<{ role: string; office: string }>

/** Who takes a step on a filing: the filer, or an officer with the appointments they hold today. */
export type Actor =
  | Readonly<{ kind: 'citizen'; owner: string; author: Author }>
  | Readonly<{ kind: 'officer'; owner: string; cf: string; name: string; appointments: readonly Appointment[] }>

type Refusal = 'not-found' | 'not-allowed' | 'wrong-state' | 'done-already' | 'own-filing'

/** Why a step cannot be taken now, or null if it can. One rule for every role, state and step (tested as a table). */
export function refusal(filing: Submitted, transition: Transition, actor: Actor, events: Events): Refusal | null {
  const roles = rolesOn(filing, actor)
  if (roles.length === 0) return 'not-found'
  // L. 241/1990 art. 6-bis: nobody works on a filing of their own.
  if (actor.kind === 'officer' && actor.owner === filing.owner) return 'own-filing'
  if (!transition.by.some((role) => roles.includes(role))) return 'not-allowed'
  if (!transition.from.includes(filing.state)) return 'wrong-state'
  if (transition.requires && !events.some(({ type }) => type === transition.requires)) return 'wrong-state'
  if (transition.once && events.some(({ type }) => type === transition.event)) return 'done-already'
  return null
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
export function availableTransitions(
  filing: Submitted,
  procedure: ProcedureVersion,
  actor: Actor,
  events: Events,
): Transition[] {
  return procedure.workflow.filter((transition) => refusal(filing, transition, actor, events) === null)
}

/** The step by its id, if this actor may take it now; throws the failure that fits. */
export function transitionFor(
  filing: Submitted,
  procedure: ProcedureVersion,
  id: string,
  { actor, events }: { actor: Actor; events: Events },
): Transition {
  // Several steps may share an id for different states; the one that fits the state is meant.
  const candidates = procedure.workflow.filter((transition) => transition.id === id)
  const allowed = candidates.find((transition) => refusal(filing, transition, actor, events) === null)
  if (allowed) return allowed
  const [first] = candidates
  const reason = first ? refusal(filing, first, actor, events) : 'not-found'
  if (reason === 'not-found' || !first) throw new AppError('NOT_FOUND', 'No such step on this filing')
  if (reason === 'own-filing') {
    throw new AppError('NOT_ALLOWED', 'Officer is the filer', {
      explanation:
        'Questa pratica è tua: per legge (art. 6-bis L. 241/1990) deve occuparsene un’altra persona dell’ufficio.',
    })
  }
  if (reason === 'not-allowed') throw new AppError('NOT_ALLOWED', 'Role may not take this step')
  throw new AppError('CONFLICT', `Step ${id} does not fit state ${filing.state}`, {
    explanation:
      'Nel frattempo la pratica è andata avanti: questa operazione non è più possibile. Riapri la pratica per vedere la situazione aggiornata.',
    back: actor.kind === 'officer' ? `/ufficio/pratiche/${filing.id}` : `/pratiche/${filing.id}`,
  })
}
