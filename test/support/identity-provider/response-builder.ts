import { DOMParser, XMLSerializer, type Document, type Element } from '@xmldom/xmldom'
import { createPrivateKey } from 'node:crypto'
import { SignedXml } from 'xml-crypto'
import { onceFor } from '../../../server/shared/once-for.ts'

/** A key pair of a provider, PEM. */
export type Signer = Readonly<{ privateKey: string; certificate: string }>

/** What a response says. Written apart from the platform's own SAML code, so that each checks the other. */
export type ResponseFacts = Readonly<{
  responseId: string
  assertionId: string
  requestId: string
  /** SAML instants, as text so that tests can write wrong ones. */
  issueInstant: string
  notBefore: string
  notOnOrAfter: string
  /** The service provider's ACS address. */
  recipient: string
  /** entityIDs of the provider and of the service provider. */
  issuer: string
  audience: string
  nameId: string
  level: string
  sessionIndex?: string
  attributes: Readonly<Record<string, string>>
}>

/** How a response is spoilt or signed in tests; without it, it is correct. */
export type Spoiling = Readonly<{
  /** Changes the document before it is signed. */
  alter?: (parts: { document: Document; response: Element; assertion: Element }) => void
  sign?: Readonly<{ response: boolean; assertion: boolean }>
  algorithms?: Readonly<{ signature: string; digest: string }>
  /** Signs the assertion instead of the response's signer. */
  assertionSigner?: Signer
  /** Changes the text after it was signed. */
  tamper?: (signed: string) => string
}>

const PROTOCOL = 'urn:oasis:names:tc:SAML:2.0:protocol'
const ASSERTION = 'urn:oasis:names:tc:SAML:2.0:assertion'
const ENTITY = 'urn:oasis:names:tc:SAML:2.0:nameid-format:entity'
const TRANSIENT = 'urn:oasis:names:tc:SAML:2.0:nameid-format:transient'
const SHA256 = {
  signature: 'http://www.w3.org/2001/04/xmldsig-more#rsa-sha256',
  digest: 'http://www.w3.org/2001/04/xmlenc#sha256',
}
const DATES = ['dateOfBirth', 'expirationDate']

/** A signed Response with Success. */
export function successResponse(facts: ResponseFacts, signer: Signer, spoiling: Spoiling = {}): string {
  return finish(successXml(facts), signer, spoiling)
}

/** A signed Response without assertion: `subCode` and the number of AgID's table, 19 for `ErrorCode nr19`. */
export function anomalyResponse(
  facts: ResponseFacts,
  anomaly: { code: string; subCode?: string; number: number },
  signer: Signer,
): string {
  const sub =
    anomaly.subCode === undefined
      ? ''
      : `<samlp:StatusCode Value="urn:oasis:names:tc:SAML:2.0:status:${anomaly.subCode}"/>`
  const number = String(anomaly.number).padStart(2, '0')
  const status = `<samlp:Status><samlp:StatusCode Value="urn:oasis:names:tc:SAML:2.0:status:${anomaly.code}">${sub}</samlp:StatusCode><samlp:StatusMessage>ErrorCode nr${number}</samlp:StatusMessage></samlp:Status>`
  return finish(envelope(facts, status), signer, { sign: { response: true, assertion: false } })
}

