import { createHash } from 'node:crypto'
import { integer, nothing, objectIdentifier, octetString, sequenceOf } from '../shared/asn1/der-writer.ts'
import {
  bits,
  context,
  contextPrimitive,
  DerError,
  elements,
  expectTag,
  fields,
  integerHex,
  octets,
  oid,
  readWhole,
  sequence,
  TAG,
  time,
  type Der,
} from '../shared/asn1/der.ts'
import { OID } from '../shared/asn1/oids.ts'
import { digestAlgorithm } from './algorithms.ts'
import {
  extendedKeyUsage,
  parseExtensions,
  parseName,
  keyBits,
  sameName,
  type Certificate,
  type Extension,
  type Name,
} from './certificate.ts'
import { readCertificates } from './certificate-set.ts'
import { isSignedBy } from './chain.ts'
import { isSignedWith } from './signed-status.ts'

type SingleResponse = Readonly<{
  digest: Der
  issuerNameHash: Buffer
  issuerKeyHash: Buffer
  serial: string
  status: 'good' | 'revoked' | 'unknown'
  revokedAt: Date | null
  reason: number | null
  thisUpdate: Date
  nextUpdate: Date | null
  extensions: ReadonlyMap<string, Extension>
}>

/** A BasicOCSPResponse (RFC 6960 §4.2.1). */
export type Ocsp = Readonly<{
  tbs: Buffer
  responder: Readonly<{ name: Name } | { keyHash: Buffer }>
  producedAt: Date
  responses: readonly SingleResponse[]
  certificates: readonly Certificate[]
  signatureAlgorithm: Der
  signature: Buffer
}>

/** Takes a whole OCSPResponse or the basic one inside it. Throws DerError when it is neither or says no success. */
export function parseOcsp(der: Buffer): Ocsp {
  const [first, wrapper] = sequence(readWhole(der))
  if (first?.tag !== TAG.enumerated) return parseBasic(der)
  if (first.body[0] !== 0 || !wrapper) throw new DerError('The OCSP responder gave no answer')
  const [type, response] = sequence(sequence(wrapper, context(0))[0])
  if (oid(type) !== OID.ocspBasic) throw new DerError('Not a basic OCSP response')
  return parseBasic(octets(response))
}

function parseBasic(der: Buffer): Ocsp {
  const outer = fields(readWhole(der))
  const tbs = outer.next(TAG.sequence)
  const field = fields(tbs)
  field.optional(context(0))
  const responderId = field.next()
  const responder =
    responderId.tag === context(1)
      ? { name: parseName(readWhole(responderId.body)) }
      : { keyHash: octets(readWhole(expectTag(responderId, context(2)).body)) }
  const producedAt = time(field.next())
  const responses = sequence(field.next()).map(parseSingle)
  const signature = { signatureAlgorithm: outer.next(TAG.sequence), signature: bits(outer.next()) }
  const certificates = outer.optional(context(0))
  return {
    tbs: tbs.raw,
    responder,
    producedAt,
    responses,
    ...signature,
    certificates: certificates ? readCertificates(sequence(sequence(certificates, context(0))[0])) : [],
  }
}

function parseSingle(der: Der): SingleResponse {
  const field = fields(der)
  const [digest, nameHash, keyHash, serial] = sequence(field.next())
  const status = field.next()
  const thisUpdate = time(field.next())
  const next = field.optional(context(0))
  return {
    digest: expectTag(digest, TAG.sequence),
    issuerNameHash: octets(nameHash),
    issuerKeyHash: octets(keyHash),
    serial: integerHex(serial),
    ...parseStatus(status),
    thisUpdate,
    nextUpdate: next ? time(readWhole(next.body)) : null,
    extensions: parseExtensions(field.optional(context(1))),
  }
}

function parseStatus(der: Der): Pick<SingleResponse, 'status' | 'revokedAt' | 'reason'> {
  if (der.tag === contextPrimitive(0)) return { status: 'good', revokedAt: null, reason: null }
  if (der.tag !== context(1)) return { status: 'unknown', revokedAt: null, reason: null }
  const [at, reason] = elements(der.body)
  return {
    status: 'revoked',
    revokedAt: time(at),
    reason: reason ? (readWhole(reason.body, TAG.enumerated).body[0] ?? null) : null,
  }
}

/** The response about this certificate of this issuer, or undefined (certID match, RFC 6960 §3.2). */
export function responseFor(ocsp: Ocsp, certificate: Certificate, issuer: Certificate): SingleResponse | undefined {
  return ocsp.responses.find((response) => {
    if (response.serial !== certificate.serial) return false
    const digest = digestAlgorithm(response.digest)
    return (
      hash(digest, certificate.issuer.der).equals(response.issuerNameHash) &&
      hash(digest, keyBits(issuer)).equals(response.issuerKeyHash)
    )
  })
}

const hash = (name: string, bytes: Buffer): Buffer => createHash(name).update(bytes).digest()

/**
 * The certificate that signed the response and may do so for `issuer`: the issuer itself, or a responder that it certified for
 * OCSP signing (RFC 6960 §4.2.2.2), while its certificate lasted. `provedAt` is since when the answer is known to have been there: the
 * date in it is its signer's word. Undefined when the signature is nobody's of these.
 */
export function responderOf(ocsp: Ocsp, issuer: Certificate, provedAt: Date): Certificate | undefined {
  return [issuer, ...ocsp.certificates].find((candidate) => {
    const isNamed =
      'name' in ocsp.responder
        ? sameName(candidate.subject, ocsp.responder.name)
        : hash('sha1', keyBits(candidate)).equals(ocsp.responder.keyHash)
    return (
      isNamed &&
      isAllowed(candidate, { issuer, producedAt: ocsp.producedAt, provedAt }) &&
      isSignedWith(ocsp, candidate)
    )
  })
}

type Made = Readonly<{ issuer: Certificate; producedAt: Date; provedAt: Date }>

function isAllowed(candidate: Certificate, { issuer, producedAt, provedAt }: Made): boolean {
  if (candidate.sha256 === issuer.sha256) return true
  const isDelegated = extendedKeyUsage(candidate)?.includes(OID.ocspSigning) ?? false
  return (
    isDelegated &&
    candidate.notBefore <= producedAt &&
    producedAt <= candidate.notAfter &&
    provedAt <= candidate.notAfter &&
    isSignedBy(candidate, issuer)
  )
}

/** OCSPRequest for one certificate, without nonce so that a cached answer serves (RFC 5019). SHA-1 is only a name here, not a proof. */
export function ocspRequest(certificate: Certificate, issuer: Certificate): Buffer {
  const certId = sequenceOf(
    sequenceOf(objectIdentifier('1.3.14.3.2.26'), nothing()),
    octetString(hash('sha1', certificate.issuer.der)),
    octetString(hash('sha1', keyBits(issuer))),
    integer(
      Buffer.from(certificate.serial.padStart(certificate.serial.length + (certificate.serial.length % 2), '0'), 'hex'),
    ),
  )
  return sequenceOf(sequenceOf(sequenceOf(sequenceOf(certId))))
}
