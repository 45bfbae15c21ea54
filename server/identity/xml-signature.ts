import { sign, verify } from 'node:crypto'
import { SignedXml } from 'xml-crypto'
import { AppError } from '../errors.ts'
import { NS } from './saml.ts'
import type { ServiceProviderKeys } from './service-provider.ts'
import { attribute, children, descendants, only, parseXml, serialize, type Element } from './xml.ts'

const EXCLUSIVE = 'http://www.w3.org/2001/10/xml-exc-c14n#'
const ENVELOPED = 'http://www.w3.org/2000/09/xmldsig#enveloped-signature'
const RSA_SHA256 = 'http://www.w3.org/2001/04/xmldsig-more#rsa-sha256'
const SHA256 = 'http://www.w3.org/2001/04/xmlenc#sha256'

/**
 * What we accept in a signature: SHA-256 and stronger (SHA-1 has collisions; node-saml alone accepts it), and no
 * transform that could change what was signed (XSLT, XPath).
 */
const SIGNATURE_HASH: Readonly<Record<string, string>> = {
  [RSA_SHA256]: 'sha256',
  'http://www.w3.org/2001/04/xmldsig-more#rsa-sha512': 'sha512',
}
const DIGESTS: readonly string[] = [SHA256, 'http://www.w3.org/2001/04/xmlenc#sha512']
const CANONICALIZATIONS: readonly string[] = [EXCLUSIVE, 'http://www.w3.org/TR/2001/REC-xml-c14n-20010315']
const TRANSFORMS: readonly string[] = [ENVELOPED, ...CANONICALIZATIONS]

/** Position of an enveloped signature: first child in metadata, right after Issuer in messages (schema order). */
type Position = 'first' | 'after-issuer'

/** Signs the root element (which has an `ID`) with RSA-SHA256 and exclusive canonicalisation; returns the whole document. */
export function signRoot(
  document: string,
  { privateKey, certificate }: ServiceProviderKeys,
  position: Position,
): string {
  const signature = new SignedXml({
    privateKey,
    publicCert: certificate,
    signatureAlgorithm: RSA_SHA256,
    canonicalizationAlgorithm: EXCLUSIVE,
  })
  signature.addReference({ xpath: '/*', transforms: [ENVELOPED, EXCLUSIVE], digestAlgorithm: SHA256 })
  const location =
    position === 'first'
      ? ({ reference: '/*', action: 'prepend' } as const)
      : ({ reference: "/*/*[local-name(.)='Issuer']", action: 'after' } as const)
  signature.computeSignature(document, { prefix: 'ds', location })
  return signature.getSignedXml()
}

/**
 * The root element as it was signed, read from the verified bytes and from nothing else. Throws NOT_ALLOWED unless the
 * root has exactly one signature, over itself, with allowed algorithms, by the key of one of the certificates (PEM).
 */
export function verifiedRoot(document: string, certificates: readonly string[]): Element {
  const root = parseXml(document)
  const signature = only(root, NS.signature, 'Signature')
  if (!signature) throw refused('no signature of the root element')
  checkAlgorithms(signature)
  if (referenceOf(signature) !== (attribute(root, 'ID') ?? '')) throw refused('the signature is over another element')
  for (const certificate of certificates) {
    const signed = signedContent(document.trim(), signature, certificate)
    if (signed !== undefined) return parseXml(signed)
  }
  throw refused('no certificate verifies the signature')
}

function signedContent(document: string, signature: Element, certificate: string): string | undefined {
  const check = new SignedXml({ publicCert: certificate, getCertFromKeyInfo: () => null })
  check.loadSignature(serialize(signature))
  try {
    return check.checkSignature(document) ? check.getSignedReferences()[0] : undefined
  } catch {
    // xml-crypto throws where another certificate of the same provider may still verify (roll-over).
    return undefined
  }
}

/**
 * Throws NOT_ALLOWED when a signature uses an algorithm or transform that is not on the list, or signs anything else
 * than one element of this document.
 */
export function checkAlgorithms(signature: Element): void {
  const allowed = (name: string, values: readonly string[]) => {
    const found = descendants(signature, NS.signature, name)
    return found.length > 0 && found.every((element) => values.includes(attribute(element, 'Algorithm') ?? ''))
  }
  if (!allowed('SignatureMethod', Object.keys(SIGNATURE_HASH))) throw refused('signature algorithm')
  if (!allowed('DigestMethod', DIGESTS)) throw refused('digest algorithm')
  if (!allowed('CanonicalizationMethod', CANONICALIZATIONS)) throw refused('canonicalisation')
  if (!allowed('Transform', TRANSFORMS)) throw refused('transform')
  if (descendants(signature, NS.signature, 'Reference').length !== 1) throw refused('number of references')
}

/** The ID that a signature refers to, without `#`. */
export function referenceOf(signature: Element): string | undefined {
  const [reference] = descendants(signature, NS.signature, 'Reference')
  return attribute(reference, 'URI')?.replace(/^#/, '')
}

/** Signatures that are children of the element. */
export const signaturesOf = (element: Element): Element[] => children(element, NS.signature, 'Signature')

/** Signs a query string of the HTTP-Redirect binding (SAML bindings §3.4.4.1) and returns it with its signature. */
export function signQuery(unsigned: string, { privateKey }: ServiceProviderKeys): string {
  const query = `${unsigned}&SigAlg=${encodeURIComponent(RSA_SHA256)}`
  const signature = sign('sha256', Buffer.from(query), privateKey).toString('base64')
  return `${query}&Signature=${encodeURIComponent(signature)}`
}

/**
 * The parameters of a raw query string. Read literally, for a signature covers the literal text: with a framework's
 * parser, a parameter of which only the encoded name differs could take the place of the signed one. Throws NOT_ALLOWED
 * when one comes twice.
 */
export function queryFields(query: string): ReadonlyMap<string, string> {
  const fields = new Map<string, string>()
  for (const pair of query.split('&')) {
    const [name = '', value = ''] = pair.split('=', 2)
    if (fields.has(name)) throw refused('a query parameter comes twice')
    fields.set(name, value)
  }
  return fields
}

/** The value of a parameter as its sender meant it. */
export const decodeField = (value: string): string => decodeURIComponent(value.replaceAll('+', ' '))

/**
 * Throws NOT_ALLOWED unless the raw query string is signed by one of the certificates. node-saml accepts a message
 * without any signature here, so it is not asked. The bytes verified are the sender's own, as they came.
 */
export function checkQuerySignature(query: string, name: string, certificates: readonly string[]): void {
  const fields = queryFields(query)
  const hash = SIGNATURE_HASH[decodeField(fields.get('SigAlg') ?? '')]
  const signature = Buffer.from(decodeField(fields.get('Signature') ?? ''), 'base64')
  if (!fields.has(name) || hash === undefined || signature.length === 0)
    throw refused('no usable signature in the query')
  const covered = [name, 'RelayState', 'SigAlg'].filter((field) => fields.has(field))
  const signed = Buffer.from(covered.map((field) => `${field}=${fields.get(field) ?? ''}`).join('&'))
  if (!certificates.some((certificate) => verify(hash, signed, certificate, signature))) {
    throw refused('no certificate verifies the query')
  }
}

const refused = (reason: string): AppError => new AppError('NOT_ALLOWED', `Signature refused: ${reason}`)
