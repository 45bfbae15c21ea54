import { mandateGround, type Acting } from '../filings/index.ts'
import { covers, type Mandate } from '../mandates/index.ts'
import {
  clientsOf,
  PROFILE_WORDS,
  profilesUnderMandate,
  type ProcedureSource,
  type Profile,
} from '../procedures/index.ts'
import { partyName } from '../shared/party.ts'

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
    label: labelOf(profile, procedure),
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

/** A company gives a power of attorney (procura) to whoever deals with its SUAP for it, in an order or not. */
const labelOf = (profile: Profile, procedure: Offer): string =>
  profile === 'proxy' && clientsOf(procedure) === 'company'
    ? 'Per un’impresa che mi ha dato una procura: allego la procura firmata'
    : LABELS[profile]

function asksOf(profile: Profile, procedure: Offer): Choice['asks'] {
  if (profile === 'self') return null
  if (profile === 'legal-representative') return 'company'
  return profile === 'professional' || profile === 'proxy' ? clientsOf(procedure) : 'person'
}

/**
 * `profilesUnderMandate` names a professional first and a proxy last: who has a professional identity acts as the one, else
 * as the other.
 */
function profileUnder({ principal }: Mandate, procedure: Offer, isProfessional: boolean): Profile | undefined {
  const possible = profilesUnderMandate(procedure, principal.kind)
  return isProfessional ? possible[0] : possible.at(-1)
}

/** Acting for the principal of this mandate, in that profile. */
export const actingUnder = (profile: Profile, mandate: Mandate): Acting => ({
  profile,
  principal: mandate.principal,
  ground: mandateGround(mandate),
})
