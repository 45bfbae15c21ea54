import { createHash } from 'node:crypto'
import { parseCertificate, type Certificate } from './certificate.ts'
import { cscClient, part, textOf, texts, type Answer, type CscClient } from './csc-client.ts'
import { KeyFailure } from './key-failure.ts'
import type { CscSource } from './key-source.ts'
import { checkedKey, type SealKey } from './seal-key.ts'

const SHA256 = '2.16.840.1.101.3.4.2.1'
const RSA_KEY = '1.2.840.113549.1.1.1'
const RSA_WITH_SHA256 = '1.2.840.113549.1.1.11'
const ECDSA_WITH_SHA256 = '1.2.840.10045.4.3.2'

/**
 * A key of a remote signing service (CSC API v2): the hash goes there, the signature comes back. Its owner's PIN authorises this very
 * hash and no other (SAD, §8.2; SCAL2 of EN 419 241-1). Rejects with KeyFailure.
 */
export async function remoteKey(source: CscSource, pin: string | undefined): Promise<SealKey> {
  const client = await cscClient(source)
  const credential = source.credential ?? (await onlyCredential(client))
  const info = await client.call('credentials/info', {
    ...{ credentialID: credential, certificates: 'chain', certInfo: true, authInfo: true },
  })
  const chain = usableChain(info)
  if (wantsOtp(info)) throw new KeyFailure('otp-wanted', NO_OTP)
  return checkedKey(chain, async (data, scheme) => {
    const hash = createHash('sha256').update(data).digest('base64')
    const common = { credentialID: credential, hashes: [hash], hashAlgorithmOID: SHA256 }
    const authData = authorisation(info, pin)
    const authorised = await client.call('credentials/authorize', {
      ...{ ...common, numSignatures: 1 },
      ...(authData.length > 0 ? { authData } : {}),
    })
    const signAlgo = scheme === 'ecdsa' ? ECDSA_WITH_SHA256 : rsaAlgorithm(info)
    const answer = await client.call('signatures/signHash', { ...common, SAD: textOf(authorised, 'SAD'), signAlgo })
    const [signature] = texts(answer['signatures'])
    if (signature === undefined) throw new KeyFailure('unavailable', 'The signing service gave no signature')
    return Buffer.from(signature, 'base64')
  })
}

async function onlyCredential(client: CscClient): Promise<string> {
  const [only, ...others] = texts((await client.call('credentials/list', {}))['credentialIDs'])
  if (only === undefined || others.length > 0)
    throw new KeyFailure('key-missing', 'The service has not exactly one credential: key.json must name it')
  return only
}

/** The chain of a credential that may be used: `key.status` and `cert.status` say so (§11.5). */
function usableChain(info: Answer): Certificate[] {
  const [key, cert] = [part(info, 'key'), part(info, 'cert')]
  if (key['status'] !== 'enabled') throw new KeyFailure('key-missing', 'The credential is disabled')
  if (cert['status'] !== undefined && cert['status'] !== 'valid')
    throw new KeyFailure('key-missing', 'The certificate of the credential is not valid')
  const chain = texts(cert['certificates'])
  if (chain.length === 0) throw new KeyFailure('key-missing', 'The credential has no certificate')
  return chain.map((der) => parseCertificate(Buffer.from(der, 'base64')))
}

const NO_OTP =
  'The credential wants a one-time code, which cannot be given here: it must be authorised without one, or by a PIN alone'

/** Something beside a PIN among what it is authorised with (§11.5 `auth/objects`), or version 1's `OTP/presence`. */
function wantsOtp(info: Answer): boolean {
  if (part(info, 'OTP')['presence'] === 'true') return true
  return part(info, 'auth')['mode'] === 'explicit' && wantedIn(info).some((id) => id !== 'PIN')
}

const wantedIn = (info: Answer): unknown[] => {
  const { objects } = part(info, 'auth')
  return Array.isArray(objects) ? (objects as Answer[]).map(({ id }) => id) : []
}

/** What the credential wants of its owner: nothing (`implicit`), or a PIN. What else it asks for we cannot give. */
function authorisation(info: Answer, pin: string | undefined): readonly object[] {
  const auth = part(info, 'auth')
  if (auth['mode'] === 'implicit') return []
  if (auth['mode'] !== 'explicit') throw new KeyFailure('unavailable', 'The credential asks for more than a PIN')
  if (pin === undefined) throw new KeyFailure('pin-missing', 'The credential wants a PIN')
  return [{ id: 'PIN', value: pin }]
}

/** Some services name the key's algorithm, others that of the signature; they mean the same here. */
function rsaAlgorithm(info: Answer): string {
  return texts(part(info, 'key')['algo']).includes(RSA_WITH_SHA256) ? RSA_WITH_SHA256 : RSA_KEY
}
