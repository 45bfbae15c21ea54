import { createHash, createPublicKey } from 'node:crypto'
import type { Element } from '@xmldom/xmldom'
import { SignedXml } from 'xml-crypto'
import { checkSignature, type DigestName, type SignatureAlgorithm } from './algorithms.ts'
import { parseCertificate, type Certificate } from './certificate.ts'
import { DerError } from './der.ts'
import { XML_DIGESTS } from './xml.ts'

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
  /** Whether one reference is to the whole document (`URI=""`). */
  coversDocument: boolean
  problem: string | null
}>

export const XMLDSIG = 'http://www.w3.org/2000/09/xmldsig#'

const C14N_11 = 'http://www.w3.org/2006/12/xml-c14n11'
const MORE = 'http://www.w3.org/2001/04/xmldsig-more#'
const NEWER = 'http://www.w3.org/2007/05/xmldsig-more#'

/** RFC 9231 §2.3. ECDSA values are r and s side by side. */
const SIGNATURES: Readonly<Record<string, SignatureAlgorithm>> = {
  [`${XMLDSIG}rsa-sha1`]: { scheme: 'rsa', hash: 'sha1' },
  [`${MORE}rsa-sha256`]: { scheme: 'rsa', hash: 'sha256' },
  [`${MORE}rsa-sha384`]: { scheme: 'rsa', hash: 'sha384' },
  [`${MORE}rsa-sha512`]: { scheme: 'rsa', hash: 'sha512' },
  [`${NEWER}sha256-rsa-MGF1`]: { scheme: 'pss', hash: 'sha256', saltLength: 32 },
  [`${NEWER}sha384-rsa-MGF1`]: { scheme: 'pss', hash: 'sha384', saltLength: 48 },
  [`${NEWER}sha512-rsa-MGF1`]: { scheme: 'pss', hash: 'sha512', saltLength: 64 },
  [`${MORE}ecdsa-sha256`]: { scheme: 'plain', hash: 'sha256' },
  [`${MORE}ecdsa-sha384`]: { scheme: 'plain', hash: 'sha384' },
  [`${MORE}ecdsa-sha512`]: { scheme: 'plain', hash: 'sha512' },
}

/** Checks a signature element of the document `xml`. Never throws for bad input. */
export function checkXmlSignature(xml: string, signature: Element): XmlSignatureCheck {
  const certificates = certificatesOf(signature)
  const certificate = certificates[0] ?? null
  const algorithm = SIGNATURES[first(signature, 'SignatureMethod')?.getAttribute('Algorithm') ?? ''] ?? null
  const references = [...signature.getElementsByTagNameNS(XMLDSIG, 'Reference')].filter(
    ({ parentNode }) => parentNode?.localName === 'SignedInfo',
  )
  const digests = references.flatMap(
    (reference) => XML_DIGESTS[first(reference, 'DigestMethod')?.getAttribute('Algorithm') ?? ''] ?? [],
  )
  const uris = references.map((reference) => reference.getAttribute('URI'))
  const facts = { certificate, certificates, algorithm, digests, coversDocument: uris.includes('') }
  if (uris.some((uri) => uri === null || (uri !== '' && !uri.startsWith('#'))))
    return { ...facts, digestIntact: null, signatureValid: false, problem: 'It is about files outside the document' }
  if (certificate && (!algorithm || digests.length !== references.length))
    return {
      ...facts,
      digestIntact: null,
      signatureValid: false,
      problem: 'It uses an algorithm that is not known here',
    }
  if (!certificate || !algorithm)
    return {
      ...facts,
      digestIntact: false,
      signatureValid: false,
      problem: 'The signer’s certificate is missing',
    }
  return { ...facts, ...verified(xml, signature, { certificate, algorithm }) }
}

function verified(
  xml: string,
  signature: Element,
  { certificate, algorithm }: { certificate: Certificate; algorithm: SignatureAlgorithm },
): Pick<XmlSignatureCheck, 'digestIntact' | 'signatureValid' | 'problem'> {
  const key = createPublicKey({ key: certificate.publicKeyInfo, format: 'der', type: 'spki' })
  let signatureValid: boolean | null = null
  const signed = new SignedXml({ publicCert: 'certificate', getCertFromKeyInfo: () => null })
  const method = function () {
    return {
      getAlgorithmName: () => '',
      getSignature: () => '',
      verifySignature: (material: string, _key: unknown, value: string): boolean => {
        signatureValid = checkSignature(algorithm, key, {
          data: Buffer.from(material),
          signature: Buffer.from(value, 'base64'),
        }).valid
        return signatureValid
      },
    }
  }
  signed.SignatureAlgorithms = Object.fromEntries(Object.keys(SIGNATURES).map((name) => [name, method])) as never
  // Canonical XML 1.1 differs from 1.0 only in xml:id and xml:base, which signed documents do not inherit.
  const { CanonicalizationAlgorithms: known } = signed
  signed.CanonicalizationAlgorithms = {
    ...known,
    [C14N_11]: known['http://www.w3.org/TR/2001/REC-xml-c14n-20010315'] as never,
  }
  signed.HashAlgorithms = Object.fromEntries(
    Object.entries(XML_DIGESTS).map(([name, digest]) => [name, hashMethod(name, digest)]),
  ) as never
  try {
    signed.loadSignature(signature as never)
    const digestIntact = signed.checkSignature(xml)
    return {
      digestIntact,
      signatureValid: digestIntact,
      problem: digestIntact ? null : 'The content is not the one that was signed',
    }
  } catch (error) {
    const problem = error instanceof Error ? error.message.slice(0, 100) : 'unknown'
    // A transform that is not known here says nothing against the signature.
    if (/not supported/.test(problem)) return { digestIntact: null, signatureValid: false, problem }
    // The value was looked at only after all digests were found right.
    return {
      digestIntact: signatureValid !== null,
      signatureValid: false,
      problem,
    }
  }
}

const hashMethod = (name: string, digest: DigestName) =>
  function () {
    return {
      getAlgorithmName: () => name,
      getHash: (xml: string) => createHash(digest).update(xml, 'utf8').digest('base64'),
    }
  }

const first = (element: Element, name: string): Element | undefined => element.getElementsByTagNameNS(XMLDSIG, name)[0]

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
