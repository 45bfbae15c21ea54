import { constants, createHash, publicDecrypt, timingSafeEqual, verify, type KeyObject } from 'node:crypto'
import { encode, integer, nothing, objectIdentifier, octetString, sequenceOf } from '../shared/asn1/der-writer.ts'
import { DerError, fields, oid, smallInteger, TAG, type Der, context, sequence } from '../shared/asn1/der.ts'
import { OID } from '../shared/asn1/oids.ts'

/** Names as `node:crypto` (OpenSSL) knows them. */
export type DigestName =
  | 'md5'
  | 'sha1'
  | 'ripemd160'
  | 'sha224'
  | 'sha256'
  | 'sha384'
  | 'sha512'
  | 'sha3-224'
  | 'sha3-256'
  | 'sha3-384'
  | 'sha3-512'

const DIGESTS: Readonly<Record<string, DigestName>> = {
  '1.2.840.113549.2.5': 'md5',
  '1.3.14.3.2.26': 'sha1',
  '1.3.36.3.2.1': 'ripemd160',
  '2.16.840.1.101.3.4.2.4': 'sha224',
  '2.16.840.1.101.3.4.2.1': 'sha256',
  '2.16.840.1.101.3.4.2.2': 'sha384',
  '2.16.840.1.101.3.4.2.3': 'sha512',
  '2.16.840.1.101.3.4.2.7': 'sha3-224',
  '2.16.840.1.101.3.4.2.8': 'sha3-256',
  '2.16.840.1.101.3.4.2.9': 'sha3-384',
  '2.16.840.1.101.3.4.2.10': 'sha3-512',
}

const DIGEST_OIDS = Object.fromEntries(Object.entries(DIGESTS).map(([dotted, name]) => [name, dotted]))

/** The algorithm is well-formed, but we do not know it: the signature is neither good nor bad, it cannot be judged. */
export class UnknownAlgorithm extends DerError {}

export type SignatureAlgorithm = Readonly<{
  /** `plain` is ECDSA with r and s side by side (BSI TR-03111 §5.2.1). */
  scheme: 'rsa' | 'pss' | 'ecdsa' | 'plain' | 'eddsa'
  /** Null where the scheme hashes by itself (EdDSA). */
  hash: DigestName | null
  saltLength?: number
  /** The identifier names the kind of key only (`rsaEncryption`), so the signature may also be RSASSA-PSS. */
  isBare?: true
}>

const SIGNATURES: Readonly<Record<string, SignatureAlgorithm>> = {
  '1.2.840.113549.1.1.4': { scheme: 'rsa', hash: 'md5' },
  '1.2.840.113549.1.1.5': { scheme: 'rsa', hash: 'sha1' },
  '1.3.14.3.2.29': { scheme: 'rsa', hash: 'sha1' },
  '1.2.840.113549.1.1.14': { scheme: 'rsa', hash: 'sha224' },
  '1.2.840.113549.1.1.11': { scheme: 'rsa', hash: 'sha256' },
  '1.2.840.113549.1.1.12': { scheme: 'rsa', hash: 'sha384' },
  '1.2.840.113549.1.1.13': { scheme: 'rsa', hash: 'sha512' },
  '2.16.840.1.101.3.4.3.13': { scheme: 'rsa', hash: 'sha3-224' },
  '2.16.840.1.101.3.4.3.14': { scheme: 'rsa', hash: 'sha3-256' },
  '2.16.840.1.101.3.4.3.15': { scheme: 'rsa', hash: 'sha3-384' },
  '2.16.840.1.101.3.4.3.16': { scheme: 'rsa', hash: 'sha3-512' },
  '1.3.36.3.3.1.2': { scheme: 'rsa', hash: 'ripemd160' },
  '1.2.840.10045.4.1': { scheme: 'ecdsa', hash: 'sha1' },
  '1.2.840.10045.4.3.1': { scheme: 'ecdsa', hash: 'sha224' },
  '1.2.840.10045.4.3.2': { scheme: 'ecdsa', hash: 'sha256' },
  '1.2.840.10045.4.3.3': { scheme: 'ecdsa', hash: 'sha384' },
  '1.2.840.10045.4.3.4': { scheme: 'ecdsa', hash: 'sha512' },
  '2.16.840.1.101.3.4.3.10': { scheme: 'ecdsa', hash: 'sha3-256' },
  '2.16.840.1.101.3.4.3.11': { scheme: 'ecdsa', hash: 'sha3-384' },
  '2.16.840.1.101.3.4.3.12': { scheme: 'ecdsa', hash: 'sha3-512' },
  '0.4.0.127.0.7.1.1.4.1.3': { scheme: 'plain', hash: 'sha256' },
  '0.4.0.127.0.7.1.1.4.1.4': { scheme: 'plain', hash: 'sha384' },
  '0.4.0.127.0.7.1.1.4.1.5': { scheme: 'plain', hash: 'sha512' },
  '1.3.101.112': { scheme: 'eddsa', hash: null },
  '1.3.101.113': { scheme: 'eddsa', hash: null },
}

