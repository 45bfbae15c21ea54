import type { Level } from './person.ts'

/** Names of SAML 2.0 and of the Italian profiles, each written once. */
export const NS = {
  protocol: 'urn:oasis:names:tc:SAML:2.0:protocol',
  assertion: 'urn:oasis:names:tc:SAML:2.0:assertion',
  metadata: 'urn:oasis:names:tc:SAML:2.0:metadata',
  signature: 'http://www.w3.org/2000/09/xmldsig#',
  spid: 'https://spid.gov.it/saml-extensions',
  cie: 'https://www.cartaidentita.interno.gov.it/saml-extensions',
} as const

export const FORMAT_ENTITY = 'urn:oasis:names:tc:SAML:2.0:nameid-format:entity'
export const FORMAT_TRANSIENT = 'urn:oasis:names:tc:SAML:2.0:nameid-format:transient'
export const METHOD_BEARER = 'urn:oasis:names:tc:SAML:2.0:cm:bearer'
export const STATUS_SUCCESS = 'urn:oasis:names:tc:SAML:2.0:status:Success'
export const STATUS_PARTIAL_LOGOUT = 'urn:oasis:names:tc:SAML:2.0:status:PartialLogout'

export type Binding = 'redirect' | 'post'
export const BINDING_URI: Readonly<Record<Binding, string>> = {
  redirect: 'urn:oasis:names:tc:SAML:2.0:bindings:HTTP-Redirect',
  post: 'urn:oasis:names:tc:SAML:2.0:bindings:HTTP-POST',
}

/** SPID and CIE share the same three class references (spid-cie.md §2, §9). */
export const levelUri = (level: Level): string => `https://www.spid.gov.it/SpidL${level}`

/** The level that a class reference states; `undefined` for anything else, the old URNs included (case 97). */
export function levelOf(uri: string): Level | undefined {
  const digit = /^https:\/\/www\.spid\.gov\.it\/SpidL([123])$/.exec(uri)?.[1]
  return digit === undefined ? undefined : (Number(digit) as Level)
}

/** A SAML identifier: an xs:NCName, so it must not begin with a digit. */
export const samlId = (unique: string): string => `_${unique}`

/** SAML instants are UTC with `Z`; fractions are allowed (case 110), offsets and bare dates are not (cases 13, 38, 65, 77, 81). */
export function parseInstant(text: string | undefined): Date | undefined {
  if (text === undefined || !/^\d{4}-\d{2}-\d{2}T\d{2}:\d{2}:\d{2}(\.\d+)?Z$/.test(text)) return undefined
  const instant = new Date(text)
  return Number.isNaN(instant.getTime()) ? undefined : instant
}
