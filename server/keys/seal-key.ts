import { createPublicKey, sign, verify, type KeyObject } from 'node:crypto'
import { promisify } from 'node:util'
import { keyFacts, publicKey, type Certificate } from '../certificates/index.ts'
import { integer, sequenceOf } from '../shared/asn1/der-writer.ts'
import { KeyFailure } from './key-failure.ts'

/**
 * The key of an electronic seal (eIDAS art. 35) or of a person's signature, wherever it lives: a file, a device, a remote service.
 * The last two implement `sign` without ever giving the key.
 */
export type SealKey = Readonly<{
  /** The signer's certificate first, then its issuers; the root may be left out. */
  certificateChain: readonly Certificate[]
  scheme: Scheme
  /** SHA-256 signature over `data`: RSASSA-PKCS1-v1_5, or ECDSA in DER. Rejects with KeyFailure. */
  sign: (data: Buffer) => Promise<Buffer>
}>

type Scheme = 'rsa' | 'ecdsa'

/** The seals of an installation. Where there is only one, the municipality may be left out. */
export type SealKeys = Readonly<{ of: (municipality?: string) => SealKey | Promise<SealKey> }>

const signOffThread = promisify<string, Buffer, KeyObject, Buffer>(sign)

/** A key from memory. Throws KeyFailure when it is not the certificate's. */
export function localSealKey(key: KeyObject, certificateChain: readonly Certificate[]): SealKey {
  const { scheme, certified } = readChain(certificateChain)
  // A pair that does not fit would seal documents that nobody can verify.
  if (!createPublicKey(key).equals(certified))
    throw new KeyFailure('key-mismatch', 'The key and the certificate do not belong together')
  return { certificateChain, scheme, sign: (data) => signOffThread('sha256', data, key) }
}

/**
 * A key that somebody else keeps: what `signWith` gives is believed only when the certificate confirms it. ECDSA values may come in
 * DER or, as devices give them, as r‖s.
 */
export function checkedKey(
  certificateChain: readonly Certificate[],
  signWith: (data: Buffer, scheme: Scheme) => Promise<Buffer>,
): SealKey {
  const { scheme, certified } = readChain(certificateChain)
  return {
    certificateChain,
    scheme,
    async sign(data) {
      const value = await signWith(data, scheme)
      if (verify('sha256', data, certified, value)) return value
      const sideBySide = { key: certified, dsaEncoding: 'ieee-p1363' } as const
      if (scheme === 'ecdsa' && verify('sha256', data, sideBySide, value)) return ecdsaValue(value)
      throw new KeyFailure('key-mismatch', 'The signature is not by the key of the certificate')
    },
  }
}

function readChain([certificate]: readonly Certificate[]): { scheme: Scheme; certified: KeyObject } {
  const { kind } = certificate ? keyFacts(certificate) : { kind: 'other' }
  if (!certificate || kind === 'other') throw new KeyFailure('key-mismatch', 'An RSA or EC certificate is needed')
  return { scheme: kind === 'rsa' ? 'rsa' : 'ecdsa', certified: publicKey(certificate) }
}

/** ECDSA-Sig-Value (RFC 3279 §2.2.3) of two numbers side by side. */
function ecdsaValue(sideBySide: Buffer): Buffer {
  const half = sideBySide.length / 2
  return sequenceOf(integer(sideBySide.subarray(0, half)), integer(sideBySide.subarray(half)))
}
