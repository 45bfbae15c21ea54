import { createHash, createPublicKey, randomBytes, sign, type KeyObject } from 'node:crypto'
import { encode, encodeTime, integer, objectIdentifier, octetString, sequenceOf } from '../shared/asn1/der-writer.ts'
import { context, contextPrimitive, TAG } from '../shared/asn1/der.ts'
import { OID } from '../shared/asn1/oids.ts'
import { signatureIdentifier } from './algorithms.ts'
import { parseCertificate, type Certificate } from './certificate.ts'

/** Makes X.509 certificates and CRLs for set-up, development and tests: signed with SHA-256 by RSA or EC keys. */
export type Authority = Readonly<{ certificate: Certificate; key: KeyObject }>

/** Attributes in order, by the names of `OID`. */
export type SubjectName = Readonly<
  Partial<
    Record<
      | 'country'
      | 'locality'
      | 'organization'
      | 'organizationIdentifier'
      | 'commonName'
      | 'surname'
      | 'givenName'
      | 'serialNumber'
      | 'title'
      | 'uri',
      string
    >
  >
>

export type CertificateRequest = Readonly<{
  subject: SubjectName
  /** The subject's key, private or public. */
  key: KeyObject
  notBefore: Date
  notAfter: Date
  extensions: readonly Buffer[]
  /** Without an issuer the certificate signs itself. */
  issuer?: Authority
}>

export function issueCertificate({
  subject,
  key,
  notBefore,
  notAfter,
  extensions,
  issuer,
}: CertificateRequest): Certificate {
  const name = encodeName(subject)
  const publicKey = (key.type === 'private' ? createPublicKey(key) : key).export({ format: 'der', type: 'spki' })
  const signer = issuer?.key ?? key
  const tbs = sequenceOf(
    encode(context(0), integer(2)),
    integer(randomBytes(16)),
    algorithmOf(signer),
    issuer?.certificate.subject.der ?? name,
    sequenceOf(encodeTime(notBefore), encodeTime(notAfter)),
    name,
    publicKey,
    encode(
      context(3),
      sequenceOf(
        ...[...extensions, keyIdentifier(publicKey)],
        issuerIdentifier(issuer?.certificate.publicKeyInfo ?? publicKey),
      ),
    ),
  )
  return parseCertificate(signed(tbs, signer))
}

const signed = (tbs: Buffer, key: KeyObject): Buffer =>
  sequenceOf(tbs, algorithmOf(key), bitString(sign('sha256', tbs, key)))

const algorithmOf = (key: KeyObject): Buffer => signatureIdentifier(key.asymmetricKeyType === 'ec' ? 'ecdsa' : 'rsa')

const bitString = (bytes: Buffer, unusedBits = 0): Buffer => encode(TAG.bitString, Buffer.from([unusedBits]), bytes)

function encodeName(subject: SubjectName): Buffer {
  const attributes = Object.entries(subject).map(([name, value]) => {
    // X.520: country and serial number are PrintableString, the rest may be UTF-8.
    const tag = name === 'country' || name === 'serialNumber' ? 0x13 : TAG.utf8
    return encode(
      TAG.set,
      sequenceOf(objectIdentifier(OID[name as keyof SubjectName]), encode(tag, Buffer.from(value))),
    )
  })
  return sequenceOf(...attributes)
}

export const extension = (type: string, value: Buffer, critical = false): Buffer =>
  sequenceOf(
    objectIdentifier(type),
    ...(critical ? [encode(TAG.boolean, Buffer.from([0xff]))] : []),
    octetString(value),
  )

export const authorityConstraints = (pathLength?: number): Buffer =>
  extension(
    OID.basicConstraints,
    sequenceOf(encode(TAG.boolean, Buffer.from([0xff])), ...(pathLength === undefined ? [] : [integer(pathLength)])),
    true,
  )

const USAGE_BITS = { digitalSignature: 0, nonRepudiation: 1, keyEncipherment: 2, keyCertSign: 5, cRLSign: 6 } as const

export function usage(...names: readonly (keyof typeof USAGE_BITS)[]): Buffer {
  const octet = names.reduce((bits, name) => bits | (0x80 >> USAGE_BITS[name]), 0)
  const unused = Math.min(...names.map((name) => 7 - USAGE_BITS[name]))
  return extension(OID.keyUsage, bitString(Buffer.from([octet]), unused), true)
}

export const purposes = (...types: readonly string[]): Buffer =>
  extension(OID.extendedKeyUsage, sequenceOf(...types.map(objectIdentifier)), true)

/** Where CRLs are published. */
export const crlAddress = (url: string): Buffer =>
  extension(
    OID.crlDistributionPoints,
    sequenceOf(sequenceOf(encode(context(0), encode(context(0), encode(contextPrimitive(6), Buffer.from(url)))))),
  )

/** Where the OCSP responder answers. */
export const ocspAddress = (url: string): Buffer =>
  extension(
    OID.authorityInformation,
    sequenceOf(sequenceOf(objectIdentifier(OID.ocsp), encode(contextPrimitive(6), Buffer.from(url)))),
  )

/** QcStatements without information, and QcType (EN 319 412-5). */
export function qualifiedStatements({ statements, type }: { statements: readonly string[]; type?: string }): Buffer {
  const plain = statements.map((statement) => sequenceOf(objectIdentifier(statement)))
  const typed = type === undefined ? [] : [sequenceOf(objectIdentifier(OID.qcType), sequenceOf(objectIdentifier(type)))]
  return extension(OID.qcStatements, sequenceOf(...plain, ...typed))
}

const sha1 = (bytes: Buffer): Buffer => createHash('sha1').update(bytes).digest()

const keyIdentifier = (publicKey: Buffer): Buffer => extension(OID.subjectKeyIdentifier, octetString(sha1(publicKey)))

const issuerIdentifier = (publicKey: Buffer): Buffer =>
  extension(OID.authorityKeyIdentifier, sequenceOf(encode(contextPrimitive(0), sha1(publicKey))))

export type RevokedCertificate = Readonly<{ certificate: Certificate; at: Date; /** CRLReason. */ reason?: number }>
export type CrlRequest = Readonly<{
  thisUpdate: Date
  nextUpdate: Date
  revoked?: readonly RevokedCertificate[]
  extensions?: readonly Buffer[]
}>

/** A complete CRL of the authority (RFC 5280 §5), DER. */
export function issueCrl(
  { certificate, key }: Authority,
  { thisUpdate, nextUpdate, revoked = [], extensions = [] }: CrlRequest,
): Buffer {
  const entries = revoked.map(({ certificate: { serial }, at, reason }) =>
    sequenceOf(
      integer(Buffer.from(serial.padStart(serial.length + (serial.length % 2), '0'), 'hex')),
      encodeTime(at),
      ...(reason === undefined
        ? []
        : [sequenceOf(extension(OID.reasonCode, encode(TAG.enumerated, Buffer.from([reason]))))]),
    ),
  )
  const tbs = sequenceOf(
    integer(1),
    algorithmOf(key),
    certificate.subject.der,
    encodeTime(thisUpdate),
    encodeTime(nextUpdate),
    ...(entries.length > 0 ? [sequenceOf(...entries)] : []),
    encode(context(0), sequenceOf(extension(OID.crlNumber, integer(1)), ...extensions)),
  )
  return signed(tbs, key)
}

export const toPem = ({ der }: Pick<Certificate, 'der'>): string =>
  `-----BEGIN CERTIFICATE-----\n${(der.toString('base64').match(/.{1,64}/g) ?? []).join('\n')}\n-----END CERTIFICATE-----\n`
