import { createPrivateKey, sign, type KeyObject } from 'node:crypto'
import { readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { promisify } from 'node:util'
import { AppError } from '../errors.ts'
import { readCertificateFile } from './certificate-files.ts'
import { publicKey, type Certificate } from './certificate.ts'

/**
 * The key of an electronic seal (eIDAS art. 35), wherever it lives. A remote service or a hardware module implements `sign`
 * without ever giving the key; the file is for development and small advanced seals.
 */
export type SealKey = Readonly<{
  /** The seal's certificate first, then its issuers; the root may be left out. */
  certificateChain: readonly Certificate[]
  scheme: 'rsa' | 'ecdsa'
  /** SHA-256 signature over `data`: RSASSA-PKCS1-v1_5, or ECDSA in DER. */
  sign: (data: Buffer) => Promise<Buffer>
}>

const signOffThread = promisify<string, Buffer, KeyObject, Buffer>(sign)

export type SealKeys = Readonly<{ of: (municipality?: string) => SealKey }>

/** A key from memory. Throws when it is not the certificate's. */
export function localSealKey(key: KeyObject, certificateChain: readonly Certificate[]): SealKey {
  const [certificate] = certificateChain
  const type = key.asymmetricKeyType
  if (!certificate || (type !== 'rsa' && type !== 'ec'))
    throw new Error('A seal needs a certificate and an RSA or EC key')
  // Either half must be the other's: a pair that does not fit would seal documents that nobody can verify.
  if (!isPair(key, certificate)) throw new Error('The seal’s key and certificate do not belong together')
  return {
    certificateChain,
    scheme: type === 'rsa' ? 'rsa' : 'ecdsa',
    sign: (data) => signOffThread('sha256', data, key),
  }
}

function isPair(key: KeyObject, certificate: Certificate): boolean {
  const own = key.export({ format: 'jwk' })
  const certified = publicKey(certificate).export({ format: 'jwk' })
  return own.n === certified.n && own.x === certified.x && own.y === certified.y
}

/**
 * Keys from a folder with one folder a municipality, each with `key.pem` and `certificate.pem` (with its chain). Read once, at the
 * first seal.
 */
export function fileSealKeys(folder: string): SealKeys {
  const keys = new Map<string, SealKey>()
  return {
    of(municipality) {
      const name = municipality ?? onlyFolder(folder)
      const known = keys.get(name)
      if (known) return known
      const key = readKey(join(folder, name))
      keys.set(name, key)
      return key
    },
  }
}

function readKey(folder: string): SealKey {
  try {
    return localSealKey(
      createPrivateKey(readFileSync(join(folder, 'key.pem'))),
      readCertificateFile(readFileSync(join(folder, 'certificate.pem'))),
    )
  } catch (cause) {
    throw new AppError('UPSTREAM_UNAVAILABLE', 'The seal’s key cannot be read', {
      cause,
      explanation: 'Il sigillo dell’ente non è disponibile: riprova più tardi.',
    })
  }
}

function onlyFolder(folder: string): string {
  const [only, ...others] = readdirSync(folder, { withFileTypes: true })
    .filter((entry) => entry.isDirectory())
    .map(({ name }) => name)
  if (only === undefined || others.length > 0)
    throw new AppError('UPSTREAM_UNAVAILABLE', 'Several seals: the municipality must be named')
  return only
}
