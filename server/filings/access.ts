import { covers } from '../mandates/index.ts'
import { powersIn, type FilingPower } from '../municipalities/index.ts'
import type { Actor, CitizenActor, HeldMandate, InvitedSigner, OfficerActor } from './actor.ts'
import { CONCLUDED, type Filing, type Listed } from './filing.ts'
import { concernedBy } from './interest.ts'

/** `sign`: to see and sign the one document of an invitation. */
export type Action = FilingPower | 'edit' | 'erase' | 'send' | 'answer' | 'ask-attestation' | 'withdraw' | 'sign'

/** Why an action is refused. `not-found`: not even that the filing exists may be learned. */
export type Denial =
  | 'not-found'
  | 'not-allowed'
  | 'login-too-weak'
  | 'wrong-state'
  | 'own-filing'
  | 'family'
  | 'declared-conflict'
  | 'named'
  | 'mandate-ended'

type State = Filing['state']

const OPEN: readonly State[] = [
  'submitted',
  'in-charge',
  'waiting-integration',
  'refusal-announced',
  'attestation-asked',
]
const SENT: readonly State[] = [...OPEN, ...CONCLUDED]

/** When an action can make sense at all; the procedure's workflow narrows it further. */
const STATES: Record<Action, readonly State[]> = {
  see: ['draft', ...SENT],
  read: ['draft', ...SENT],
  edit: ['draft'],
  erase: ['draft'],
  send: ['draft'],
  sign: ['draft'],
  answer: ['waiting-integration', 'refusal-announced'],
  'ask-attestation': ['submitted', 'in-charge'],
  withdraw: OPEN,
  'take-charge': OPEN,
  'ask-integration': OPEN,
  'announce-refusal': OPEN,
  decide: OPEN,
  'declare-conflict': OPEN,
  assign: OPEN,
}

const FILER: ReadonlySet<Action> = new Set<Action>([
  'see',
  'read',
  'edit',
  'erase',
  'send',
  'answer',
  'ask-attestation',
  'withdraw',
])
/** What the principal may do: see what their proxy did, answer and ask for themselves, and withdraw it. */
const PRINCIPAL: ReadonlySet<Action> = new Set<Action>(['see', 'read', 'answer', 'ask-attestation', 'withdraw'])
/** What one may do in another's name only as long as they want it. */
const IN_NAME: ReadonlySet<Action> = new Set<Action>(['answer', 'ask-attestation', 'withdraw'])
/**
 * A mandate for this one filing is given to follow it and to answer the office, and the form says so: to give up what another
 * asked for is no part of it (art. 1711 c.c.).
 */
const FOLLOWER: ReadonlySet<Action> = new Set<Action>(['see', 'read', 'answer'])
/** An invitation leads to its document only, not even to see that the filing exists. */
const SIGNER: ReadonlySet<Action> = new Set<Action>(['sign'])
const NOTHING: ReadonlySet<Action> = new Set()

/**
 * Why the actor may not do it with the filing as it stands, or null if they may. The one rule of who may do what:
 * every page, step and document asks here (tested as a table: actor × action × state).
 */
export function denial(filing: Filing, action: Action, actor: Actor | InvitedSigner): Denial | null {
  if (actor.kind === 'citizen') return citizenDenial(filing, action, actor)
  const powers = powersOn(filing, actor)
  if (!powers.has('see') && !powers.has(action)) return 'not-found'
  const conflict = conflictOf(filing, actor)
  if (conflict && !DESPITE[conflict].has(action)) return conflict
  return lacking(powers, action, filing)
}

/** The same rule for a person. It reads only what lists have of a filing, so it decides what they show, too. */
export function citizenDenial(filing: Listed, action: Action, actor: CitizenActor): Denial | null {
  const powers = powersOf(filing, actor)
  if (!powers.has('see')) return 'not-found'
  // Also to read a filing, sent or not, one needs the level of login of its procedure: a mere password opens no health data.
  if (isTooWeak(actor)) return 'login-too-weak'
  if (powers.has(action) && mandateEnded(filing, action, actor)) return 'mandate-ended'
  return lacking(powers, action, filing)
}

function lacking(powers: ReadonlySet<Action>, action: Action, { state }: Listed): Denial | null {
  if (!powers.has(action)) return 'not-allowed'
  return STATES[action].includes(state) ? null : 'wrong-state'
}

/** Whether their login is weaker than the filing asks. */
export const isTooWeak = ({ author, wanted }: CitizenActor): boolean =>
  author.kind === 'citizen' && wanted !== undefined && author.level < wanted

/** Whether the actor may do it now; see `denial`. */
export const may = (filing: Filing, action: Action, actor: Actor): boolean => denial(filing, action, actor) === null

/** What an officer's roles reach, or the one right of an invited signer. A draft is closed to every officer. */
function powersOn(filing: Filing, actor: OfficerActor | InvitedSigner): ReadonlySet<Action> {
  if (actor.kind === 'signer') return isInvited(actor, filing) ? SIGNER : NOTHING
  return filing.state === 'draft' ? NOTHING : powersIn(actor.appointments, filing.office)
}

