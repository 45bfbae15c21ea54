import type { Document, Element } from '@xmldom/xmldom'
import { SignedXml, type Reference } from 'xml-crypto'
import {
  checkSignature,
  parseCertificate,
  publicKey,
  sameName,
  type Certificate,
  type DigestName,
  type SignatureAlgorithm,
} from '../certificates/index.ts'
import { DerError } from '../shared/asn1/der.ts'
import { manifestReferences } from './xml-manifest.ts'
import { isTooMuch, isInside, referenceCheck, type ExternalFiles, type Octets } from './xml-reference.ts'
import {
  BASE64,
  canTransform,
  decodedText,
  faithful,
  inheriting,
  isInclusive,
  withoutSignatures,
  XPATH,
  XPATH_FILTER,
} from './xml-transforms.ts'
import { children, descendants, idIn, rootOf, XML_DIGESTS, XMLDSIG } from './xml.ts'

/** Cryptographic result of one XML-DSig signature whose references all lie in the same document. */
export type XmlSignatureCheck = Readonly<{
  certificate: Certificate | null
  /** Other certificates of KeyInfo. */
  certificates: readonly Certificate[]
  /** Every reference has its digest, the whole document or an element. Null when a reference is to something outside. */
  digestIntact: boolean | null
  signatureValid: boolean
  algorithm: SignatureAlgorithm | null
  digests: readonly DigestName[]
  /** Whether one reference is to the whole document (`URI=""`) or, where there are files beside it, one to each of them. */
  coversDocument: boolean
  problem: string | null
  /** What the references are to, in their order, when all are right. */
  referenced: readonly Octets[]
}>

export const C14N_10 = 'http://www.w3.org/TR/2001/REC-xml-c14n-20010315'
export const C14N_11 = 'http://www.w3.org/2006/12/xml-c14n11'
const MORE = 'http://www.w3.org/2001/04/xmldsig-more#'
const NEWER = 'http://www.w3.org/2007/05/xmldsig-more#'
const NEWEST = 'http://www.w3.org/2021/04/xmldsig-more#'

/** RFC 9231 §2.3. ECDSA values are r and s side by side. */
const SIGNATURES: ReadonlyMap<string, SignatureAlgorithm> = new Map([
  [`${XMLDSIG}rsa-sha1`, { scheme: 'rsa', hash: 'sha1' }],
  [`${MORE}rsa-sha224`, { scheme: 'rsa', hash: 'sha224' }],
  [`${MORE}rsa-sha256`, { scheme: 'rsa', hash: 'sha256' }],
  [`${MORE}rsa-sha384`, { scheme: 'rsa', hash: 'sha384' }],
  [`${MORE}rsa-sha512`, { scheme: 'rsa', hash: 'sha512' }],
  [`${NEWER}sha1-rsa-MGF1`, { scheme: 'pss', hash: 'sha1', saltLength: 20 }],
  [`${NEWER}sha224-rsa-MGF1`, { scheme: 'pss', hash: 'sha224', saltLength: 28 }],
  [`${NEWER}sha256-rsa-MGF1`, { scheme: 'pss', hash: 'sha256', saltLength: 32 }],
  [`${NEWER}sha384-rsa-MGF1`, { scheme: 'pss', hash: 'sha384', saltLength: 48 }],
  [`${NEWER}sha512-rsa-MGF1`, { scheme: 'pss', hash: 'sha512', saltLength: 64 }],
  [`${NEWER}sha3-256-rsa-MGF1`, { scheme: 'pss', hash: 'sha3-256', saltLength: 32 }],
  [`${NEWER}sha3-384-rsa-MGF1`, { scheme: 'pss', hash: 'sha3-384', saltLength: 48 }],
  [`${NEWER}sha3-512-rsa-MGF1`, { scheme: 'pss', hash: 'sha3-512', saltLength: 64 }],
  [`${MORE}ecdsa-sha1`, { scheme: 'plain', hash: 'sha1' }],
  [`${MORE}ecdsa-sha224`, { scheme: 'plain', hash: 'sha224' }],
  [`${MORE}ecdsa-sha256`, { scheme: 'plain', hash: 'sha256' }],
  [`${MORE}ecdsa-sha384`, { scheme: 'plain', hash: 'sha384' }],
  [`${MORE}ecdsa-sha512`, { scheme: 'plain', hash: 'sha512' }],
  [`${NEWEST}ecdsa-sha3-256`, { scheme: 'plain', hash: 'sha3-256' }],
  [`${NEWEST}ecdsa-sha3-384`, { scheme: 'plain', hash: 'sha3-384' }],
  [`${NEWEST}ecdsa-sha3-512`, { scheme: 'plain', hash: 'sha3-512' }],
  // RFC 9231 §2.3.12.
  [`${NEWEST}eddsa-ed25519`, { scheme: 'eddsa', hash: null }],
  [`${NEWEST}eddsa-ed448`, { scheme: 'eddsa', hash: null }],
])