export const escapeText = (text: string): string =>
  text.replace(/&/g, '&amp;').replace(/</g, '&lt;').replace(/>/g, '&gt;').replace(/"/g, '&quot;')

function successXml(facts: ResponseFacts): string {
  const success = '<samlp:Status><samlp:StatusCode Value="urn:oasis:names:tc:SAML:2.0:status:Success"/></samlp:Status>'
  return envelope(facts, `${success}${assertionXml(facts)}`)
}

const issuerXml = ({ issuer }: ResponseFacts) => `<saml:Issuer Format="${ENTITY}">${escapeText(issuer)}</saml:Issuer>`

function envelope(facts: ResponseFacts, content: string): string {
  return `<samlp:Response xmlns:samlp="${PROTOCOL}" xmlns:saml="${ASSERTION}" ID="${facts.responseId}" Version="2.0" IssueInstant="${facts.issueInstant}" InResponseTo="${facts.requestId}" Destination="${escapeText(facts.recipient)}">${issuerXml(facts)}${content}</samlp:Response>`
}

function assertionXml(facts: ResponseFacts): string {
  const session = facts.sessionIndex === undefined ? '' : ` SessionIndex="${facts.sessionIndex}"`
  return [
    `<saml:Assertion ID="${facts.assertionId}" Version="2.0" IssueInstant="${facts.issueInstant}">`,
    issuerXml(facts),
    `<saml:Subject><saml:NameID Format="${TRANSIENT}" NameQualifier="${escapeText(facts.issuer)}">${escapeText(facts.nameId)}</saml:NameID>`,
    `<saml:SubjectConfirmation Method="urn:oasis:names:tc:SAML:2.0:cm:bearer"><saml:SubjectConfirmationData Recipient="${escapeText(facts.recipient)}" InResponseTo="${facts.requestId}" NotOnOrAfter="${facts.notOnOrAfter}"/></saml:SubjectConfirmation></saml:Subject>`,
    `<saml:Conditions NotBefore="${facts.notBefore}" NotOnOrAfter="${facts.notOnOrAfter}"><saml:AudienceRestriction><saml:Audience>${escapeText(facts.audience)}</saml:Audience></saml:AudienceRestriction></saml:Conditions>`,
    `<saml:AuthnStatement AuthnInstant="${facts.issueInstant}"${session}><saml:AuthnContext><saml:AuthnContextClassRef>${facts.level}</saml:AuthnContextClassRef></saml:AuthnContext></saml:AuthnStatement>`,
    `<saml:AttributeStatement xmlns:xs="http://www.w3.org/2001/XMLSchema" xmlns:xsi="http://www.w3.org/2001/XMLSchema-instance">`,
    ...Object.entries(facts.attributes).map(
      ([name, value]) =>
        `<saml:Attribute Name="${name}" NameFormat="urn:oasis:names:tc:SAML:2.0:attrname-format:basic"><saml:AttributeValue xsi:type="xs:${DATES.includes(name) ? 'date' : 'string'}">${escapeText(value)}</saml:AttributeValue></saml:Attribute>`,
    ),
    '</saml:AttributeStatement></saml:Assertion>',
  ].join('')
}

function finish(
  xml: string,
  signer: Signer,
  {
    alter,
    sign = { response: true, assertion: true },
    algorithms = SHA256,
    assertionSigner = signer,
    tamper,
  }: Spoiling,
): string {
  let text = xml
  if (alter) {
    const document = new DOMParser().parseFromString(xml, 'text/xml')
    const response = document.documentElement!
    const assertion = response.getElementsByTagNameNS(ASSERTION, 'Assertion')[0]!
    alter({ document, response, assertion })
    text = new XMLSerializer().serializeToString(document)
  }
  if (sign.assertion && text.includes('<saml:Assertion'))
    text = signElement(text, 'Assertion', assertionSigner, algorithms)
  if (sign.response) text = signElement(text, 'Response', signer, algorithms)
  return tamper ? tamper(text) : text
}

/** To read keys and to look for elements everywhere would take as long as the signature itself, thousands of times in a run. */
const keyOf = onceFor(createPrivateKey)
const keyInfoOf = onceFor((publicCert) => SignedXml.getKeyInfoContent({ publicCert, prefix: 'ds' }))

/** Signs the root or its first child with that name; an element without ID is referred to as the whole document. */
export function signElement(xml: string, name: string, signer: Signer, algorithms = SHA256): string {
  const signature = new SignedXml({
    privateKey: keyOf(signer.privateKey),
    getKeyInfoContent: () => keyInfoOf(signer.certificate),
    signatureAlgorithm: algorithms.signature,
    canonicalizationAlgorithm: 'http://www.w3.org/2001/10/xml-exc-c14n#',
  })
  const element = new DOMParser().parseFromString(xml, 'text/xml').getElementsByTagNameNS('*', name)[0]!
  const path = element.parentNode?.nodeType === element.DOCUMENT_NODE ? '/*' : `/*/*[local-name(.)='${name}'][1]`
  signature.addReference({
    xpath: path,
    transforms: ['http://www.w3.org/2000/09/xmldsig#enveloped-signature', 'http://www.w3.org/2001/10/xml-exc-c14n#'],
    digestAlgorithm: algorithms.digest,
    isEmptyUri: !element.getAttribute('ID'),
  })
  const hasIssuer = [...element.childNodes].some((node) => node.localName === 'Issuer')
  signature.computeSignature(xml, {
    prefix: 'ds',
    location: hasIssuer
      ? { reference: `${path}/*[local-name(.)='Issuer']`, action: 'after' }
      : { reference: path, action: 'prepend' },
  })
  return signature.getSignedXml()
}
