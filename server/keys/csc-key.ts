import { createHash } from 'node:crypto'
import { parseCertificate, type Certificate } from '../certificates/index.ts'
import { createAuthorisation, factorsOf, sendCode, type Given, type WantedCode } from './csc-authorisation.ts'
import { cscClient, part, texts, type Answer, type CscClient } from './csc-client.ts'
import { KeyFailure } from './key-failure.ts'
import type { CscSource } from './key-source.ts'
import { checkedKey, type SealKey } from './seal-key.ts'

const SHA256 = '2.16.840.1.101.3.4.2.1'
const RSA_KEY = '1.2.840.113549.1.1.1'
const RSA_WITH_SHA256 = '1.2.840.113549.1.1.11'
const ECDSA_WITH_SHA256 = '1.2.840.10045.4.3.2'

/**
 * A key of a remote signing service (CSC API v2): the hash goes there, the signature comes back. What its owner gives authorises this
 * very hash and no other (SAD, §8.2; SCAL2 of EN 419 241-1). Rejects with KeyFailure.
 */
export async function remoteKey(source: CscSource, given: Given): Promise<SealKey> {
  const credential = await openCredential(source)
  const { client, id, info } = credential
  const chain = usableChain(info)
  const authorise = createAuthorisation(credential, given)
  return checkedKey(chain, async (data, scheme) => {
    const hash = createHash('sha256').update(data).digest('base64')
    const common = { hashes: [hash], hashAlgorithmOID: SHA256 }
    const SAD = await authorise(common)
    const signAlgo = scheme === 'ecdsa' ? ECDSA_WITH_SHA256 : rsaAlgorithm(info)
    const answer = await client.call('signatures/signHash', { credentialID: id, ...common, SAD, signAlgo })
    const [signature] = texts(answer['signatures'])
    if (signature === undefined) throw new KeyFailure('unavailable', 'The signing service gave no signature')
    return Buffer.from(signature, 'base64')
  })
}

/** The code that the key’s owner is asked for, or null. Rejects with KeyFailure. */
export const remoteCode = async (source: CscSource): Promise<WantedCode | null> =>
  factorsOf((await openCredential(source)).info).code

/** Has the service send its owner a code. Gives what they are to answer, or null. Rejects with KeyFailure. */
export const sendRemoteCode = async (source: CscSource): Promise<string | null> =>
  sendCode(await openCredential(source))

async function openCredential(source: CscSource) {
  const client = await cscClient(source)
  const id = source.credential ?? (await onlyCredential(client))
  const info = await client.call('credentials/info', {
    credentialID: id,
    certificates: 'chain',
    certInfo: true,
    authInfo: true,
  })
  return { client, id, info }
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

/** Some services name the key's algorithm, others that of the signature; they mean the same here. */
function rsaAlgorithm(info: Answer): string {
  return texts(part(info, 'key')['algo']).includes(RSA_WITH_SHA256) ? RSA_WITH_SHA256 : RSA_KEY
}
