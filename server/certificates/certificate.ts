import { createHash, createPublicKey, type KeyObject } from 'node:crypto'
import {
  bitNames,
  bits,
  boolean,
  context,
  contextPrimitive,
  elements,
  fields,
  integerHex,
  octets,
  oid,
  readDer,
  readWhole,
  sequence,
  smallInteger,
  TAG,
  text,
  time,
  DerError,
  type Der,
} from '../shared/asn1/der.ts'
import { OID } from '../shared/asn1/oids.ts'
import { plainLine } from '../shared/plain-text.ts'

/** One attribute of a distinguished name, in the order of the certificate. */
type NameAttribute = Readonly<{ type: string; value: string }>
export type Name = Readonly<{
  der: Buffer
  attributes: readonly NameAttribute[]
  /** Form in which RFC 5280 §7.1 compares. */ key: string
}>

export type Extension = Readonly<{ critical: boolean; value: Buffer }>

/** An X.509 certificate, decoded as far as every use needs; extensions are decoded by the functions below when asked. */
export type Certificate = Readonly<{
  der: Buffer
  /** The signed part, as received. */
  tbs: Buffer
  serial: string
  issuer: Name
  subject: Name
  notBefore: Date
  notAfter: Date
  /** SubjectPublicKeyInfo, DER. */
  publicKeyInfo: Buffer
  signatureAlgorithm: Der
  signature: Buffer
  extensions: ReadonlyMap<string, Extension>
  /** Lower-case hexadecimal SHA-256 of the certificate. */
  sha256: string
}>

/** Certificates come back in every file of the same signer or authority: decoding once pays for thousands of files. */
const decoded = new Map<string, Certificate>()
const MAX_REMEMBERED = 2_000

/** Decodes one certificate. Throws DerError when it is none. */
export function parseCertificate(der: Buffer): Certificate {
  const sha256 = createHash('sha256').update(der).digest('hex')
  const known = decoded.get(sha256)
  if (known) return known
  const certificate = decode(Buffer.from(der), sha256)
  if (decoded.size >= MAX_REMEMBERED) decoded.clear()
  decoded.set(sha256, certificate)
  return certificate
}

function decode(der: Buffer, sha256: string): Certificate {
  const outer = fields(readWhole(der))
  const tbs = outer.next(TAG.sequence)
  const field = fields(tbs)
  field.optional(context(0))
  const serial = integerHex(field.next())
  const innerAlgorithm = field.next(TAG.sequence)
  const issuer = parseName(field.next())
  const [notBefore, notAfter] = sequence(field.next()).map(time)
  const subject = parseName(field.next())
  const publicKeyInfo = field.next(TAG.sequence).raw
  const signatureAlgorithm = outer.next(TAG.sequence)
  // RFC 5280 §4.1.1.2: the two must agree, or the unsigned one could name a weaker check.
  if (!innerAlgorithm.raw.equals(signatureAlgorithm.raw)) throw new DerError('The two signature algorithms differ')
  if (!notBefore || !notAfter) throw new DerError('Validity is incomplete')
  const signature = bits(outer.next())
  const extensions = parseExtensions(field.rest().find(({ tag }) => tag === context(3)))
  return {
    der,
    tbs: tbs.raw,
    serial,
    issuer,
    subject,
    notBefore,
    notAfter,
    publicKeyInfo,
    signatureAlgorithm,
    signature,
    extensions,
    sha256,
  }
}

export function parseName(der: Der): Name {
  const attributes = sequence(der).flatMap((relative) =>
    sequence(relative, TAG.set).map((attribute) => {
      const [type, value] = sequence(attribute)
      return { type: oid(type), value: value ? text(value) : '' }
    }),
  )
  const key = attributes
    .map(({ type, value }) => `${type}=${value.normalize('NFKC').trim().replace(/\s+/g, ' ').toLowerCase()}`)
    .join('\n')
  return { der: der.raw, attributes, key }
}

