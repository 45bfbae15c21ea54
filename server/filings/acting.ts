import { covers, type Mandate, type MandateId } from '../mandates/index.ts'
import { PROFILE_WORDS, type Profile } from '../procedures/index.ts'
import type { IsoDate } from '../shared/dates.ts'
import type { Party } from '../shared/party.ts'

/** On what the power to act for the principal rests. */
export type Ground =
  | Readonly<{
      kind: 'mandate'
      mandate: MandateId
      principalKey: string
      origin: Mandate['origin']
      to: IsoDate
      /**
       * Given for a company; when it was used the business register was silent about whether its giver still represents it.
       */
      unconfirmed?: true
    }>
  /** The business register said so at that instant. */
  | Readonly<{ kind: 'register'; role: string; at: Date }>
  /**
   * The person declares it (DPR 445/2000 art. 46 c. 1 u), or proves it by a paper of the request: the office checks it.
   * `register-silent`: nobody could be asked; `not-registered`: a body that the business register does not hold.
   */
  | Readonly<{ kind: 'declared'; because: 'own-word' | 'paper' | 'register-silent' | 'not-registered' }>

/** How a person acts in a request, and for whom. */
export type Acting = Readonly<{ profile: Profile; principal: Party | null; ground: Ground | null }>

export const FOR_ONESELF: Acting = { profile: 'self', principal: null, ground: null }

/** The ground of a request that rests on this mandate. */
export const mandateGround = ({ id, principalKey, origin, to }: Mandate): Ground => ({
  kind: 'mandate',
  mandate: id,
  principalKey,
  origin,
  to,
})

/**
 * The mandates on which a draft may rest on the day of sending, its own first: when that has ended, another one of the
 * same principal serves.
 */
export function mandatesFor(ground: Ground, procedure: string, held: readonly Mandate[]): Mandate[] {
  if (ground.kind !== 'mandate') return []
  const fitting = held.filter(
    (mandate) => mandate.principalKey === ground.principalKey && covers(mandate, { id: null, procedure }),
  )
  const isOwn = ({ id }: Mandate): boolean => id === ground.mandate
  return [...fitting.filter(isOwn), ...fitting.filter((mandate) => !isOwn(mandate))]
}

/** What the choice tells the form, under the names that forms use for prefilling: these fields are locked. */
export function actingFacts({ profile, principal, ground }: Acting): Record<string, string> {
  const needsProof = profile === 'proxy' || profile === 'professional'
  return {
    'acting.profile': PROFILE_WORDS[profile],
    ...(needsProof ? { 'acting.proof': ground?.kind === 'mandate' ? 'registrata' : 'allegata' } : {}),
    ...(principal ? principalFacts(principal) : {}),
  }
}

function principalFacts(principal: Party): Record<string, string> {
  const cf = 'cf' in principal ? principal.cf : null
  if (principal.kind !== 'person')
    return { 'principal.companyName': principal.name, ...(cf ? { 'principal.companyFiscalNumber': cf } : {}) }
  const { givenName, familyName } = principal
  return {
    'principal.name': givenName,
    'principal.familyName': familyName,
    ...(cf ? { 'principal.fiscalNumber': cf } : {}),
  }
}

/** How the person acts, in words for papers and pages: `delegato`, `legale rappresentante`; a company's proxy is its `procuratore`. */
export const capacityOf = ({ profile, principal }: Pick<Acting, 'profile' | 'principal'>): string =>
  profile === 'proxy' && principal?.kind === 'company' ? 'procuratore' : CAPACITIES[profile]

const CAPACITIES: Readonly<Record<Profile, string>> = {
  self: 'in proprio',
  parent: 'genitore',
  guardian: 'tutore o amministratore di sostegno',
  proxy: 'delegato',
  'legal-representative': 'legale rappresentante',
  professional: 'professionista incaricato',
}

/** On what it rests, in words; null for oneself. */
export function groundText(ground: Ground | null): string | null {
  if (!ground) return null
  if (ground.kind === 'mandate') return mandateText(ground)
  if (ground.kind === 'register') return `${ground.role}, secondo il Registro imprese`
  return DECLARED[ground.because]
}

function mandateText({ origin, unconfirmed }: Extract<Ground, { kind: 'mandate' }>): string {
  if (origin === 'document') return 'procura approvata dal Comune'
  return unconfirmed
    ? 'delega data in linea al Comune: il Registro imprese non rispondeva'
    : 'delega data in linea al Comune'
}

const DECLARED = {
  'own-word': 'dichiarato dalla persona',
  paper: 'delega o procura allegata',
  'register-silent': 'dichiarato dalla persona: il Registro imprese non rispondeva',
  'not-registered': 'dichiarato dalla persona: non è nel Registro imprese',
} as const

/** Whether the office still has to check it. */
export const isToCheck = (ground: Ground | null): boolean =>
  ground?.kind === 'declared' || (ground?.kind === 'mandate' && ground.unconfirmed === true)
