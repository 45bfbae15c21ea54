import { createPublicKey, verify, X509Certificate } from 'node:crypto'
import { inflateRawSync } from 'node:zlib'
import { DOMParser, XMLSerializer, type Element } from '@xmldom/xmldom'
import { SignedXml } from 'xml-crypto'

const MD = 'urn:oasis:names:tc:SAML:2.0:metadata'
const DS = 'http://www.w3.org/2000/09/xmldsig#'
const SAML = 'urn:oasis:names:tc:SAML:2.0:assertion'

/** What the provider knows of a service provider from its metadata. */
export type KnownServiceProvider = Readonly<{
  entityId: string
  acs: ReadonlyMap<string, string>
  slo: string
  sets: readonly string[]
  certificates: readonly string[]
}>

export function readServiceProvider(metadata: string): KnownServiceProvider {
  const root = parse(metadata)
  const all = (name: string) => [...root.getElementsByTagNameNS(MD, name)]
  return {
    entityId: root.getAttribute('entityID') ?? '',
    acs: new Map(
      all('AssertionConsumerService').map((acs) => [
        acs.getAttribute('index') ?? '',
        acs.getAttribute('Location') ?? '',
      ]),
    ),
    slo:
      all('SingleLogoutService')
        .find((slo) => slo.getAttribute('Binding')?.endsWith('HTTP-Redirect'))
        ?.getAttribute('Location') ?? '',
    sets: all('AttributeConsumingService').map((set) => set.getAttribute('index') ?? ''),
    certificates: all('KeyDescriptor').map(
      (key) => key.getElementsByTagNameNS(DS, 'X509Certificate')[0]?.textContent ?? '',
    ),
  }
}

type Read = Readonly<{ root: Element; from: KnownServiceProvider }>

/** A message as it came: HTTP-Redirect signs the query string, HTTP-POST the document. */
export type Message = Readonly<{ kind: 'SAMLRequest' | 'SAMLResponse'; value: string; query?: string }>

/** Reads and verifies a message of a service provider. Throws, naming the anomaly of AgID's table, when it is not right. */
export function readMessage(message: Message, known: readonly KnownServiceProvider[]): Read {
  const bytes = Buffer.from(message.value, 'base64')
  const text = (message.query === undefined ? bytes : inflateRawSync(bytes)).toString('utf8')
  const root = parse(text)
  const issuer = root.getElementsByTagNameNS(SAML, 'Issuer')[0]
  const from = known.find(({ entityId }) => entityId === issuer?.textContent)
  if (!from) throw new Error('nr10: Issuer sconosciuto')
  if (issuer?.getAttribute('NameQualifier') !== from.entityId) throw new Error('nr10: NameQualifier dell’Issuer')
  const signed = from.certificates.some((certificate) => {
    const pem = new X509Certificate(Buffer.from(certificate, 'base64')).toString()
    return message.query === undefined
      ? documentIsSigned(text, root, pem)
      : queryIsSigned(message.query, message.kind, pem)
  })
  if (!signed) throw new Error('nr05: firma della richiesta non valida')
  return { root, from }
}

function documentIsSigned(text: string, root: Element, pem: string): boolean {
  const signature = [...root.childNodes].find((node) => node.localName === 'Signature')
  if (!signature) return false
  const check = new SignedXml({ publicCert: pem })
  check.loadSignature(new XMLSerializer().serializeToString(signature))
  try {
    return check.checkSignature(text)
  } catch {
    return false
  }
}

function queryIsSigned(query: string, kind: string, pem: string): boolean {
  const [signed, signature] = query.split('&Signature=')
  if (!signed?.startsWith(`${kind}=`) || signature === undefined) return false
  return verify(
    'sha256',
    Buffer.from(signed),
    createPublicKey(pem),
    Buffer.from(decodeURIComponent(signature), 'base64'),
  )
}

export type AuthnRequest = Readonly<{ id: string; level: 1 | 2 | 3; recipient: string; from: KnownServiceProvider }>

/** What an AuthnRequest asks, checked as a SPID provider would. */
export function readAuthnRequest({ root, from }: Read, destination: string): AuthnRequest {
  const attribute = (name: string) => root.getAttribute(name) ?? ''
  const classRef = root.getElementsByTagNameNS(SAML, 'AuthnContextClassRef')[0]?.textContent ?? ''
  const level = Number(/^https:\/\/www\.spid\.gov\.it\/SpidL([123])$/.exec(classRef)?.[1] ?? 0)
  const recipient = from.acs.get(attribute('AssertionConsumerServiceIndex')) ?? ''
  const checks: [boolean, string][] = [
    [root.localName === 'AuthnRequest' && attribute('Version') === '2.0', 'nr09: Version'],
    [Math.abs(Date.now() - Date.parse(attribute('IssueInstant'))) < 300_000, 'nr13: IssueInstant'],
    [attribute('Destination') === destination, 'nr14: Destination'],
    [!root.hasAttribute('IsPassive'), 'nr15: IsPassive'],
    [recipient !== '', 'nr16: AssertionConsumerServiceIndex'],
    [from.sets.includes(attribute('AttributeConsumingServiceIndex')), 'nr18: AttributeConsumingServiceIndex'],
    [level > 0, 'nr12: AuthnContextClassRef'],
    [level < 2 || attribute('ForceAuthn') === 'true', 'nr08: ForceAuthn'],
  ]
  const failed = checks.find(([holds]) => !holds)
  if (failed) throw new Error(failed[1])
  return { id: attribute('ID'), level: level as 1 | 2 | 3, recipient, from }
}

function parse(text: string): Element {
  const root = new DOMParser().parseFromString(text, 'text/xml').documentElement
  if (!root) throw new Error('nr08: XML')
  return root
}
