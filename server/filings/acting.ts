import { covers, type Mandate, type MandateId } from '../mandates/index.ts'
import { PROFILE_WORDS, profilesUnderMandate, type ProcedureSource, type Profile } from '../procedures/index.ts'
import type { IsoDate } from '../shared/dates.ts'
import { partyName, type Party } from '../shared/party.ts'

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

/** One way to act that the first page offers. */
export type Choice = Readonly<{
  /** Value of the radio: the profile's word, or `delega-<mandate>`. */
  value: string
  label: string
  profile: Profile
  mandate?: Mandate
  /** Whom the person must name as principal; null when the choice itself says it. */
  asks: 'person' | 'company' | null
}>

const LABELS: Readonly<Record<Profile, string>> = {
  self: 'Per me',
  parent: 'Per mio figlio o mia figlia minorenne',
  guardian: 'Per una persona di cui sono tutore o amministratore di sostegno',
  proxy: 'Per una persona che mi ha delegato: allego la delega firmata',
  'legal-representative': 'Per un’impresa, un’associazione o un ente che rappresento',
  professional: 'Per un cliente, come professionista: allego la procura firmata',
}

type Offer = Pick<ProcedureSource, 'id' | 'profiles' | 'clients'>

/** The ways in which this person may begin this procedure: those of the procedure, and one for each mandate that they hold. */
export function choicesOf(procedure: Offer, held: readonly Mandate[], isProfessional: boolean): Choice[] {
  const own = procedure.profiles.map((profile) => ({
    value: PROFILE_WORDS[profile],
    label: LABELS[profile],
    profile,
    asks: asksOf(profile, procedure),
  }))
  const byMandate = held.flatMap((mandate): Choice[] => {
    const profile = profileUnder(mandate, procedure, isProfessional)
    if (!profile || !covers(mandate, { id: null, procedure: procedure.id })) return []
    const label = `Per ${partyName(mandate.principal)}, con la delega che il Comune ha registrato`
    return [{ value: `delega-${mandate.id}`, label, profile, mandate, asks: null }]
  })
  const [self, others] = [
    own.filter(({ profile }) => profile === 'self'),
    own.filter(({ profile }) => profile !== 'self'),
  ]
  return [...self, ...byMandate, ...others]
}

/** Nothing is asked where one can only act for oneself. */
export const isNoChoice = ([first, ...others]: readonly Choice[]): boolean =>
  first?.profile === 'self' && others.length === 0

function asksOf(profile: Profile, { clients }: Offer): Choice['asks'] {
  if (profile === 'self') return null
  if (profile === 'legal-representative') return 'company'
  return profile === 'professional' ? (clients ?? 'person') : 'person'
}

/**
 * `profilesUnderMandate` names a professional first and a proxy last: who has a professional identity acts as the one, else
 * as the other.
 */
function profileUnder({ principal }: Mandate, procedure: Offer, isProfessional: boolean): Profile | undefined {
  const possible = profilesUnderMandate(procedure, principal.kind)
  return isProfessional ? possible[0] : possible.at(-1)
}

/** The ground of a request that rests on this mandate. */
export const underMandate = ({ id, principalKey, origin, to }: Mandate): Ground => ({
  ...{ kind: 'mandate', mandate: id, principalKey, origin, to },
})

/** Acting for the principal of this mandate, in that profile. */
export const actingUnder = (profile: Profile, mandate: Mandate): Acting => ({
  profile,
  principal: mandate.principal,
  ground: underMandate(mandate),
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

/** How the person acts, in words for papers and pages: `delegato`, `legale rappresentante`. */
export const CAPACITIES: Readonly<Record<Profile, string>> = {
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
