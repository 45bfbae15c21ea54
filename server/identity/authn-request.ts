import type { Level } from './person.ts'
import { FORMAT_ENTITY, FORMAT_TRANSIENT, levelUri, NS } from './saml.ts'
import { xml } from './xml-markup.ts'

/** AgID Avviso 18 v2: which kinds of identity may answer; absent means a person for themselves, also as professional. */
type Purpose = 'P' | 'LP' | 'PG' | 'PF' | 'PX'

type AuthnRequest = Readonly<{
  id: string
  issueInstant: Date
  /** entityID of the service provider. */
  issuer: string
  /** SingleSignOnService of the chosen provider for the chosen binding. */
  destination: string
  level: Level
  attributeSet: number
  purpose?: Purpose
}>

/**
 * The AuthnRequest document, not yet signed, as SPID and CIE want it (spid-cie.md §2, §9): ForceAuthn always (a must
 * above level 1), the level as a minimum, the consumer service by index, Issuer with Format and NameQualifier, and neither IsPassive nor
 * AllowCreate (Avviso 5), Subject, Conditions or Scoping.
 */
export function authnRequestXml(request: AuthnRequest): string {
  const purpose =
    request.purpose === undefined
      ? undefined
      : xml`
        <samlp:Extensions xmlns:spid="${NS.spid}">
          <spid:Purpose>${request.purpose}</spid:Purpose>
        </samlp:Extensions>`
  return xml`
    <samlp:AuthnRequest xmlns:samlp="${NS.protocol}" xmlns:saml="${NS.assertion}"
      ID="${request.id}" Version="2.0" IssueInstant="${request.issueInstant.toISOString()}"
      Destination="${request.destination}" ForceAuthn="true"
      AssertionConsumerServiceIndex="0" AttributeConsumingServiceIndex="${request.attributeSet}">
      <saml:Issuer Format="${FORMAT_ENTITY}" NameQualifier="${request.issuer}">${request.issuer}</saml:Issuer>
      ${purpose}
      <samlp:NameIDPolicy Format="${FORMAT_TRANSIENT}"/>
      <samlp:RequestedAuthnContext Comparison="minimum">
        <saml:AuthnContextClassRef>${levelUri(request.level)}</saml:AuthnContextClassRef>
      </samlp:RequestedAuthnContext>
    </samlp:AuthnRequest>`.markup
}
