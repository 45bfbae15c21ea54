import { randomUUID, sign } from 'node:crypto'
import { deflateRawSync } from 'node:zlib'
import { escapeText, type Signer } from './response-builder.ts'

const NAMESPACES =
  'xmlns:samlp="urn:oasis:names:tc:SAML:2.0:protocol" xmlns:saml="urn:oasis:names:tc:SAML:2.0:assertion"'

type Envelope = Readonly<{ destination: string; issuer: string }>

const issuerXml = ({ issuer }: Envelope): string =>
  `<saml:Issuer Format="urn:oasis:names:tc:SAML:2.0:nameid-format:entity" NameQualifier="${escapeText(issuer)}">${escapeText(issuer)}</saml:Issuer>`

const attributesXml = ({ destination }: Envelope): string =>
  `${NAMESPACES} ID="_${randomUUID()}" Version="2.0" IssueInstant="${new Date().toISOString()}" Destination="${escapeText(destination)}"`

/** LogoutResponse; `partial` when some session could not be closed. */
export function logoutResponse(facts: Envelope & { inResponseTo: string; partial?: boolean }): string {
  const code = (value: string, inside = '') =>
    `<samlp:StatusCode Value="urn:oasis:names:tc:SAML:2.0:status:${value}">${inside}</samlp:StatusCode>`
  const status = facts.partial ? code('Requester', code('PartialLogout')) : code('Success')
  return `<samlp:LogoutResponse ${attributesXml(facts)} InResponseTo="${escapeText(facts.inResponseTo)}">${issuerXml(facts)}<samlp:Status>${status}</samlp:Status></samlp:LogoutResponse>`
}

/** LogoutRequest for a session of the provider. */
export function logoutRequest(facts: Envelope & { nameId: string; sessionIndex: string }): string {
  return `<samlp:LogoutRequest ${attributesXml(facts)}>${issuerXml(facts)}<saml:NameID Format="urn:oasis:names:tc:SAML:2.0:nameid-format:transient" NameQualifier="${escapeText(facts.issuer)}">${escapeText(facts.nameId)}</saml:NameID><samlp:SessionIndex>${escapeText(facts.sessionIndex)}</samlp:SessionIndex></samlp:LogoutRequest>`
}

type Query = Readonly<{ name: 'SAMLRequest' | 'SAMLResponse'; document: string; relayState?: string }>

/** An address with a message of the HTTP-Redirect binding, signed. */
export function signedRedirect(address: string, { name, document, relayState }: Query, { privateKey }: Signer): string {
  const query = [
    `${name}=${encodeURIComponent(deflateRawSync(document).toString('base64'))}`,
    ...(relayState === undefined ? [] : [`RelayState=${encodeURIComponent(relayState)}`]),
    `SigAlg=${encodeURIComponent('http://www.w3.org/2001/04/xmldsig-more#rsa-sha256')}`,
  ].join('&')
  const signature = sign('sha256', Buffer.from(query), privateKey).toString('base64')
  return `${address}?${query}&Signature=${encodeURIComponent(signature)}`
}