/** The digest of an AlgorithmIdentifier. Throws DerError when it is none that we know. */
export function digestAlgorithm(der: Der | undefined): DigestName {
  return knownDigest(oid(fields(der).next()))
}

function knownDigest(dotted: string): DigestName {
  // Some signers write the signature algorithm where the digest's is due; which hash they mean is plain.
  const name = DIGESTS[dotted] ?? SIGNATURES[dotted]?.hash
  if (name == null) throw new UnknownAlgorithm(`Digest algorithm ${dotted} is not known`)
  return name
}

const digestOid = (name: DigestName): string => DIGEST_OIDS[name] ?? ''

/**
 * The algorithm of a signature value. The hash is the one that `signatureAlgorithm` names; only the bare key algorithms
 * (`rsaEncryption`, `id-ecPublicKey`) leave it to `digestAlgorithm` (signatures-and-pdf.md §5 rule 3).
 */
export function signatureAlgorithm(der: Der | undefined, bareHash: DigestName | null): SignatureAlgorithm {
  const field = fields(der)
  const dotted = oid(field.next())
  const known = SIGNATURES[dotted]
  if (known) return known
  if (dotted === OID.rsaEncryption && bareHash) return { scheme: 'rsa', hash: bareHash, isBare: true }
  if (dotted === OID.ecPublicKey && bareHash) return { scheme: 'ecdsa', hash: bareHash }
  if (dotted === OID.rsaPss) return pssParameters(field.optional(TAG.sequence))
  throw new UnknownAlgorithm(`Signature algorithm ${dotted} is not known`)
}

/**
 * RSASSA-PSS-params (RFC 4055 §3.1). Node checks only what ties the mask's hash to the message's, as every profile in use does: of
 * another one nothing can be said.
 */
function pssParameters(der: Der | undefined): SignatureAlgorithm {
  if (der === undefined) return { scheme: 'pss', hash: 'sha1', saltLength: 20 }
  const field = fields(der)
  const hashField = field.optional(context(0))
  const maskField = field.optional(context(1))
  const saltField = field.optional(context(2))
  const trailerField = field.optional(context(3))
  const hash = hashField ? digestAlgorithm(sequence(hashField, context(0))[0]) : 'sha1'
  const mask = maskField ? maskHash(sequence(maskField, context(1))[0]) : 'sha1'
  if (mask !== hash) throw new UnknownAlgorithm('PSS with two different hashes is not known')
  if (trailerField && smallInteger(sequence(trailerField, context(3))[0]) !== 1)
    throw new UnknownAlgorithm('PSS with another trailer is not known')
  return { scheme: 'pss', hash, saltLength: saltField ? smallInteger(sequence(saltField, context(2))[0]) : 20 }
}

