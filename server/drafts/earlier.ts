import type { Acting, Answered, OwnOrCompany } from '../filings/index.ts'
import type { Login } from '../identity/index.ts'
import { isReusable, type ProcedureVersion } from '../procedures/index.ts'

/** How many of the last requests are looked through: what somebody gave before them is likely to be out of date. */
export const MOST_LOOKED_THROUGH = 10

/** For how long the word of the business register counts here. It is asked when a request is begun, and again when it is sent. */
const REGISTER_HOURS = 24

/**
 * In whose name the earlier requests must stand for a request to be offered what was written in them; null: nothing is. Data
 * go from oneself to oneself, and from a company to the same company while the register confirms who speaks for it. Who acts
 * for another person, on whatever ground, is offered nothing: not the other's data, and not their own in the other's place.
 */
export function sourcesFor({ profile, principal, ground }: Acting, now: Date): OwnOrCompany | null {
  if (profile === 'self') return principal ? null : { profile, company: null }
  if (profile !== 'legal-representative' || principal?.kind !== 'company' || principal.cf === null) return null
  const confirmed = ground?.kind === 'register' && now.getTime() - ground.at.getTime() < REGISTER_HOURS * 3_600_000
  return confirmed ? { profile, company: principal.cf } : null
}

/** What decides whether a request may be read for another one. */
type Source = Readonly<{
  sent: Pick<Answered, 'state' | 'channel' | 'owner'>
  procedure: Pick<ProcedureVersion, 'login' | 'privacy' | 'reserved'>
}>

/**
 * Whether what was written in an earlier request may be offered to whoever has logged in: not what they took back, what others
 * typed for them, what their login is too weak to read, or what comes out of a procedure with health data.
 */
export const isSource = ({ sent, procedure }: Source, { person, level }: Pick<Login, 'person' | 'level'>): boolean =>
  sent.owner === person.key &&
  sent.channel === 'web' &&
  sent.state !== 'withdrawn' &&
  isReusable(procedure) &&
  level >= procedure.login.level