/** KeyInfo has no order (XML-DSig §4.5.4): the signer is the one that issued none of the others. */
const signerAmong = (certificates: readonly Certificate[]): Certificate | null =>
  certificates.find((own) =>
    certificates.every((other) => other.sha256 === own.sha256 || !sameName(other.issuer, own.subject)),
  ) ??
  certificates[0] ??
  null

type Outcome = Pick<XmlSignatureCheck, 'digestIntact' | 'signatureValid' | 'problem' | 'referenced'>

const NO_FILES: ExternalFiles = { find: () => null, names: [] }

/** Checks a signature element of the document `xml`. Never throws for bad input. */
export function checkXmlSignature(xml: string, signature: Element, files: ExternalFiles = NO_FILES): XmlSignatureCheck {
  const certificates = certificatesOf(signature)
  const certificate = signerAmong(certificates)
  const algorithm = SIGNATURES.get(algorithmOf(signature, 'SignatureMethod')) ?? null
  // Its own: signatures on this one lie inside it, and anybody can add one.
  const references = children(signature, XMLDSIG, 'SignedInfo').flatMap((info) => children(info, XMLDSIG, 'Reference'))
  const uris = urisOf(references)
  const listed = manifestReferences(signature, uris)
  const digests = [...references, ...listed].map((reference) => XML_DIGESTS.get(algorithmOf(reference, 'DigestMethod')))
  const facts = {
    certificate,
    certificates,
    algorithm,
    digests: digests.filter((digest) => digest !== undefined),
    coversDocument: files.names.length > 0 ? coversAll(files, [...uris, ...urisOf(listed)]) : uris.includes(''),
  }
  const undecided = (problem: string): XmlSignatureCheck => ({
    ...facts,
    digestIntact: null,
    signatureValid: false,
    problem,
    referenced: [],
  })
  if (!certificate) return { ...undecided('The signer’s certificate is missing'), digestIntact: false }
  const obstacle = obstacleTo(xml, references, files)
  if (obstacle !== null) return undecided(obstacle)
  if (!algorithm || digests.includes(undefined)) return undecided('It uses an algorithm that is not known here')
  const signer = { certificate, algorithm, files, nameless: uris.indexOf(null) }
  const outcome = verified(xml, signature, signer)
  return { ...facts, ...outcome, ...(outcome.digestIntact && manifestOutcome(xml, signature, { ...signer, listed })) }
}

type Listing = Signer & Readonly<{ listed: readonly Element[] }>

/** What is wrong with what the manifests name; nothing when it is right. */
function manifestOutcome(xml: string, signature: Element, listing: Listing): Partial<Outcome> {
  const { listed, files } = listing
  if (listed.length === 0) return {}
  const isNameless = urisOf(listed).includes(null)
  const problem = isNameless ? 'Its manifest does not say what it is about' : obstacleTo(xml, listed, files)
  if (problem !== null) return { digestIntact: null, problem }
  return manifestHolds(xml, signature, listing)
    ? {}
    : { digestIntact: false, problem: 'The content is not the one that the manifest names' }
}

/** The references of manifests, checked as the signature's own are. */
function manifestHolds(xml: string, signature: Element, { listed, ...signer }: Listing): boolean {
  const signed = createVerifier({ ...signer, nameless: -1 }, { value: false, referenced: [] })
  // Not in its published types.
  const { loadReference, validateReference } = signed as unknown as ReferenceMethods
  try {
    signed.loadSignature(signature)
    const own = signed.getReferences().length
    for (const reference of listed) loadReference.call(signed, reference)
    const document = rootOf(xml)?.ownerDocument ?? null
    return signed
      .getReferences()
      .slice(own)
      .every((reference) => validateReference(reference, document))
  } catch {
    return false
  }
}

type ReferenceMethods = Readonly<{
  loadReference: (reference: Element) => void
  validateReference: (reference: Reference, document: Document | null) => string | undefined
}>

const urisOf = (references: readonly Element[]): (string | null)[] =>
  references.map((reference) => reference.getAttribute('URI'))

