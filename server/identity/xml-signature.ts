import type { KeyObject } from 'node:crypto'
import { SignedXml } from 'xml-crypto'
import { AppError } from '../errors.ts'
import { NS } from './saml.ts'
import type { ServiceProviderKeys } from './service-provider.ts'
import { attribute, children, descendants, only, serialize, type Element } from './xml.ts'

const EXCLUSIVE = 'http://www.w3.org/2001/10/xml-exc-c14n#'
const ENVELOPED = 'http://www.w3.org/2000/09/xmldsig#enveloped-signature'
const RSA_SHA256 = 'http://www.w3.org/2001/04/xmldsig-more#rsa-sha256'
const SHA256 = 'http://www.w3.org/2001/04/xmlenc#sha256'

/**
 * What we accept in a signature: SHA-256 and stronger (SHA-1 has collisions; node-saml alone accepts it), and no
 * transform that could change what was signed (XSLT, XPath).
 */
const SIGNATURES: readonly string[] = [RSA_SHA256, 'http://www.w3.org/2001/04/xmldsig-more#rsa-sha512']
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
 * The text of an element as it was signed: read on from it and from nothing else. Throws NOT_ALLOWED unless the element has exactly one signature as its child, over itself, with allowed algorithms, by one of the keys.
 *
 * xml-crypto does canonicalisation, digest and RSA, as it does inside node-saml. It is called directly because node-saml
 * looks for IDs by XPath four times a signature and parses the document once more for each: that is half of its time.
 */
export function verifiedText(document: string, element: Element, keys: readonly KeyObject[]): string {
  const signature = only(element, NS.signature, 'Signature')
  if (!signature) throw refused('not exactly one signature of the element')
  checkSignedInfo(signature)
  if (referenceOf(signature) !== (attribute(element, 'ID') ?? ''))
    throw refused('the signature is over another element')
  // An XML parser reads every line end as one line feed, before canonicalisation (XML §2.11).
  const text = document.trim().replace(/\r\n?/g, '\n')
  for (const key of keys) {
    const signed = signedContent(text, signature, key)
    if (signed !== undefined) return signed
  }
  throw refused('no key of the provider verifies the signature')
}

function signedContent(document: string, signature: Element, key: KeyObject): string | undefined {
  // Never the key that the message itself brings in KeyInfo (case 5).
  const check = new SignedXml({ publicCert: key, getCertFromKeyInfo: () => null })
  // SAML's only identifier; xml-crypto refuses the document when two elements bear the same.
  check.idAttributes = ['ID']
  check.loadSignature(serialize(signature))
  try {
    return check.checkSignature(document) ? check.getSignedReferences()[0] : undefined
  } catch {
    // xml-crypto throws where another key of the same provider may still verify (roll-over).
    return undefined
  }
}

/**
 * Throws NOT_ALLOWED when a signature uses an algorithm or transform that is not on the list, signs anything else than
 * one element of this document, or carries content of its own (where wrapping attacks hide the original).
 */
function checkSignedInfo(signature: Element): void {
  const allowed = (name: string, values: readonly string[]) => {
    const found = descendants(signature, NS.signature, name)
    return found.length > 0 && found.every((element) => values.includes(attribute(element, 'Algorithm') ?? ''))
  }
  if (!allowed('SignatureMethod', SIGNATURES)) throw refused('signature algorithm')
  if (!allowed('DigestMethod', DIGESTS)) throw refused('digest algorithm')
  if (!allowed('CanonicalizationMethod', CANONICALIZATIONS)) throw refused('canonicalisation')
  if (!allowed('Transform', TRANSFORMS)) throw refused('transform')
  if (descendants(signature, NS.signature, 'Reference').length !== 1) throw refused('number of references')
  if (children(signature, NS.signature, 'Object').length > 0) throw refused('content inside the signature')
}

/** The ID that a signature refers to, without `#`. */
function referenceOf(signature: Element): string | undefined {
  const [reference] = descendants(signature, NS.signature, 'Reference')
  return attribute(reference, 'URI')?.replace(/^#/, '')
}

/** Signatures that are children of the element. */
export const signaturesOf = (element: Element): Element[] => children(element, NS.signature, 'Signature')

const refused = (reason: string): AppError => new AppError('NOT_ALLOWED', `Signature refused: ${reason}`)
