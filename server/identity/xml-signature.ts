import { createHash, verify, type KeyObject } from 'node:crypto'
import { ExclusiveCanonicalization, SignedXml } from 'xml-crypto'
import { AppError } from '../errors.ts'
import { NS } from './saml.ts'
import type { ServiceProviderKeys } from './service-provider.ts'
import { attribute, children, hasInstruction, namespacesInScope, only, textOf, type Element } from './xml.ts'

const EXCLUSIVE = 'http://www.w3.org/2001/10/xml-exc-c14n#'
const ENVELOPED = 'http://www.w3.org/2000/09/xmldsig#enveloped-signature'
const RSA_SHA256 = 'http://www.w3.org/2001/04/xmldsig-more#rsa-sha256'
const SHA256 = 'http://www.w3.org/2001/04/xmlenc#sha256'

/** Hashes of the algorithms that we accept: SHA-256 and stronger. SHA-1 has collisions; node-saml alone accepts it. */
const SIGNATURE_HASH: ReadonlyMap<string, string> = new Map([
  [RSA_SHA256, 'sha256'],
  ['http://www.w3.org/2001/04/xmldsig-more#rsa-sha384', 'sha384'],
  ['http://www.w3.org/2001/04/xmldsig-more#rsa-sha512', 'sha512'],
])
const DIGEST_HASH: ReadonlyMap<string, string> = new Map([
  [SHA256, 'sha256'],
  ['http://www.w3.org/2001/04/xmldsig-more#sha384', 'sha384'],
  ['http://www.w3.org/2001/04/xmlenc#sha512', 'sha512'],
])

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

/** Signatures that are children of the element. */
export const signaturesOf = (element: Element): Element[] => children(element, NS.signature, 'Signature')

/**
 * The text of an element as it was signed: read on from it and from nothing else. Throws NOT_ALLOWED unless the element
 * has exactly one signature as its child, over itself, in the one form that SAML uses (enveloped, exclusive
 * canonicalisation), by one of the keys.
 *
 * xml-crypto canonicalises. It can verify too, as node-saml has it do, but it looks for what was signed in the whole
 * document, by XPath: that takes nine tenths of the time of a response, and an element that is looked for can be another
 * one than is meant (signature wrapping). Here the element is given.
 */
export function verifiedText(element: Element, keys: readonly KeyObject[]): string {
  const signature = only(element, NS.signature, 'Signature')
  if (!signature) throw refused('not exactly one signature of the element')
  const info = only(signature, NS.signature, 'SignedInfo')
  const value = Buffer.from(textOf(only(signature, NS.signature, 'SignatureValue')), 'base64')
  const { hash, digestHash, digest, prefixes } = readSignedInfo(info, attribute(element, 'ID') ?? '')

  const signedInfo = Buffer.from(canonical(info, prefixesOf(only(info, NS.signature, 'CanonicalizationMethod'))))
  if (!keys.some((key) => verify(hash, signedInfo, key, value))) throw refused('no key of the provider verifies it')

  // The enveloped-signature transform: the element without this signature.
  const after = signature.nextSibling
  element.removeChild(signature)
  const text = canonical(element, prefixes)
  element.insertBefore(signature, after)
  if (createHash(digestHash).update(text).digest('base64') !== digest) throw refused('the element was changed')
  return text
}

type SignedInfo = Readonly<{ hash: string; digestHash: string; digest: string; prefixes: readonly string[] }>

/** What a SignedInfo states. Throws NOT_ALLOWED unless it is one reference to that ID, without any transform but SAML's two. */
function readSignedInfo(info: Element | undefined, id: string): SignedInfo {
  const reference = only(info, NS.signature, 'Reference')
  const transforms = only(reference, NS.signature, 'Transforms')
  const steps = transforms ? children(transforms, NS.signature, 'Transform') : []
  const hash = SIGNATURE_HASH.get(algorithmOf(info, 'SignatureMethod'))
  const digestHash = DIGEST_HASH.get(algorithmOf(reference, 'DigestMethod'))
  if (hash === undefined || digestHash === undefined) throw refused('algorithm')
  if (algorithmOf(info, 'CanonicalizationMethod') !== EXCLUSIVE) throw refused('canonicalisation')
  if (steps.map((step) => attribute(step, 'Algorithm')).join(' ') !== `${ENVELOPED} ${EXCLUSIVE}`) {
    throw refused('transforms')
  }
  // Without ID (metadata) the reference is to the whole document.
  if (attribute(reference, 'URI') !== (id === '' ? '' : `#${id}`)) throw refused('it is over another element')
  const digest = textOf(only(reference, NS.signature, 'DigestValue')).replace(/\s/g, '')
  return { hash, digestHash, digest, prefixes: prefixesOf(steps[1]) }
}

const algorithmOf = (parent: Element | undefined, name: string): string =>
  attribute(only(parent, NS.signature, name), 'Algorithm') ?? ''

/** Honest messages name one or two. Anybody may send one, and 20,000 held the process for 0.2 seconds before its signature was refused. */
const MOST_PREFIXES = 50

/** Prefixes that exclusive canonicalisation treats as inclusive (OpenSAML names `xs` for the types of attributes). */
function prefixesOf(method: Element | undefined): string[] {
  const list = attribute(only(method, EXCLUSIVE, 'InclusiveNamespaces'), 'PrefixList') ?? ''
  const prefixes = list.split(/\s+/).filter((prefix) => prefix !== '')
  if (prefixes.length > MOST_PREFIXES) throw refused('it names too many prefixes')
  return prefixes
}

function canonical(element: Element | undefined, inclusiveNamespacesPrefixList: readonly string[]): string {
  if (!element) throw refused('it is incomplete')
  // xml-crypto writes their data as if it were text: a value put into one would keep its digest, and no reader sees it any more.
  if (hasInstruction(element)) throw refused('a processing instruction stands in it')
  const ancestorNamespaces = inclusiveNamespacesPrefixList.length === 0 ? [] : namespacesInScope(element)
  try {
    return new ExclusiveCanonicalization().process(element, {
      inclusiveNamespacesPrefixList: [...inclusiveNamespacesPrefixList],
      ancestorNamespaces,
    })
  } catch (cause) {
    throw refused('it cannot be canonicalised', cause)
  }
}

const refused = (reason: string, cause?: unknown): AppError =>
  new AppError('NOT_ALLOWED', `Signature refused: ${reason}`, { cause })
