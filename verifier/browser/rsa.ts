import { Buffer } from './buffer.ts'
import { digestOf, hashOf } from './hashes.ts'

/** RSA with the public key only (RFC 8017): nothing here is secret, so plain arithmetic will do. */
export type RsaKey = Readonly<{ n: bigint; e: bigint }>

const numberOf = (bytes: Uint8Array): bigint => BigInt(`0x${Buffer.from(bytes).toString('hex') || '0'}`)
const lengthOf = ({ n }: RsaKey): number => Math.ceil(n.toString(2).length / 8)

function power(base: bigint, exponent: bigint, modulus: bigint): bigint {
  let result = 1n
  for (let rest = exponent, square = base % modulus; rest > 0n; rest >>= 1n, square = (square * square) % modulus)
    if (rest & 1n) result = (result * square) % modulus
  return result
}

/** RSAVP1 (§5.2.2), as the bytes of the encoded message. Throws for a value that is no signature of this key. */
function recovered(key: RsaKey, signature: Uint8Array): Buffer {
  const value = numberOf(signature)
  if (signature.length !== lengthOf(key) || value >= key.n) throw new Error('data too large for modulus')
  // An exponent of that size is nobody's, and would take hours.
  if (key.e < 3n || key.e > 1n << 64n || lengthOf(key) > 2048) throw new Error('unusable key')
  return Buffer.from(
    power(value, key.e, key.n)
      .toString(16)
      .padStart(lengthOf(key) * 2, '0'),
    'hex',
  )
}

/** DigestInfo without the digest (§9.2 note 1). */
const PREFIXES: Readonly<Record<string, string>> = {
  md5: '3020300c06082a864886f70d020505000410',
  sha1: '3021300906052b0e03021a05000414',
  ripemd160: '3021300906052b2403020105000414',
  sha224: '302d300d06096086480165030402040500041c',
  sha256: '3031300d060960864801650304020105000420',
  sha384: '3041300d060960864801650304020205000430',
  sha512: '3051300d060960864801650304020305000440',
  'sha3-224': '302d300d06096086480165030402070500041c',
  'sha3-256': '3031300d060960864801650304020805000420',
  'sha3-384': '3041300d060960864801650304020905000430',
  'sha3-512': '3051300d060960864801650304020a05000440',
}

/** RSASSA-PKCS1-v1_5 (§8.2.2): the whole message is made anew and compared, nothing in it is parsed. */
export function verifyPkcs1(key: RsaKey, hash: string, { data, signature }: Signed): boolean {
  const info = Buffer.concat([Buffer.from(PREFIXES[hash] ?? '', 'hex'), digestOf(hash, data)])
  return recovered(key, signature).equals(padded(info, lengthOf(key)))
}

function padded(info: Uint8Array, length: number): Buffer {
  if (length < info.length + 11) throw new Error('key too short')
  return Buffer.concat([Buffer.from([0, 1]), Buffer.alloc(length - info.length - 3, 0xff), Buffer.from([0]), info])
}

/** What stands behind PKCS #1 padding, for a caller that compares it. Throws when there is none. */
export function unpadded(key: RsaKey, signature: Uint8Array): Buffer {
  const message = recovered(key, signature)
  const end = message.indexOf(0, 2)
  if (end < 10 || !message.equals(padded(message.subarray(end + 1), message.length))) throw new Error('invalid padding')
  return message.subarray(end + 1)
}

type Signed = Readonly<{ data: Uint8Array; signature: Uint8Array }>

/** RSASSA-PSS (§8.1.2, §9.1.2), the mask made with the same hash. */
export function verifyPss(
  key: RsaKey,
  { hash, saltLength }: { hash: string; saltLength: number },
  { data, signature }: Signed,
): boolean {
  const bits = key.n.toString(2).length - 1
  const size = hashOf(hash).outputLen
  const message = recovered(key, signature).subarray(lengthOf(key) - Math.ceil(bits / 8))
  if (message.length < size + saltLength + 2 || message.at(-1) !== 0xbc) return false
  const masked = message.subarray(0, message.length - size - 1)
  const digest = message.subarray(masked.length, -1)
  const mask = maskOf(hash, digest, masked.length)
  const block = masked.map((byte, index) => byte ^ (mask[index] ?? 0))
  const unused = 8 * message.length - bits
  if ((masked[0] ?? 0) >> (8 - unused) !== 0) return false
  block[0] = (block[0] ?? 0) & (0xff >> unused)
  const start = block.length - saltLength - 1
  if (block[start] !== 1 || block.subarray(0, start).some((byte) => byte !== 0)) return false
  const again = Buffer.concat([Buffer.alloc(8), digestOf(hash, data), block.subarray(start + 1)])
  return digestOf(hash, again).equals(digest)
}

/** MGF1 (§B.2.1). */
function maskOf(hash: string, seed: Uint8Array, length: number): Buffer {
  const pieces: Buffer[] = []
  for (let counter = 0, size = 0; size < length; counter++) {
    const number = Buffer.alloc(4)
    number.writeUInt32BE(counter)
    const piece = digestOf(hash, Buffer.concat([seed, number]))
    pieces.push(piece)
    size += piece.length
  }
  return Buffer.concat(pieces).subarray(0, length)
}
