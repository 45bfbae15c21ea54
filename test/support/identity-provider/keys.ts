import { generateKeyPairSync, randomBytes } from 'node:crypto'
import forge from 'node-forge'
import { onceFor } from '../../../server/shared/once-for.ts'
import type { Signer } from './response-builder.ts'

const YEAR_MS = 365 * 86_400_000

/**
 * The RSA key of that name with a self-signed certificate: the same for the whole process, because such keys take their time to make.
 * Whoever is to have a key of their own takes a name of their own.
 */
export const signerNamed = onceFor((commonName: string): Signer => {
  const privateKey = generateKeyPairSync('rsa', { modulusLength: 2048 })
    .privateKey.export({ type: 'pkcs8', format: 'pem' })
    .toString()
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
})
