import { FOR_ONESELF, type Acting, type Ground } from '../filings/index.ts'
import type { Login } from '../identity/index.ts'
import { decodeParty, type Mandate, type Mandates, type Representation } from '../mandates/index.ts'
import type { ProcedureSource, Profile } from '../procedures/index.ts'
import { normaliseCodiceFiscale } from '../shared/italian/index.ts'
import { hasErrors, textIn, type FormBody, type FormErrors } from '../shared/form-body.ts'
import { actingUnder, choicesOf, isNoChoice, type Choice } from './acting-choice.ts'

type Deps = {
  mandates: Pick<Mandates, 'held' | 'confirm'>
  representation: Pick<Representation, 'ask'>
  now: () => Date
}

/** Why the register does not confirm that the person represents the company. They may then declare it themselves. */
export type Undecided = 'register-silent' | 'not-registered'

/** How the person acts, or what is wrong with what they said. */
export type Decision =
  | Readonly<{ acting: Acting; errors?: never; undecided?: never }>
  | Readonly<{ acting?: never; errors: FormErrors; undecided: Undecided | null }>

export type ActingService = ReturnType<typeof createActingService>

/** Decides for whom a person acts in a request: from their mandates, the business register, or their own declaration. */
export function createActingService({ mandates, representation, now }: Deps) {
  async function choices(municipality: string, procedure: ProcedureSource, { person }: Login): Promise<Choice[]> {
    const asksForMandates = procedure.profiles.some((profile) => profile === 'proxy' || profile === 'professional')
    const held = asksForMandates ? await mandates.held(municipality, person.key) : []
    return choicesOf(procedure, held, person.company !== undefined)
  }

  /**
   * Reads the choice that a form makes. A mandate that is not theirs, or no longer valid, is not among the choices offered.
   */
  async function decide(offered: readonly Choice[], body: FormBody, login: Login): Promise<Decision> {
    if (isNoChoice(offered)) return { acting: FOR_ONESELF }
    const choice = offered.find(({ value }) => value === textIn(body, 'perChi'))
    if (!choice) return wrong({ perChi: 'Scegli per chi fai la richiesta.' })
    if (choice.mandate) return underMandate(choice.profile, choice.mandate)
    if (choice.profile === 'legal-representative') return asRepresentative(body, login)
    if (choice.asks === null) return { acting: FOR_ONESELF }
    return forNamed(choice, body, login)
  }

  async function asRepresentative(body: FormBody, { person }: Login): Promise<Decision> {
    const cf = normaliseCodiceFiscale(textIn(body, 'cfImpresa'))
    // With any name: only the code is checked here. A name is asked for later, if the register does not know the company.
    const { errors } = decodeParty({ cfImpresa: cf, denominazione: '-' }, { isCompany: true, own: null })
    if (hasErrors(errors)) return wrong(errors)
    const standing = await representation.ask(cf, person.cf)
    // What cannot be checked never stops a filing.
    if (standing === null) return declared(body, cf, 'register-silent')
    if (standing.kind === 'not-registered') return declared(body, cf, 'not-registered')
    if (standing.kind !== 'represents') return wrong({ cfImpresa: REFUSED[standing.kind](standing.company.name) })
    const { company, role } = standing
    return represents({ name: company.name, cf }, { kind: 'register', role, at: now() })
  }

  /** A silent register is asked again when the request is sent. */
  async function underMandate(profile: Profile, mandate: Mandate): Promise<Decision> {
    const confirmation = await mandates.confirm(mandate)
    return confirmation.kind === 'ended'
      ? wrong({ perChi: confirmation.why })
      : { acting: actingUnder(profile, mandate) }
  }

  return { choices, decide }
}

const wrong = (errors: FormErrors, undecided: Undecided | null = null): Decision => ({ errors, undecided })

/** Somebody whom the person names: as parent or guardian on their own word, as proxy or professional with a paper. */
function forNamed({ profile, asks }: Choice, body: FormBody, { person }: Login): Decision {
  const { party, errors } = decodeParty(body, { isCompany: asks === 'company', own: person.cf })
  if (!party) return wrong(errors)
  const because = profile === 'parent' || profile === 'guardian' ? 'own-word' : 'paper'
  return { acting: { profile, principal: party, ground: { kind: 'declared', because } } }
}

const REFUSED = {
  ceased: (name: string) =>
    `${name} risulta cessata nel Registro imprese: non si possono presentare richieste per suo conto.`,
  'does-not-represent': (name: string) =>
    `Nel Registro imprese non risulti tra i rappresentanti di ${name}. Può presentare la richiesta chi la rappresenta, o tu con una sua procura.`,
} as const

/** A representative on their own word, given under DPR 445/2000 art. 46: the office checks it. */
function declared(body: FormBody, cf: string, because: Undecided): Decision {
  const { party, errors } = decodeParty({ ...body, cfImpresa: cf }, { isCompany: true, own: null })
  const missing =
    textIn(body, 'dichiaro') === 'true' ? {} : { dichiaro: 'Per continuare devi dichiarare che la rappresenti.' }
  if (!party || hasErrors(missing)) return wrong({ ...errors, ...missing }, because)
  return { acting: { profile: 'legal-representative', principal: party, ground: { kind: 'declared', because } } }
}

const represents = (company: { name: string; cf: string }, ground: Ground): Decision => ({
  acting: { profile: 'legal-representative', principal: { kind: 'company', ...company }, ground },
})
