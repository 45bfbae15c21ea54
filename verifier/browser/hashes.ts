import { md5, ripemd160, sha1 } from '@noble/hashes/legacy.js'
import { sha224, sha256, sha384, sha512 } from '@noble/hashes/sha2.js'
import { sha3_224, sha3_256, sha3_384, sha3_512 } from '@noble/hashes/sha3.js'
import { Buffer } from './buffer.ts'

const HASHES = {
  md5,
  sha1,
  ripemd160,
  sha224,
  sha256,
  sha384,
  sha512,
  'sha3-224': sha3_224,
  'sha3-256': sha3_256,
  'sha3-384': sha3_384,
  'sha3-512': sha3_512,
}

export type HashName = keyof typeof HASHES

/** The hash of that name as `@noble/hashes` has it. Throws where `node:crypto` would. */
export function hashOf(name: string): (typeof HASHES)[HashName] {
  if (!Object.hasOwn(HASHES, name)) throw new Error('Digest method not supported')
  return HASHES[name as HashName]
}

export const digestOf = (name: string, bytes: Uint8Array) => Buffer.from(hashOf(name)(bytes))

/** `createHash` of `node:crypto`, as far as the verifier uses it. */
export function createHash(name: string) {
  const hash = hashOf(name).create()
  const self = {
    update(data: Uint8Array | string, encoding?: BufferEncoding) {
      hash.update(typeof data === 'string' ? Buffer.from(data, encoding) : data)
      return self
    },
    digest(encoding?: BufferEncoding) {
      const bytes = Buffer.from(hash.digest())
      return encoding === undefined ? bytes : bytes.toString(encoding)
    },
  }
  return self
}