function powersOf(filing: Listed, actor: CitizenActor): ReadonlySet<Action> {
  if (filing.owner === actor.owner) return filing.state === 'draft' || !lacksMandate(filing, actor) ? FILER : NOTHING
  if (filing.state === 'draft') return NOTHING
  if (isPrincipal(filing, actor)) return PRINCIPAL
  const isNamed = ({ scope }: HeldMandate): boolean => scope.kind === 'filing' && scope.filing === filing.id
  return actor.mandates.some((held) => isNamed(held) && held.principalKey === inWhoseName(filing)) ? FOLLOWER : NOTHING
}

/** The account key in whose name a filing stands: that of the principal who gave the mandate, else that of whoever filed. */
export const inWhoseName = ({ ground, owner }: Listed): string =>
  ground?.kind === 'mandate' ? ground.principalKey : owner

/** Whether it stands in their own name, or in that of the company that they represent. */
export const isPrincipal = (filing: Listed, { owner, represents }: CitizenActor): boolean =>
  [owner, represents].includes(inWhoseName(filing))

/**
 * Whether it was filed under a mandate and they hold none any more that covers it. A draft stays theirs all the same; what
 * was sent is the principal's.
 */
function lacksMandate(filing: Listed, { mandates }: CitizenActor): boolean {
  if (filing.ground?.kind !== 'mandate') return false
  const what = { id: filing.id, procedure: filing.procedure.id }
  return !mandates.some((held) => held.principalKey === inWhoseName(filing) && covers(held, what))
}

/** To send, answer, ask or withdraw in another's name one needs a mandate whose giver may still give it; to look one does not. */
function mandateEnded(filing: Listed, action: Action, actor: CitizenActor): boolean {
  const standing = { ...actor, mandates: actor.mandates.filter(isStanding) }
  if (action === 'send') return lacksMandate(filing, standing)
  return IN_NAME.has(action) && !powersOf(filing, standing).has(action)
}

const isStanding = ({ confirmation }: HeldMandate): boolean => confirmation?.kind !== 'ended'

/**
 * Whether they act under mandates of which the business register could confirm none, because it was silent. That stops
 * nothing: the office checks.
 */
export function actsUnconfirmed(actor: Actor): boolean {
  const standing = actor.kind === 'citizen' ? actor.mandates.filter(isStanding) : []
  return standing.length > 0 && standing.every(({ confirmation }) => confirmation?.kind === 'register-silent')
}

/** Whether their rights on the filing depend on mandates. Otherwise nobody looks them up. */
export const dependsOnMandates = (filing: Filing, actor: CitizenActor): boolean =>
  filing.owner === actor.owner
    ? filing.ground?.kind === 'mandate'
    : filing.state !== 'draft' && !isPrincipal(filing, actor)

const isInvited = ({ cf, invitation }: InvitedSigner, { id, municipality }: Filing): boolean =>
  invitation.state === 'open' &&
  invitation.signer.cf === cf &&
  invitation.filing === id &&
  invitation.municipality === municipality

type Conflict = Extract<Denial, 'own-filing' | 'family' | 'declared-conflict' | 'named'>

/** Who must abstain learns that the filing is there and why it is not theirs; nothing else of it is their business. */
const ABSTAINING: ReadonlySet<Action> = new Set<Action>(['see'])
/**
 * What each conflict leaves. Answers are what the filer types: whoever types the codes of a whole office would leave nobody to
 * decide, and silence may be consent. So a mere mention closes the filing until the head of the office has decided on it, who may
 * be named as well.
 */
const DESPITE: Readonly<Record<Conflict, ReadonlySet<Action>>> = {
  'own-filing': ABSTAINING,
  family: ABSTAINING,
  'declared-conflict': ABSTAINING,
  named: new Set<Action>(['see', 'declare-conflict', 'assign']),
}

/**
 * Why an officer must abstain (L. 241/1990 art. 6-bis, DPR 62/2013 art. 7), or null: it is theirs, or it concerns somebody whom they
 * declared as near, or they declared a conflict on that very filing, or its answers name them and the head of the office
 * has not decided that they may work on it.
 */
export function conflictOf(filing: Filing, actor: Actor | InvitedSigner): Conflict | null {
  if (actor.kind !== 'officer' || filing.state === 'draft') return null
  const { owners, named } = concernedBy(filing)
  const theirs = [actor.owner, actor.cf]
  if (owners.some((code) => theirs.includes(code))) return 'own-filing'
  if ([...owners, ...named].some((code) => actor.family.includes(code))) return 'family'
  const isOfActor = ({ cf }: { cf: string }): boolean => cf === actor.cf
  if (filing.abstentions?.some(isOfActor)) return 'declared-conflict'
  return named.some((code) => theirs.includes(code)) && !filing.clearances?.some(isOfActor) ? 'named' : null
}