function maskHash(der: Der | undefined): DigestName {
  const field = fields(der)
  if (oid(field.next()) !== OID.mgf1) throw new DerError('PSS mask is not MGF1')
  return digestAlgorithm(field.next())
}

export type SignatureCheck = Readonly<{ valid: boolean; note?: string }>

/** Whether `signature` is the key's over `data`. A key of another kind than the algorithm's is a refusal, not an error. */
export function checkSignature(
  algorithm: SignatureAlgorithm,
  key: KeyObject,
  { data, signature }: { data: Buffer; signature: Buffer },
): SignatureCheck {
  try {
    return verifyWith(algorithm, key, { data, signature })
  } catch {
    return { valid: false, note: 'The key does not fit the signature algorithm' }
  }
}

/** A key of RSASSA-PSS makes nothing else (RFC 4055 §1.2), even where OpenSSL writes `rsaEncryption` beside its signature. */
function fits({ scheme, isBare }: SignatureAlgorithm, key: KeyObject): boolean {
  const kinds = {
    rsa: isBare ? ['rsa', 'rsa-pss'] : ['rsa'],
    pss: ['rsa', 'rsa-pss'],
    ecdsa: ['ec'],
    plain: ['ec'],
    eddsa: ['ed25519', 'ed448'],
  }[scheme]
  return kinds.includes(key.asymmetricKeyType ?? '')
}

function verifyWith(
  algorithm: SignatureAlgorithm,
  key: KeyObject,
  { data, signature }: { data: Buffer; signature: Buffer },
): SignatureCheck {
  if (!fits(algorithm, key)) return { valid: false, note: 'The key does not fit the signature algorithm' }
  const { scheme, hash, saltLength } = algorithm
  if (scheme === 'pss') {
    return {
      valid: verify(
        hash,
        data,
        { key, padding: constants.RSA_PKCS1_PSS_PADDING, saltLength: saltLength ?? 20 },
        signature,
      ),
    }
  }
  const valid = verify(hash, data, key, scheme === 'plain' ? inDer(signature) : signature)
  if (valid || scheme !== 'rsa' || hash === null || key.asymmetricKeyType === 'rsa-pss') return { valid }
  return signedWithoutNull(hash, key, { data, signature })
}

/** EU DSS leaves out a zero that both halves begin with (P-521: one signature in four), so their length is not asked for. */
function inDer(signature: Buffer): Buffer {
  const half = signature.length / 2
  return Number.isInteger(half)
    ? sequenceOf(integer(signature.subarray(0, half)), integer(signature.subarray(half)))
    : signature
}

/**
 * RFC 8017 §A.2.4 lets a verifier accept a DigestInfo whose algorithm lacks the NULL parameters. Compared as one whole byte string:
 * parsing it is how the e=3 forgeries came about.
 */
function signedWithoutNull(
  hash: DigestName,
  key: KeyObject,
  { data, signature }: { data: Buffer; signature: Buffer },
): SignatureCheck {
  const recovered = publicDecrypt({ key, padding: constants.RSA_PKCS1_PADDING }, signature)
  const digest = octetString(createHash(hash).update(data).digest())
  const expected = sequenceOf(sequenceOf(objectIdentifier(digestOid(hash))), digest)
  if (recovered.length !== expected.length || !timingSafeEqual(recovered, expected)) return { valid: false }
  return { valid: true, note: 'The DigestInfo lacks its NULL parameters; some readers refuse it' }
}

/** `AlgorithmIdentifier` of a digest, NULL left out as RFC 5754 §2 says. */
export const digestIdentifier = (name: DigestName): Buffer => sequenceOf(objectIdentifier(digestOid(name)))

/** `AlgorithmIdentifier` of the two signature algorithms that we produce. */
export function signatureIdentifier(scheme: 'rsa' | 'ecdsa'): Buffer {
  if (scheme === 'ecdsa') return sequenceOf(objectIdentifier(OID.ecdsaWithSha256))
  return encode(TAG.sequence, objectIdentifier(OID.sha256WithRsa), nothing())
}
