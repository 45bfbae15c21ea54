import { createHash, randomBytes, sign } from 'node:crypto'
import { digestIdentifier, signatureIdentifier } from '../../../server/certificates/algorithms.ts'
import { type Authority } from '../../../server/certificates/certificate-builder.ts'
import { context, fields, integerHex, readWhole, TAG } from '../../../server/shared/asn1/der.ts'
import {
  encode,
  integer,
  objectIdentifier,
  octetString,
  sequenceOf,
  setOf,
} from '../../../server/shared/asn1/der-writer.ts'
import { OID } from '../../../server/shared/asn1/oids.ts'

/** A test policy: nobody's. */
const POLICY = '1.3.6.1.4.1.99999.1'

/** The reply of a time-stamping authority with an elliptic curve key to a TimeStampReq (RFC 3161 §2.4), DER. Throws DerError when it is none. */
export function timestampReply(query: Buffer, authority: Authority, at: Date): Buffer {
  const field = fields(readWhole(query))
  field.next(TAG.integer)
  const imprint = field.next(TAG.sequence)
  const nonce = field.rest().find(({ tag }) => tag === TAG.integer)
  const info = sequenceOf(
    integer(1),
    objectIdentifier(POLICY),
    imprint.raw,
    integer(randomBytes(8)),
    encode(TAG.generalizedTime, Buffer.from(`${at.toISOString().slice(0, 19).replace(/[-:T]/g, '')}Z`)),
    ...(nonce ? [integer(Buffer.from(evenHex(integerHex(nonce)), 'hex'))] : []),
  )
  return sequenceOf(sequenceOf(integer(0)), token(info, authority))
}

const evenHex = (hex: string): string => hex.padStart(hex.length + (hex.length % 2), '0')
const attribute = (type: string, value: Buffer): Buffer => sequenceOf(objectIdentifier(type), encode(TAG.set, value))
const sha256 = (bytes: Buffer): Buffer => createHash('sha256').update(bytes).digest()

/** SignedData with TSTInfo inside, and the attributes that RFC 3161 §2.4.2 and RFC 5816 want. */
function token(info: Buffer, { certificate, key }: Authority): Buffer {
  const serial = integer(Buffer.from(evenHex(certificate.serial), 'hex'))
  const attributes = [
    attribute(OID.contentType, objectIdentifier(OID.timestampInfo)),
    attribute(OID.messageDigest, octetString(sha256(info))),
    attribute(OID.signingCertificateV2, sequenceOf(sequenceOf(sequenceOf(octetString(sha256(certificate.der)))))),
  ]
  const signer = sequenceOf(
    integer(1),
    sequenceOf(certificate.issuer.der, serial),
    digestIdentifier('sha256'),
    setOf(attributes, context(0)),
    signatureIdentifier('ecdsa'),
    octetString(sign('sha256', setOf(attributes), key)),
  )
  const signedData = sequenceOf(
    integer(3),
    encode(TAG.set, digestIdentifier('sha256')),
    sequenceOf(objectIdentifier(OID.timestampInfo), encode(context(0), octetString(info))),
    encode(context(0), certificate.der),
    encode(TAG.set, signer),
  )
  return sequenceOf(objectIdentifier(OID.signedData), encode(context(0), signedData))
}
