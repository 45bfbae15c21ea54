import { generateKeyPairSync, randomBytes } from 'node:crypto'
import forge from 'node-forge'
import type { Signer } from './response-builder.ts'

const YEAR_MS = 365 * 86_400_000

/** A fresh RSA key with a self-signed certificate; `bits` is small where only speed matters. */
export function makeSigner(commonName: string, bits = 2048): Signer {
  const privateKey = generateKeyPairSync('rsa', { modulusLength: bits }).privateKey.export({
    type: 'pkcs8',
    format: 'pem',
  }) as string
  const key = forge.pki.privateKeyFromPem(privateKey)
  const certificate = forge.pki.createCertificate()
  certificate.publicKey = forge.pki.setRsaPublicKey(key.n, key.e)
  certificate.serialNumber = `4${randomBytes(8).toString('hex').slice(1)}`
  certificate.validity.notBefore = new Date(Date.now() - 86_400_000)
  certificate.validity.notAfter = new Date(Date.now() + YEAR_MS)
  const name = [{ name: 'commonName', value: commonName }]
  certificate.setSubject(name)
  certificate.setIssuer(name)
  certificate.sign(key, forge.md.sha256.create())
  return { privateKey, certificate: forge.pki.certificateToPem(certificate) }
}