export function parseExtensions(wrapper: Der | undefined): Map<string, Extension> {
  const found = new Map<string, Extension>()
  if (wrapper === undefined) return found
  for (const extension of sequence(sequence(wrapper, wrapper.tag)[0])) {
    const field = fields(extension)
    const type = oid(field.next())
    const critical = field.optional(TAG.boolean)
    if (found.has(type)) throw new DerError('An extension appears twice')
    found.set(type, { critical: critical ? boolean(critical) : false, value: octets(field.next()) })
  }
  return found
}

export const attributeOf = (name: Name, type: string): string | undefined =>
  name.attributes.find((attribute) => attribute.type === type)?.value

export const sameName = (left: Name, right: Name): boolean => left.der.equals(right.der) || left.key === right.key

/**
 * What a person reads as the issuer: common name, else organisation, else the whole name. As plain text on one line: anybody makes a
 * certificate that says whatever they like.
 */
export function displayName(name: Name): string {
  return plainLine(
    attributeOf(name, OID.commonName) ??
      attributeOf(name, OID.organization) ??
      name.attributes.map(({ value }) => value).join(', '),
  )
}

function extensionDer(certificate: Certificate, type: string): Der | undefined {
  const extension = certificate.extensions.get(type)
  return extension && readWhole(extension.value)
}

const KEY_USAGES = [
  'digitalSignature',
  'nonRepudiation',
  'keyEncipherment',
  'dataEncipherment',
  'keyAgreement',
  'keyCertSign',
  'cRLSign',
] as const
export type KeyUsage = (typeof KEY_USAGES)[number]

/** Null when the certificate does not restrict its key. */
export function keyUsage(certificate: Certificate): ReadonlySet<KeyUsage> | null {
  const der = extensionDer(certificate, OID.keyUsage)
  if (!der) return null
  const set = bitNames(der)
  return new Set(KEY_USAGES.filter((_, index) => set.has(index)))
}

/** Null when absent. */
export function basicConstraints(certificate: Certificate): { ca: boolean; pathLength: number | null } | null {
  const der = extensionDer(certificate, OID.basicConstraints)
  if (!der) return null
  const field = fields(der)
  const ca = field.optional(TAG.boolean)
  const pathLength = field.optional(TAG.integer)
  return { ca: ca ? boolean(ca) : false, pathLength: pathLength ? smallInteger(pathLength) : null }
}

export function extendedKeyUsage(certificate: Certificate): readonly string[] | null {
  const der = extensionDer(certificate, OID.extendedKeyUsage)
  return der ? sequence(der).map(oid) : null
}

/** Subject key identifier as written in the certificate, or null. */
export function subjectKeyId(certificate: Certificate): Buffer | null {
  const der = extensionDer(certificate, OID.subjectKeyIdentifier)
  return der ? octets(der) : null
}

export function authorityKeyId(certificate: Certificate): Buffer | null {
  const der = extensionDer(certificate, OID.authorityKeyIdentifier)
  return (der && fields(der).optional(contextPrimitive(0))?.body) ?? null
}

/** Certificate policies with the text of their user notices (limits of use, AgID guidelines §4.1.7). */
export function certificatePolicies(
  certificate: Certificate,
): readonly Readonly<{ policy: string; notices: readonly string[] }>[] {
  const der = extensionDer(certificate, OID.certificatePolicies)
  if (!der) return []
  return sequence(der).map((information) => {
    const field = fields(information)
    const policy = oid(field.next())
    const qualifiers = field.optional(TAG.sequence)
    return { policy, notices: qualifiers ? sequence(qualifiers).flatMap(noticeTexts) : [] }
  })
}

function noticeTexts(qualifier: Der): string[] {
  const [type, notice] = sequence(qualifier)
  if (oid(type) !== OID.userNotice || notice?.tag !== TAG.sequence) return []
  return sequence(notice)
    .filter(({ tag }) => tag !== TAG.sequence)
    .map(text)
}

/** QcStatements by identifier, each with its optional information (EN 319 412-5). */
export function qcStatements(certificate: Certificate): ReadonlyMap<string, Der | undefined> {
  const der = extensionDer(certificate, OID.qcStatements)
  return new Map(
    (der ? sequence(der) : []).map((statement) => {
      const [type, information] = sequence(statement)
      return [oid(type), information] as const
    }),
  )
}

