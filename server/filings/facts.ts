import { answeredFact, type Answers, type Form } from '../forms/index.ts'
import { authorOf, type Login, type Person } from '../identity/index.ts'
import type { Municipality } from '../municipalities/index.ts'
import type { Party } from '../shared/party.ts'
import { actingFacts, type Acting } from './acting.ts'
import type { CitizenActor } from './actor.ts'
import type { LoginEvidence } from './filing.ts'

/**
 * What the identity provider proved, under the names that forms use for prefilling (`identity.<SPID attribute>`).
 * Absent attributes are left out, so that the field stays open to the person.
 */
function identityFacts(person: Person): Record<string, string> {
  const { domicile, company } = person
  const facts: Record<string, string | null | undefined> = {
    'identity.fiscalNumber': person.cf,
    'identity.name': person.givenName,
    'identity.familyName': person.familyName,
    'identity.dateOfBirth': person.dateOfBirth,
    'identity.placeOfBirth': person.placeOfBirth,
    'identity.countyOfBirth': person.countyOfBirth,
    'identity.gender': person.gender,
    'identity.email': person.email,
    'identity.mobilePhone': person.mobile,
    'identity.digitalAddress': person.pec,
    'identity.domicileStreetAddress': domicile?.street,
    'identity.domicilePostalCode': domicile?.postalCode,
    'identity.domicileMunicipality': domicile?.municipality,
    'identity.domicileProvince': domicile?.province,
    'identity.domicileNation': domicile?.nation,
    'identity.companyName': company?.name,
    'identity.companyFiscalNumber': company?.cf,
    'identity.ivaCode': company?.vat,
    'identity.registeredOffice': company?.registeredOffice,
  }
  return Object.fromEntries(Object.entries(facts).filter((entry): entry is [string, string] => Boolean(entry[1])))
}

/** Of how many residents the law of trade makes a difference (D.Lgs. 114/1998 art. 4 c. 1 d, e). */
const FEW_RESIDENTS = 10_000

const placeFacts = ({ residents }: Pick<Municipality, 'residents'>): Record<string, string> =>
  residents === undefined
    ? {}
    : { 'municipality.population': residents > FEW_RESIDENTS ? 'oltre-10000' : 'fino-a-10000' }

/** All that is known before the first step: the login, how the person acts, for whom, and in which municipality. */
export const formFactsOf = (
  person: Person,
  acting: Acting,
  municipality: Pick<Municipality, 'residents'>,
): Record<string, string> => ({
  ...identityFacts(person),
  ...actingFacts(acting),
  ...placeFacts(municipality),
})

/** The person as they are at this moment, for register and filing. */
export function partyOf({ givenName, familyName, cf, email, pec }: Person): Party {
  return { kind: 'person', givenName, familyName, cf, ...(email ? { email } : {}), ...(pec ? { pec } : {}) }
}

/** Who files, with the e-mail address that they give in the request: CIE proves none, and SPID perhaps one that they do not read any more. */
export function filerOf(person: Person, form: Form, answers: Answers): Party {
  const email = answeredFact(form, 'identity.email', answers)
  return { ...partyOf(person), ...(email !== undefined && { email }) }
}

/** What is kept of the login by which something was sent. */
export function evidenceOf({ scheme, level, identityProvider, at, assertionId }: Login): LoginEvidence {
  return { scheme, level, identityProvider, loginAt: at, ...(assertionId ? { assertionId } : {}) }
}

/** A person as actor, without mandates: `createActors` adds those that a filing asks for. */
export const citizenOf = (login: Login): CitizenActor => ({
  kind: 'citizen',
  owner: login.person.key,
  author: authorOf(login),
  party: partyOf(login.person),
  evidence: evidenceOf(login),
  mandates: [],
  ...(login.represents && { represents: login.represents.cf }),
})
