import { createHash, X509Certificate } from 'node:crypto'
import { DOMParser } from '@xmldom/xmldom'
import { ExclusiveCanonicalization } from 'xml-crypto'
import { element, text } from './xml.ts'

/** Who seals: the municipality's electronic seal, wherever its key is (file, token, remote service). */
export type SealSigner = Readonly<{
  /** DER, the sealing certificate first, then its issuers. */
  certificateChain: readonly Uint8Array[]
  /** RSASSA-PKCS1-v1_5 with SHA-256, or ECDSA with SHA-256 as r‖s (IEEE P1363), over the given bytes. */
  sign(data: Uint8Array): Promise<Uint8Array> | Uint8Array
}>

/** The signer and the signing time that it will claim. */
export type Seal = Readonly<{ signer: SealSigner; at: Date }>

const DS = 'http://www.w3.org/2000/09/xmldsig#'
const XADES = 'http://uri.etsi.org/01903/v1.3.2#'
const EXC_C14N = 'http://www.w3.org/2001/10/xml-exc-c14n#'
const SHA256 = 'http://www.w3.org/2001/04/xmlenc#sha256'
const SIGNATURE_METHOD: Readonly<Record<string, string>> = {
  rsa: 'http://www.w3.org/2001/04/xmldsig-more#rsa-sha256',
  ec: 'http://www.w3.org/2001/04/xmldsig-more#ecdsa-sha256',
}

const SIGNATURE_ID = 'seal'
const PROPERTIES_ID = 'seal-properties'
const CONTENT_ID = 'seal-content'

/**
 * Puts an enveloped XAdES baseline B signature (ETSI EN 319 132-1 §6) as last child of the root of `xml`.
 * `at` becomes the claimed signing time. Returns the whole document with its XML declaration.
 */
export async function sealXml(xml: string, { signer, at }: Seal): Promise<string> {
  const [leaf] = signer.certificateChain
  if (!leaf) throw new Error('A seal needs its certificate')
  const method = SIGNATURE_METHOD[new X509Certificate(leaf).publicKey.asymmetricKeyType ?? '']
  if (!method) throw new Error('The seal has neither an RSA nor an elliptic curve key')

  const properties = signedProperties(leaf, at)
  const signedInfo = signedInfoOf({
    method,
    content: digest(canonical(xml)),
    properties: digest(canonical(properties)),
  })
  const value = await signer.sign(canonical(signedInfo))
  const signature = ds(
    'Signature',
    { Id: SIGNATURE_ID },
    signedInfo,
    ds('SignatureValue', {}, base64(value)),
    ds(
      'KeyInfo',
      {},
      ds('X509Data', {}, ...signer.certificateChain.map((der) => ds('X509Certificate', {}, base64(der)))),
    ),
    ds(
      'Object',
      {},
      element('xades:QualifyingProperties', { 'xmlns:xades': XADES, Target: `#${SIGNATURE_ID}` }, properties),
    ),
  )
  const end = xml.lastIndexOf('</')
  return `<?xml version="1.0" encoding="UTF-8"?>\n${xml.slice(0, end)}${signature}${xml.slice(end)}`
}

/** Each element declares its namespace, so that it has the same canonical form alone and inside the document. */
const ds = (name: string, attributes: Record<string, string>, ...children: string[]): string =>
  element(`ds:${name}`, { 'xmlns:ds': DS, ...attributes }, ...children)

const digestOf = (value: string): string[] => [ds('DigestMethod', { Algorithm: SHA256 }), ds('DigestValue', {}, value)]

function signedInfoOf({ method, content, properties }: Record<'method' | 'content' | 'properties', string>): string {
  const transform = (algorithm: string) => ds('Transform', { Algorithm: algorithm })
  return ds(
    'SignedInfo',
    {},
    ds('CanonicalizationMethod', { Algorithm: EXC_C14N }),
    ds('SignatureMethod', { Algorithm: method }),
    ds(
      'Reference',
      { Id: CONTENT_ID, URI: '' },
      ds('Transforms', {}, transform(`${DS}enveloped-signature`), transform(EXC_C14N)),
      ...digestOf(content),
    ),
    ds(
      'Reference',
      { Type: 'http://uri.etsi.org/01903#SignedProperties', URI: `#${PROPERTIES_ID}` },
      ds('Transforms', {}, transform(EXC_C14N)),
      ...digestOf(properties),
    ),
  )
}

/** What baseline B asks to be signed beside the content: claimed time, the certificate itself, the content's type. */
function signedProperties(certificate: Uint8Array, at: Date): string {
  const xades = (name: string, attributes: Record<string, string>, ...children: string[]) =>
    element(`xades:${name}`, attributes, ...children)
  const time = `${at.toISOString().slice(0, 19)}Z`
  return xades(
    'SignedProperties',
    { 'xmlns:xades': XADES, Id: PROPERTIES_ID },
    xades(
      'SignedSignatureProperties',
      {},
      xades('SigningTime', {}, text(time)),
      xades('SigningCertificateV2', {}, xades('Cert', {}, xades('CertDigest', {}, ...digestOf(digest(certificate))))),
    ),
    xades(
      'SignedDataObjectProperties',
      {},
      xades('DataObjectFormat', { ObjectReference: `#${CONTENT_ID}` }, xades('MimeType', {}, 'text/xml')),
    ),
  )
}

function canonical(xml: string): Buffer {
  // xml-crypto's types want the browser's DOM; it works on this one.
  // The parser would read a line feed for what only XML 1.1 calls the end of a line (U+2028); what we write has escapes for the others.
  const asIs = { normalizeLineEndings: (text: string): string => text }
  const root = new DOMParser(asIs).parseFromString(xml, 'text/xml').documentElement
  return Buffer.from(new ExclusiveCanonicalization().process(root as never, {}))
}

const digest = (bytes: Uint8Array): string => createHash('sha256').update(bytes).digest('base64')
const base64 = (bytes: Uint8Array): string => Buffer.from(bytes).toString('base64')
