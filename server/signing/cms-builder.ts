import { createHash } from 'node:crypto'
import { digestIdentifier, signatureIdentifier, type Certificate } from '../certificates/index.ts'
import type { SealKey } from '../keys/index.ts'
import {
  encode,
  encodeTime,
  integer,
  objectIdentifier,
  octetString,
  sequenceOf,
  setOf,
} from '../shared/asn1/der-writer.ts'
import { context, TAG } from '../shared/asn1/der.ts'
import { OID } from '../shared/asn1/oids.ts'

const attribute = (type: string, value: Buffer): Buffer => sequenceOf(objectIdentifier(type), encode(TAG.set, value))

/** SigningCertificateV2 (RFC 5035 §4) with SHA-256, which DER demands to leave out as the default. */
function signingCertificate({ der, issuer, serial }: Certificate): Buffer {
  const directoryName = encode(context(4), issuer.der)
  const issuerSerial = sequenceOf(sequenceOf(directoryName), serialNumber(serial))
  const reference = sequenceOf(octetString(createHash('sha256').update(der).digest()), issuerSerial)
  return sequenceOf(sequenceOf(reference))
}

const serialNumber = (hex: string): Buffer =>
  integer(Buffer.from(hex.padStart(hex.length + (hex.length % 2), '0'), 'hex'))

type Detached = Readonly<{
  /** SHA-256 of the content. */
  digest: Buffer
  /** The time that the signer claims: CAdES demands it (EN 319 122-1 §6.3), PAdES forbids it in the message. */
  signingTime?: Date | undefined
  /** A time stamp over the signature value, made once the signature is there (EN 319 142-1 §6.3, level T). */
  timestamp?: ((signature: Buffer) => Promise<Buffer | null>) | undefined
}>

/**
 * Detached SignedData of baseline level B or T: content-type, message-digest and signing-certificate-v2, sorted. With a
 * signing-time it is CAdES, without it PAdES (EN 319 142-1 §6.3).
 */
export async function detachedSignature({ digest, signingTime, timestamp }: Detached, key: SealKey): Promise<Buffer> {
  const [certificate] = key.certificateChain
  if (!certificate) throw new Error('The seal has no certificate')
  const attributes = [
    attribute(OID.contentType, objectIdentifier(OID.data)),
    attribute(OID.messageDigest, octetString(digest)),
    attribute(OID.signingCertificateV2, signingCertificate(certificate)),
    ...(signingTime ? [attribute(OID.signingTime, encodeTime(signingTime))] : []),
  ]
  const signature = await key.sign(setOf(attributes))
  const token = timestamp && (await timestamp(signature))
  const signerInfo = sequenceOf(
    integer(1),
    sequenceOf(certificate.issuer.der, serialNumber(certificate.serial)),
    digestIdentifier('sha256'),
    setOf(attributes, context(0)),
    signatureIdentifier(key.scheme),
    octetString(signature),
    ...(token ? [encode(context(1), attribute(OID.signatureTimestamp, token))] : []),
  )
  const signedData = sequenceOf(
    integer(1),
    encode(TAG.set, digestIdentifier('sha256')),
    sequenceOf(objectIdentifier(OID.data)),
    setOf(
      key.certificateChain.map(({ der }) => der),
      context(0),
    ),
    encode(TAG.set, signerInfo),
  )
  return sequenceOf(objectIdentifier(OID.signedData), encode(context(0), signedData))
}
