import { createHash } from 'node:crypto'
import { digestAlgorithm, parseName, sameName, type Certificate, type DigestName } from '../certificates/index.ts'
import { context, expectTag, fields, integerHex, octets, readDer, sequence, TAG, type Der } from '../shared/asn1/der.ts'
import { OID } from '../shared/asn1/oids.ts'
import { singleValue, type SignerInfo } from './cms.ts'

/** ESS signing-certificate (RFC 2634) or -v2 (RFC 5035): the signer's own word, signed, on which certificate was used. */
export type CertificateReference = Readonly<{
  version: 1 | 2
  digest: DigestName
  hash: Buffer
  issuerSerial: Readonly<{ issuer: Buffer; serial: string }> | null
}>

/**
 * The references to the signer's certificate, the newer form first: of each attribute the first (RFC 5035 §3). Who writes both is held to
 * both (§5). Throws DerError when one is malformed or double.
 */
export function certificateReferences({ signedAttributes }: SignerInfo): CertificateReference[] {
  const second = singleValue(signedAttributes, OID.signingCertificateV2)
  const first = singleValue(signedAttributes, OID.signingCertificate)
  return [...(second ? [readReference(second, 2)] : []), ...(first ? [readReference(first, 1)] : [])]
}

function readReference(der: Der, version: 1 | 2): CertificateReference {
  const [identifier] = sequence(sequence(der)[0])
  const field = fields(identifier)
  // ESSCertIDv2.hashAlgorithm DEFAULT sha256: absent in DER, but some signers write it.
  const algorithm = version === 2 ? field.optional(TAG.sequence) : undefined
  const digest = version === 1 ? 'sha1' : algorithm ? digestAlgorithm(algorithm) : 'sha256'
  const hash = octets(field.next())
  return { version, digest, hash, issuerSerial: readIssuerSerial(field.optional(TAG.sequence)) }
}

function readIssuerSerial(der: Der | undefined): CertificateReference['issuerSerial'] {
  if (!der) return null
  const [names, serial] = sequence(der)
  const directory = sequence(names).find(({ tag }) => tag === context(4))
  return directory
    ? { issuer: expectTag(sequence(directory, context(4))[0], TAG.sequence).raw, serial: integerHex(serial) }
    : null
}

/** Whether the reference is to this certificate. */
export function refersTo({ digest, hash, issuerSerial }: CertificateReference, certificate: Certificate): boolean {
  const own =
    digest === 'sha256' ? Buffer.from(certificate.sha256, 'hex') : createHash(digest).update(certificate.der).digest()
  if (!own.equals(hash)) return false
  if (issuerSerial === null) return true
  const sameIssuer =
    issuerSerial.issuer.equals(certificate.issuer.der) ||
    sameName(parseName(readDer(issuerSerial.issuer)), certificate.issuer)
  return issuerSerial.serial === certificate.serial && sameIssuer
}
