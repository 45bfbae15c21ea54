import type { IsoDate } from '../shared/dates.ts'
import type { Author } from '../shared/party.ts'

/** A natural person as the identity provider described them at login. Absent attributes are absent, never empty strings. */
export type Person = Readonly<{
  /** Account key: the tax code, or `<scheme>:<identifier>` for a foreign person without one. */
  key: string
  cf: string | null
  givenName: string
  familyName: string
  spidCode?: string
  dateOfBirth?: IsoDate
  /** Belfiore code of the municipality or foreign state. */
  placeOfBirth?: string
  countyOfBirth?: string
  gender?: 'F' | 'M'
  email?: string
  pec?: string
  mobile?: string
  domicile?: Readonly<{ street: string; postalCode: string; municipality: string; province: string; nation: string }>
  /** Present only with a professional or legal-person identity (AgID Avviso 18 v2). */
  company?: Readonly<{ name: string; cf?: string; vat?: string; registeredOffice?: string }>
}>

export type Level = 1 | 2 | 3
export type Scheme = 'spid' | 'cie' | 'cns' | 'eidas' | 'oidc'

/** How and when the person proved who they are; kept in the session and copied into the filing as evidence (CAD art. 65 c. 1 b). */
export type Login = Readonly<{
  person: Person
  scheme: Scheme
  level: Level
  identityProvider: string
  at: Date
  /** What single logout needs (SPID level 1 only). */
  nameId?: string
  nameQualifier?: string
  sessionIndex?: string
  requestId?: string
  assertionId?: string
  /** The company in whose name the person chose to act in this session, once the business register confirmed it. */
  represents?: Readonly<{ cf: string; name: string; role: string }>
}>

/** The person as records name them: in the history of a filing, in that of a mandate. */
export const authorOf = ({ person, level }: Login): Extract<Author, { kind: 'citizen' }> => ({
  kind: 'citizen',
  name: `${person.givenName} ${person.familyName}`,
  cf: person.cf,
  level,
})
