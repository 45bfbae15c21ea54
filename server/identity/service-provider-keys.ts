import { generateKeyPairSync, randomBytes, X509Certificate } from 'node:crypto'
import { existsSync, mkdirSync, readdirSync, readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import forge from 'node-forge'
import type { Organization, ServiceProviderKeys } from './service-provider.ts'

const KEY_FILE = 'key.pem'
const CERTIFICATE_FILE = 'certificate.pem'
/** SPID certificates of public bodies live a few years; a change must be announced to AgID first. */
const YEARS = 3

/**
 * Reads a service provider's key and certificate from `folder` (`key.pem`, `certificate.pem`); any further `*.pem`
 * there is a certificate published for roll-over. Throws when a file is missing or the certificate has no entityID.
 */
export function readServiceProviderKeys(folder: string): ServiceProviderKeys {
  const read = (file: string) => readFileSync(join(folder, file), 'utf8')
  const certificate = read(CERTIFICATE_FILE)
  const entityId = entityIdOf(certificate)
  if (entityId === undefined) {
    throw new Error(`The certificate in ${folder} has no URI (2.5.4.83) in its subject (AgID Avviso 29)`)
  }
  const others = readdirSync(folder).filter(
    (file) => file.endsWith('.pem') && file !== KEY_FILE && file !== CERTIFICATE_FILE,
  )
  return { entityId, privateKey: read(KEY_FILE), certificate, otherCertificates: others.sort().map(read) }
}

/**
 * Makes what is missing in `folder`, for set-up: a 3072-bit RSA key, and a self-signed certificate (allowed to public
 * bodies) as AgID Avviso 29 v3 wants it. A certificate for another entityID or organisation is replaced; the key is kept.
 */
export function ensureServiceProviderKeys(
  folder: string,
  settings: { organization: Organization; entityId: string; now: Date },
): void {
  mkdirSync(folder, { recursive: true })
  const keyFile = join(folder, KEY_FILE)
  const certificateFile = join(folder, CERTIFICATE_FILE)
  if (!existsSync(keyFile)) {
    const { privateKey } = generateKeyPairSync('rsa', { modulusLength: 3072 })
    writeFileSync(keyFile, privateKey.export({ type: 'pkcs8', format: 'pem' }), { mode: 0o600 })
  }
  const privateKey = readFileSync(keyFile, 'utf8')
  if (existsSync(certificateFile) && isFor(readFileSync(certificateFile, 'utf8'), settings)) return
  writeFileSync(certificateFile, serviceProviderCertificate(privateKey, settings))
}

/** A certificate with the subject and extensions of AgID Avviso 29 v3 for a public service provider, as PEM. */
export function serviceProviderCertificate(
  privateKey: string,
  { organization, entityId, now }: { organization: Organization; entityId: string; now: Date },
): string {
  const { pki } = forge
  const key = pki.privateKeyFromPem(privateKey)
  const certificate = pki.createCertificate()
  certificate.publicKey = pki.setRsaPublicKey(key.n, key.e)
  // Begins with 4: positive, and without a leading zero byte, which node-forge would write and OpenSSL refuses to read.
  certificate.serialNumber = `4${randomBytes(16).toString('hex').slice(1)}`
  certificate.validity.notBefore = now
  certificate.validity.notAfter = new Date(now.getTime() + YEARS * 365 * 86_400_000)

  // The two OIDs are unknown to node-forge by name, so all are given by number; UTF8String keeps accents.
  const subject = [
    ['2.5.4.3', organization.name],
    ['2.5.4.10', organization.name],
    ['2.5.4.83', entityId],
    ['2.5.4.97', `PA:IT-${organization.ipaCode}`],
    ['2.5.4.7', organization.address.city],
  ].map(([type = '', value = '']) => ({ type, value, valueTagClass: forge.asn1.Type.UTF8 }))
  const country = { type: '2.5.4.6', value: 'IT', valueTagClass: forge.asn1.Type.PRINTABLESTRING }
  const name = [...subject, country] as unknown as forge.pki.CertificateField[]
  certificate.setSubject(name)
  certificate.setIssuer(name)
  certificate.setExtensions([
    { name: 'basicConstraints', cA: false },
    { name: 'keyUsage', critical: true, digitalSignature: true, nonRepudiation: true },
    { id: '2.5.29.32', value: certificatePolicies() },
    { name: 'subjectKeyIdentifier' },
    { name: 'authorityKeyIdentifier', keyIdentifier: true },
  ])
  certificate.sign(key, forge.md.sha256.create())
  return pki.certificateToPem(certificate)
}

/** The entityID in a certificate's subject, `undefined` when it has none. */
function entityIdOf(certificate: string): string | undefined {
  return /^(?:uri|URI|2\.5\.4\.83)=(.+)$/m.exec(new X509Certificate(certificate).subject)?.[1]
}

function isFor(
  certificate: string,
  { organization, entityId }: { organization: Organization; entityId: string },
): boolean {
  const { subject } = new X509Certificate(certificate)
  return (
    entityIdOf(certificate) === entityId &&
    subject.includes(`O=${organization.name}`) &&
    subject.includes(`PA:IT-${organization.ipaCode}`)
  )
}

/** CertificatePolicies as AgID's generator writes it: AgID's root, agIDcert and "public service provider", each with its notice. */
function certificatePolicies(): string {
  const { asn1 } = forge
  const { Class, Type } = asn1
  const sequence = (...parts: forge.asn1.Asn1[]) => asn1.create(Class.UNIVERSAL, Type.SEQUENCE, true, parts)
  const oid = (id: string) => asn1.create(Class.UNIVERSAL, Type.OID, false, asn1.oidToDer(id).getBytes())
  const notice = (text: string) =>
    // id-qt-unotice (RFC 5280 §4.2.1.4) with explicitText.
    sequence(
      oid('1.3.6.1.5.5.7.2.2'),
      sequence(asn1.create(Class.UNIVERSAL, Type.UTF8, false, forge.util.encodeUtf8(text))),
    )
  const policies = [
    ['1.3.76.16', 'AgIDroot'],
    ['1.3.76.16.6', 'agIDcert'],
    ['1.3.76.16.4.2.1', 'cert_SP_Pub'],
  ].map(([id = '', text = '']) => sequence(oid(id), sequence(notice(text))))
  return asn1.toDer(sequence(...policies)).getBytes()
}
