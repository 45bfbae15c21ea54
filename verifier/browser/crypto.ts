import { ed25519 } from '@noble/curves/ed25519.js'
import { ed448 } from '@noble/curves/ed448.js'
import { p256, p384, p521 } from '@noble/curves/nist.js'
import { bits, integerHex, oid, readDer, readWhole, sequence } from '../../server/shared/asn1/der.ts'
import { Buffer } from './buffer.ts'
import { digestOf } from './hashes.ts'
import { unpadded, verifyPkcs1, verifyPss, type RsaKey } from './rsa.ts'

/**
 * What the verifier uses of `node:crypto`, in a browser: WebCrypto answers later, and our verifier reads on at once. Public keys
 * only. Curves that are not here (brainpool) make the key unusable, which is "cannot say", never "valid".
 */
export { createHash } from './hashes.ts'

type Curve = typeof p256
type EdwardsCurve = typeof ed25519
export type KeyObject =
  | Readonly<{ asymmetricKeyType: 'rsa' | 'rsa-pss'; rsa: RsaKey }>
  | Readonly<{ asymmetricKeyType: 'ec'; curve: Curve; point: Uint8Array }>
  | Readonly<{ asymmetricKeyType: 'ed25519' | 'ed448'; edwards: EdwardsCurve; point: Uint8Array }>

const CURVES: Readonly<Record<string, Curve>> = {
  '1.2.840.10045.3.1.7': p256,
  '1.3.132.0.34': p384,
  '1.3.132.0.35': p521,
}

/** A SubjectPublicKeyInfo (RFC 5280 §4.1.2.7). Throws for a key that cannot be used. */
export function createPublicKey({ key: der }: { key: Uint8Array }): KeyObject {
  const [algorithm, value] = sequence(readDer(Buffer.from(der)))
  const [type, parameters] = sequence(algorithm)
  const point = bits(value)
  switch (oid(type)) {
    case '1.2.840.113549.1.1.1':
      return { asymmetricKeyType: 'rsa', rsa: rsaKey(point) }
    case '1.2.840.113549.1.1.10':
      return { asymmetricKeyType: 'rsa-pss', rsa: rsaKey(point) }
    case '1.2.840.10045.2.1': {
      const curve = CURVES[oid(parameters)]
      if (!curve) throw new Error('unsupported curve')
      return { asymmetricKeyType: 'ec', curve, point }
    }
    case '1.3.101.112':
      return { asymmetricKeyType: 'ed25519', edwards: ed25519, point }
    case '1.3.101.113':
      return { asymmetricKeyType: 'ed448', edwards: ed448, point }
    default:
      throw new Error('unsupported key')
  }
}

function rsaKey(bytes: Buffer): RsaKey {
  const [n = 0n, e = 0n] = sequence(readWhole(bytes)).map((each) => BigInt(`0x${integerHex(each)}`))
  return { n, e }
}

export const constants = { RSA_PKCS1_PADDING: 1, RSA_PKCS1_PSS_PADDING: 6 }

type Options = { key: KeyObject; padding?: number; saltLength?: number; dsaEncoding?: 'ieee-p1363' }

/** `verify` of `node:crypto`. */
export function verify(
  hash: string | null,
  data: Uint8Array,
  given: KeyObject | Options,
  signature: Uint8Array,
): boolean {
  const options: Options = 'key' in given ? given : { key: given }
  const { key } = options
  if ('edwards' in key) return key.edwards.verify(signature, data, key.point)
  if (hash === null) throw new Error('no default digest')
  if ('curve' in key) return verifyOnCurve(key, digestOf(hash, data), signature, options.dsaEncoding)
  if (options.padding !== constants.RSA_PKCS1_PSS_PADDING) return verifyPkcs1(key.rsa, hash, { data, signature })
  return verifyPss(key.rsa, { hash, saltLength: options.saltLength ?? 0 }, { data, signature })
}

/** Both halves of the curve's order are right here: only Bitcoin forbids one of them. */
function verifyOnCurve(
  { curve, point }: Extract<KeyObject, { curve: Curve }>,
  digest: Uint8Array,
  signature: Uint8Array,
  encoding: Options['dsaEncoding'],
): boolean {
  const format = encoding === 'ieee-p1363' ? 'compact' : 'der'
  return curve.verify(signature, digest, point, { prehash: false, lowS: false, format })
}

export const publicDecrypt = ({ key }: { key: KeyObject }, signature: Uint8Array) => {
  if (!('rsa' in key)) throw new Error('not an RSA key')
  return unpadded(key.rsa, signature)
}

export const timingSafeEqual = (left: Uint8Array, right: Uint8Array): boolean => Buffer.from(left).equals(right)

/** Named by libraries that could also sign; nobody here does. */
const absent = (): never => {
  throw new Error('Nothing is signed here')
}
export const createSign = absent
export const createVerify = absent
export const createHmac = absent
export const createPrivateKey = absent
export const generateKeyPairSync = absent
export const randomBytes = absent
export const X509Certificate = absent
export const sign = absent
