import { AppError, type ErrorCode } from '../errors.ts'
import { powersIn, type Appointment, type FilingPower } from '../municipalities/index.ts'
import type { Author } from '../shared/party.ts'
import type { Filing } from './filing.ts'
import { partiesOf } from './interest.ts'

/** Who looks or acts: a person for themselves, or an officer with the appointments they hold today. */
export type Actor = Readonly<{ kind: 'citizen'; owner: string; author: Author }> | OfficerActor

export type OfficerActor = Readonly<{
  kind: 'officer'
  owner: string
  cf: string
  name: string
  appointments: readonly Appointment[]
  /** Tax codes whose interests the officer declared to be near to theirs (DPR 62/2013 artt. 6, 7). */
  family: readonly string[]
}>

export type Action = FilingPower | 'edit' | 'erase' | 'send' | 'answer'

/** Why not. `not-found`: not even that the filing exists may be learned. */
export type Denial = 'not-found' | 'not-allowed' | 'wrong-state' | 'own-filing' | 'family' | 'declared-conflict'

type State = Filing['state']

const OPEN: readonly State[] = ['submitted', 'in-charge', 'waiting-integration', 'refusal-announced']
const SENT: readonly State[] = [...OPEN, 'accepted', 'refused', 'closed']

/** When an action can make sense at all; the procedure's workflow narrows it further. */
const STATES: Record<Action, readonly State[]> = {
  see: ['draft', ...SENT],
  read: ['draft', ...SENT],
  edit: ['draft'],
  erase: ['draft'],
  send: ['draft'],
  answer: ['waiting-integration', 'refusal-announced'],
  'take-charge': OPEN,
  'ask-integration': OPEN,
  'announce-refusal': OPEN,
  decide: OPEN,
  'declare-conflict': OPEN,
  assign: OPEN,
}

const FILER: ReadonlySet<Action> = new Set<Action>(['see', 'read', 'edit', 'erase', 'send', 'answer'])
const NOTHING: ReadonlySet<Action> = new Set()

/**
 * Why the actor may not do it with the filing as it stands, or null if they may. The one rule of who may do what:
 * every page, step and document asks here (tested as a table: actor × action × state).
 */
export function denial(filing: Filing, action: Action, actor: Actor): Denial | null {
  const powers = powersOn(filing, actor)
  if (!powers.has('see')) return 'not-found'
  const conflict = conflictOf(filing, actor)
  // Who must abstain learns that the filing is there and why it is not theirs; nothing else of it is their business.
  if (conflict && action !== 'see') return conflict
  if (!powers.has(action)) return 'not-allowed'
  return STATES[action].includes(filing.state) ? null : 'wrong-state'
}

export const may = (filing: Filing, action: Action, actor: Actor): boolean => denial(filing, action, actor) === null

/** The filer has their own; an officer has what their roles reach. A draft is nobody else's business. */
function powersOn(filing: Filing, actor: Actor): ReadonlySet<Action> {
  if (actor.kind === 'citizen') return actor.owner === filing.owner ? FILER : NOTHING
  return filing.state === 'draft' ? NOTHING : powersIn(actor.appointments, filing.office)
}

/**
 * Why an officer must abstain (L. 241/1990 art. 6-bis, DPR 62/2013 art. 7), or null. By themselves: from what concerns
 * them or those they declared as near; else from what they declared on that filing.
 */
export function conflictOf(filing: Filing, actor: Actor): Denial | null {
  if (actor.kind !== 'officer' || filing.state === 'draft') return null
  const parties = partiesOf(filing)
  if (parties.has(actor.owner) || parties.has(actor.cf)) return 'own-filing'
  if (actor.family.some((cf) => parties.has(cf))) return 'family'
  return filing.abstained?.includes(actor.cf) ? 'declared-conflict' : null
}

/** Throws the failure that fits when the actor may not. */
export function assertMay(filing: Filing, action: Action, actor: Actor): void {
  const reason = denial(filing, action, actor)
  if (reason) throw denied(reason, filing, actor)
}

export const GONE_ON =
  'Nel frattempo la pratica è andata avanti: questa operazione non è più possibile. Riapri la pratica per vedere la situazione aggiornata.'

const ABSTAIN = 'per legge (art. 6-bis L. 241/1990) deve occuparsene un’altra persona dell’ufficio.'

const FAILURES: Record<Denial, readonly [ErrorCode, explanation?: string]> = {
  'not-found': ['NOT_FOUND'],
  'not-allowed': ['NOT_ALLOWED'],
  'own-filing': ['NOT_ALLOWED', `Questa pratica è tua o ti riguarda: ${ABSTAIN}`],
  family: ['NOT_ALLOWED', `Questa pratica riguarda una persona che hai dichiarato vicina a te: ${ABSTAIN}`],
  'declared-conflict': ['NOT_ALLOWED', `Hai dichiarato un conflitto di interessi su questa pratica: ${ABSTAIN}`],
  'wrong-state': ['CONFLICT', GONE_ON],
}

export const explanationOf = (reason: Denial): string | undefined => FAILURES[reason][1]

/** The failure that tells it. */
export function denied(reason: Denial, filing: Filing, actor: Actor): AppError {
  const [code, explanation] = FAILURES[reason]
  return new AppError(code, `Refused: ${reason}`, explanation ? { explanation, back: pageOf(filing, actor) } : {})
}

/** Where the actor sees the filing. */
export const pageOf = ({ id }: Pick<Filing, 'id'>, actor: Actor): string =>
  actor.kind === 'officer' ? `/ufficio/pratiche/${id}` : `/pratiche/${id}`