/** http(s) addresses of an access method: OCSP responders or issuers' certificates. */
export function accessLocations(certificate: Certificate, method: string): string[] {
  const der = extensionDer(certificate, OID.authorityInformation)
  if (!der) return []
  return sequence(der).flatMap((description) => {
    const [type, location] = sequence(description)
    return oid(type) === method && location?.tag === contextPrimitive(6) ? webAddress(location.body) : []
  })
}

/** http(s) addresses of the CRLs on which the certificate would appear. */
export function crlAddresses(certificate: Certificate): string[] {
  const der = extensionDer(certificate, OID.crlDistributionPoints)
  if (!der) return []
  return sequence(der).flatMap((point) => {
    const name = fields(point).optional(context(0))
    const full = name && elements(name.body).find(({ tag }) => tag === context(0))
    return full
      ? elements(full.body).flatMap(({ tag, body }) => (tag === contextPrimitive(6) ? webAddress(body) : []))
      : []
  })
}

const webAddress = (body: Buffer): string[] => {
  const address = body.toString('latin1')
  return /^https?:\/\//i.test(address) && URL.canParse(address) ? [address] : []
}

const keys = new WeakMap<Certificate, KeyObject>()

/** The subject's key for `node:crypto`. Throws when OpenSSL cannot use it. */
export function publicKey(certificate: Certificate): KeyObject {
  const known = keys.get(certificate)
  if (known) return known
  const key = createPublicKey({ key: certificate.publicKeyInfo, format: 'der', type: 'spki' })
  keys.set(certificate, key)
  return key
}

/** The bits of the subject's key without their algorithm, over which key identifiers are made (RFC 5280 §4.2.1.2, RFC 6960 §4.1.1). */
export const keyBits = ({ publicKeyInfo }: Certificate): Buffer => bits(sequence(readDer(publicKeyInfo))[1])

export type KeyFacts = Readonly<{ kind: 'rsa' | 'ec' | 'other'; bits: number }>

const CURVE_BITS: Readonly<Record<string, number>> = {
  '1.2.840.10045.3.1.1': 192,
  '1.3.132.0.33': 224,
  '1.2.840.10045.3.1.7': 256,
  '1.3.132.0.34': 384,
  '1.3.132.0.35': 521,
  '1.3.132.0.10': 256,
  '1.3.36.3.3.2.8.1.1.3': 192,
  '1.3.36.3.3.2.8.1.1.5': 224,
  '1.3.36.3.3.2.8.1.1.7': 256,
  '1.3.36.3.3.2.8.1.1.9': 320,
  '1.3.36.3.3.2.8.1.1.11': 384,
  '1.3.36.3.3.2.8.1.1.13': 512,
  // The twisted ones (RFC 5639 §3).
  '1.3.36.3.3.2.8.1.1.4': 192,
  '1.3.36.3.3.2.8.1.1.6': 224,
  '1.3.36.3.3.2.8.1.1.8': 256,
  '1.3.36.3.3.2.8.1.1.10': 320,
  '1.3.36.3.3.2.8.1.1.12': 384,
  '1.3.36.3.3.2.8.1.1.14': 512,
}

/** Kind and size of the key. Curves given by parameters instead of by name count 0 bits: CVE-2020-0601 came from believing them. */
export function keyFacts(certificate: Certificate): KeyFacts {
  const [algorithm, key] = sequence(readDer(certificate.publicKeyInfo))
  const [type, parameters] = sequence(algorithm)
  const kind = oid(type)
  if (kind === OID.rsaEncryption || kind === OID.rsaPss) {
    const modulus = integerHex(sequence(readWhole(bits(key)))[0])
    return { kind: 'rsa', bits: modulus.length * 4 - leadingZeroBits(modulus) }
  }
  if (kind === OID.ecPublicKey)
    return { kind: 'ec', bits: parameters?.tag === TAG.oid ? (CURVE_BITS[oid(parameters)] ?? 0) : 0 }
  return { kind: 'other', bits: 256 }
}

const leadingZeroBits = (hex: string): number => Math.clz32(parseInt(hex[0] ?? '0', 16)) - 28
