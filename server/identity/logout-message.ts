import { AppError } from '../errors.ts'
import { FORMAT_ENTITY, FORMAT_TRANSIENT, NS, parseInstant, STATUS_PARTIAL_LOGOUT, STATUS_SUCCESS } from './saml.ts'
import { xml } from './xml-markup.ts'
import { attribute, descendants, only, textOf, type Element } from './xml.ts'

type Envelope = Readonly<{ id: string; issueInstant: Date; issuer: string; destination: string }>

/** A session at the provider, named by the values of the assertion that opened it. */
export type ProviderSession = Readonly<{ nameId: string; nameQualifier: string; sessionIndex: string }>

/** LogoutRequest, unsigned (spid-cie.md §7). */
export function logoutRequestXml(envelope: Envelope, session: ProviderSession): string {
  return xml`
    <samlp:LogoutRequest xmlns:samlp="${NS.protocol}" xmlns:saml="${NS.assertion}"
      ID="${envelope.id}" Version="2.0" IssueInstant="${envelope.issueInstant.toISOString()}" Destination="${envelope.destination}">
      ${issuer(envelope)}
      <saml:NameID Format="${FORMAT_TRANSIENT}" NameQualifier="${session.nameQualifier}">${session.nameId}</saml:NameID>
      <samlp:SessionIndex>${session.sessionIndex}</samlp:SessionIndex>
    </samlp:LogoutRequest>`.markup
}

/** LogoutResponse with Success, unsigned: the answer also when the session was already gone. */
export function logoutResponseXml(envelope: Envelope, inResponseTo: string): string {
  return xml`
    <samlp:LogoutResponse xmlns:samlp="${NS.protocol}" xmlns:saml="${NS.assertion}"
      ID="${envelope.id}" Version="2.0" IssueInstant="${envelope.issueInstant.toISOString()}"
      InResponseTo="${inResponseTo}" Destination="${envelope.destination}">
      ${issuer(envelope)}
      <samlp:Status><samlp:StatusCode Value="${STATUS_SUCCESS}"/></samlp:Status>
    </samlp:LogoutResponse>`.markup
}

const issuer = (envelope: Envelope) =>
  xml`<saml:Issuer Format="${FORMAT_ENTITY}" NameQualifier="${envelope.issuer}">${envelope.issuer}</saml:Issuer>`

export type LogoutKind = 'LogoutRequest' | 'LogoutResponse'

/** Minutes that a logout message is good for, and clocks may differ by. */
const LIFETIME_MS = 10 * 60_000

/** Throws NOT_ALLOWED unless a message whose signature was verified is a logout message, fresh and meant for this address. */
export function checkLogoutMessage(
  message: Element,
  expected: { kind: LogoutKind; destination: string; now: Date },
): void {
  const instant = parseInstant(attribute(message, 'IssueInstant'))
  const until = attribute(message, 'NotOnOrAfter')
  const expiry = until === undefined ? undefined : parseInstant(until)
  const checks: [boolean, string][] = [
    [message.localName === expected.kind && message.namespaceURI === NS.protocol, `not a ${expected.kind}`],
    [(attribute(message, 'ID') ?? '') !== '', 'no ID'],
    [attribute(message, 'Version') === '2.0', 'Version'],
    [instant !== undefined && Math.abs(expected.now.getTime() - instant.getTime()) < LIFETIME_MS, 'IssueInstant'],
    [until === undefined || (expiry !== undefined && expected.now < expiry), 'NotOnOrAfter'],
    [attribute(message, 'Destination') === expected.destination, 'Destination'],
  ]
  const failed = checks.find(([holds]) => !holds)
  if (failed) throw new AppError('NOT_ALLOWED', `Logout message refused: ${failed[1]}`)
}

/** Who a message says it is from: chooses the provider whose keys must verify it. */
export const issuerOf = (message: Element): string => textOf(only(message, NS.assertion, 'Issuer'))

/** Whose session a LogoutRequest ends; without SessionIndex all sessions of that NameID. */
export function subjectOf(request: Element): { nameId: string; sessionIndexes: string[] } {
  return {
    nameId: textOf(only(request, NS.assertion, 'NameID')),
    sessionIndexes: descendants(request, NS.protocol, 'SessionIndex').map(textOf),
  }
}

/** Whether the provider closed every session that it knows of; other sessions may remain when it did not. */
export function isCompleteLogout(response: Element): boolean {
  const codes = descendants(response, NS.protocol, 'StatusCode').map((code) => attribute(code, 'Value'))
  return codes[0] === STATUS_SUCCESS && !codes.includes(STATUS_PARTIAL_LOGOUT)
}
