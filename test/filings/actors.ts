import type { Actor, Filing, HeldMandate } from '../../server/filings/index.ts'
import { ROLES, type Role } from '../../server/municipalities/index.ts'

export const FILER = 'CNTGLI85H54G478Q'
export const OFFICER = 'MRTCHR83B57G478O'
export const CHILD = 'RNLMRC81C02D653D'

const PLACE = { id: 'f1', municipality: 'vallechiara', office: 'anagrafe', procedure: { id: 'scia' }, owner: FILER }
const ACTS = { profile: 'self', principal: null, ground: null }
const GIULIA = { kind: 'person', givenName: 'Giulia', familyName: 'Conti', cf: FILER }
const SENT = { ...PLACE, ...ACTS, state: 'in-charge', filer: GIULIA, answers: {} }

export const filing = (change: object = {}): Filing => ({ ...SENT, ...change }) as unknown as Filing

export const citizen = (owner: string, mandates: readonly HeldMandate[] = []): Actor => ({
  kind: 'citizen',
  owner,
  author: { kind: 'citizen', name: 'Giulia Conti', cf: owner, level: 2 },
  party: { kind: 'person', givenName: 'Giulia', familyName: 'Conti', cf: owner },
  evidence: { scheme: 'spid', level: 2, identityProvider: 'https://idp.example', loginAt: new Date(0) },
  mandates,
})

/** Whose login has level 2, for a procedure that wants that one. */
export const wanting = (wanted: 2 | 3, owner: string): Actor => ({ ...citizen(owner), wanted }) as Actor

export const representing = (owner: string, represents: string): Actor => ({ ...citizen(owner), represents }) as Actor

export function officer(role: Role, change: Partial<Extract<Actor, { kind: 'officer' }>> = {}): Actor {
  const office = ROLES[role].of === 'office' ? 'anagrafe' : null
  const appointments = [{ role, office }]
  return { kind: 'officer', owner: OFFICER, cf: OFFICER, name: 'Chiara Moretti', appointments, family: [], ...change }
}

export const elsewhere = (role: Role): Actor => officer(role, { appointments: [{ role, office: 'suap' }] })

/** A filing whose answers name the officer, and one on which they work by decision of the head of the office. */
export const NAMES = { answers: { soci: [{ cf: OFFICER }] } }
export const CLEARED = { ...NAMES, clearances: [{ cf: OFFICER }] }