/** Why the references cannot be checked here; null when they can. */
function obstacleTo(xml: string, references: readonly Element[], files: ExternalFiles): string | null {
  if (isTooMuch(xml)) return 'It has more elements or comments than are looked at here'
  const outside = references.filter((reference) => !isInside(reference.getAttribute('URI')))
  const isGiven = (reference: Element): boolean => files.find(reference.getAttribute('URI')) !== null
  if (references.filter((reference) => reference.getAttribute('URI') === null).length > 1)
    return 'More than one of its references does not say what it is about'
  if (!outside.every(isGiven)) return 'It is about files outside the document'
  if (outside.some(isTransformed)) return 'It transforms a file before it is hashed'
  if (urisOf(references).some((uri) => uri?.startsWith('#') && idIn(uri) === null))
    return 'It points at a part of the document in a way that is not known here'
  return references.every(canTransform) ? null : 'It uses a transform that is not known here'
}

function coversAll({ names, find }: ExternalFiles, uris: readonly (string | null)[]): boolean {
  const found = new Set(uris.filter((uri) => !isInside(uri)).map(find))
  return names.every((name) => found.has(find(name)))
}

const isTransformed = (reference: Element): boolean => descendants(reference, XMLDSIG, 'Transform').length > 0

const algorithmOf = (element: Element, name: string): string =>
  descendants(element, XMLDSIG, name)[0]?.getAttribute('Algorithm') ?? ''

type Signer = Readonly<{
  certificate: Certificate
  algorithm: SignatureAlgorithm
  files: ExternalFiles
  nameless: number
}>

function verified(xml: string, signature: Element, signer: Signer): Outcome {
  const seen: Seen = { value: false, referenced: [] }
  try {
    const signed = createVerifier(signer, seen)
    signed.loadSignature(signature)
    const intact = inSignedForm(signature, () => signed.checkSignature(xml))
    return {
      digestIntact: intact,
      signatureValid: intact,
      problem: intact ? null : 'The content is not the one that was signed',
      referenced: intact ? seen.referenced : [],
    }
  } catch (error) {
    const problem = error instanceof Error ? error.message.slice(0, 100) : 'unknown'
    // A transform that is not known here says nothing against the signature.
    if (problem.includes('not supported')) return { digestIntact: null, signatureValid: false, problem, referenced: [] }
    // The value is looked at only after all digests were found right.
    return { digestIntact: seen.value, signatureValid: false, problem, referenced: [] }
  }
}

/** `SignedInfo` as its canonicalization shows it. */
function inSignedForm(signature: Element, check: () => boolean): boolean {
  const [info] = children(signature, XMLDSIG, 'SignedInfo')
  const method = algorithmOf(signature, 'CanonicalizationMethod')
  return info && isInclusive([method]) ? inheriting(info, check) : check()
}

/** Whether it came to the signature value, and what the references are to. */
type Seen = { value: boolean; referenced: Octets[] }

/** xml-crypto for canonical forms and references; the mathematics is `checkSignature`'s. */
function createVerifier({ certificate, algorithm, files, nameless }: Signer, seen: Seen): SignedXml {
  const signed = new SignedXml({ publicCert: 'certificate', getCertFromKeyInfo: () => null })
  const known = faithful(signed.CanonicalizationAlgorithms)
  const method = function () {
    return {
      getAlgorithmName: () => '',
      getSignature: () => '',
      verifySignature(material: string, _key: unknown, value: string): boolean {
        seen.value = true
        return checkSignature(algorithm, publicKey(certificate), {
          data: Buffer.from(material),
          signature: Buffer.from(value, 'base64'),
        }).valid
      },
    }
  }
  return Object.assign(signed, {
    validateReference: referenceCheck(signed, files, { nameless, referenced: seen.referenced }),
    SignatureAlgorithms: Object.fromEntries(Array.from(SIGNATURES.keys(), (name) => [name, method])),
    // Canonical XML 1.1 differs from 1.0 only in xml:id, and in joining one xml:base with another (xml-transforms.ts).
    CanonicalizationAlgorithms: {
      ...known,
      [C14N_11]: known[C14N_10],
      [`${C14N_11}#WithComments`]: known[`${C14N_10}#WithComments`],
      [XPATH]: withoutSignatures,
      [XPATH_FILTER]: withoutSignatures,
      [BASE64]: decodedText,
    },
  })
}

function certificatesOf(signature: Element): Certificate[] {
  const info = [...signature.childNodes].find(
    ({ localName, namespaceURI }) => localName === 'KeyInfo' && namespaceURI === XMLDSIG,
  ) as Element | undefined
  const written = info ? [...info.getElementsByTagNameNS(XMLDSIG, 'X509Certificate')] : []
  return written.slice(0, 20).flatMap(({ textContent }) => {
    try {
      return [parseCertificate(Buffer.from(textContent ?? '', 'base64'))]
    } catch (error) {
      if (error instanceof DerError) return []
      throw error
    }
  })
}
