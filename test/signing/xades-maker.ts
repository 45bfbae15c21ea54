import { DOMParser } from '@xmldom/xmldom'
import { constants, createHash, sign } from 'node:crypto'
import { ExclusiveCanonicalization } from 'xml-crypto'
import type { Signer } from './pki.ts'

const DS = 'http://www.w3.org/2000/09/xmldsig#'
const XADES = 'http://uri.etsi.org/01903/v1.3.2#'
const EXCLUSIVE = 'http://www.w3.org/2001/10/xml-exc-c14n#'
const SHA256 = 'http://www.w3.org/2001/04/xmlenc#sha256'

const sha256 = (bytes: Uint8Array): string => createHash('sha256').update(bytes).digest('base64')
const canonical = (xml: string): Buffer =>
  Buffer.from(
    new ExclusiveCanonicalization().process(
      new DOMParser().parseFromString(xml, 'text/xml').documentElement as never,
      {},
    ),
  )
const digestOf = (value: string): string =>
  `<ds:DigestMethod xmlns:ds="${DS}" Algorithm="${SHA256}"></ds:DigestMethod><ds:DigestValue xmlns:ds="${DS}">${value}</ds:DigestValue>`

type Wishes = Readonly<{
  /** By name; an empty name makes a reference without URI. */
  files: Readonly<Record<string, Buffer>>
  signer: Signer
  /** Makes a time-stamp token over the canonical form of the signature value. */
  stamp?: (data: Buffer) => Buffer
  /** Put before the digest of each file. */
  transform?: string
  /** The signature is over a manifest (XML-DSig §5.1), which names the files and an object that says `allegato`. */
  inManifest?: boolean
  /** The signed properties are named by an XPointer. */
  byPointer?: boolean
  /** False leaves the reference to the signed properties out. */
  signsProperties?: boolean
  /** The signature method (an RSA key makes PSS), and the hash that it names. */
  method?: readonly [uri: string, hash: string]
}>

const methodOf = ({ method }: Wishes) =>
  method ?? (['http://www.w3.org/2001/04/xmldsig-more#ecdsa-sha256', 'sha256'] as const)

/** A XAdES signature over files beside it, as in an ASiC container (EN 319 162-1 §4.4.3.2). */
export function detachedXades(wishes: Wishes): Buffer {
  const { files, signer, stamp, transform = '', inManifest = false, byPointer = false, signsProperties = true } = wishes
  const [method, hash] = methodOf(wishes)
  const properties = `<xades:SignedProperties xmlns:xades="${XADES}" Id="p"><xades:SignedSignatureProperties><xades:SigningTime>2026-01-01T12:00:00Z</xades:SigningTime><xades:SigningCertificateV2><xades:Cert><xades:CertDigest>${digestOf(sha256(signer.certificate.der))}</xades:CertDigest></xades:Cert></xades:SigningCertificateV2></xades:SignedSignatureProperties></xades:SignedProperties>`
  const references = Object.entries(files).map(
    ([name, content]) =>
      `<ds:Reference xmlns:ds="${DS}"${name === '' ? '' : ` URI="${encodeURIComponent(name)}"`}>${transform}${digestOf(sha256(content))}</ds:Reference>`,
  )
  const object = `<ds:Object xmlns:ds="${DS}" Id="o">allegato</ds:Object>`
  const toObject = `<ds:Reference xmlns:ds="${DS}" URI="#o"><ds:Transforms><ds:Transform Algorithm="${EXCLUSIVE}"></ds:Transform></ds:Transforms>${digestOf(sha256(canonical(object)))}</ds:Reference>`
  const manifest = `<ds:Manifest xmlns:ds="${DS}" Id="m">${references.join('')}${toObject}</ds:Manifest>`
  const toManifest = `<ds:Reference xmlns:ds="${DS}" URI="#m"><ds:Transforms><ds:Transform Algorithm="${EXCLUSIVE}"></ds:Transform></ds:Transforms>${digestOf(sha256(canonical(manifest)))}</ds:Reference>`
  const own = `<ds:Reference xmlns:ds="${DS}" Type="http://uri.etsi.org/01903#SignedProperties" URI="${byPointer ? "#xpointer(id('p'))" : '#p'}"><ds:Transforms><ds:Transform Algorithm="${EXCLUSIVE}"></ds:Transform></ds:Transforms>${digestOf(sha256(canonical(properties)))}</ds:Reference>`
  const info = `<ds:SignedInfo xmlns:ds="${DS}"><ds:CanonicalizationMethod Algorithm="${EXCLUSIVE}"></ds:CanonicalizationMethod><ds:SignatureMethod Algorithm="${method}"></ds:SignatureMethod>${inManifest ? toManifest : references.join('')}${signsProperties ? own : ''}</ds:SignedInfo>`
  const pss = { padding: constants.RSA_PKCS1_PSS_PADDING, saltLength: constants.RSA_PSS_SALTLEN_DIGEST }
  const made = sign(hash, canonical(info), { key: signer.key, dsaEncoding: 'ieee-p1363', ...pss })
  const value = made.toString('base64')
  const signatureValue = `<ds:SignatureValue xmlns:ds="${DS}">${value}</ds:SignatureValue>`
  const stamped = stamp
    ? `<xades:UnsignedProperties><xades:UnsignedSignatureProperties><xades:SignatureTimeStamp><ds:CanonicalizationMethod xmlns:ds="${DS}" Algorithm="${EXCLUSIVE}"/><xades:EncapsulatedTimeStamp>${stamp(canonical(signatureValue)).toString('base64')}</xades:EncapsulatedTimeStamp></xades:SignatureTimeStamp></xades:UnsignedSignatureProperties></xades:UnsignedProperties>`
    : ''
  return Buffer.from(
    `<asic:XAdESSignatures xmlns:asic="http://uri.etsi.org/02918/v1.2.1#"><ds:Signature xmlns:ds="${DS}" Id="s">${info}${signatureValue}<ds:KeyInfo><ds:X509Data><ds:X509Certificate>${signer.certificate.der.toString('base64')}</ds:X509Certificate></ds:X509Data></ds:KeyInfo><ds:Object><xades:QualifyingProperties xmlns:xades="${XADES}" Target="#s">${properties}${stamped}</xades:QualifyingProperties></ds:Object>${inManifest ? `<ds:Object>${manifest}</ds:Object>${object}` : ''}</ds:Signature></asic:XAdESSignatures>`,
  )
}
