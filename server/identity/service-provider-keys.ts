import { createPrivateKey, generateKeyPairSync, X509Certificate } from 'node:crypto'
import { existsSync, mkdirSync, readdirSync, readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { extension, issueCertificate, toPem, usage } from '../certificates/index.ts'
import { encode, objectIdentifier, sequenceOf } from '../shared/asn1/der-writer.ts'
import { TAG } from '../shared/asn1/der.ts'
import { OID } from '../shared/asn1/oids.ts'
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
  const certificate = issueCertificate({
    subject: {
      commonName: organization.name,
      organization: organization.name,
      uri: entityId,
      organizationIdentifier: `PA:IT-${organization.ipaCode}`,
      locality: organization.address.city,
      country: 'IT',
    },
    key: createPrivateKey(privateKey),
    notBefore: now,
    notAfter: new Date(now.getTime() + YEARS * 365 * 86_400_000),
    extensions: [NO_AUTHORITY, usage('digitalSignature', 'nonRepudiation'), certificatePolicies()],
  })
  return toPem(certificate)
}

/** BasicConstraints with `cA` left at its default, FALSE. */
const NO_AUTHORITY = extension(OID.basicConstraints, sequenceOf())

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
function certificatePolicies(): Buffer {
  // A user notice (RFC 5280 §4.2.1.4) with explicitText.
  const notice = (text: string) =>
    sequenceOf(objectIdentifier(OID.userNotice), sequenceOf(encode(TAG.utf8, Buffer.from(text))))
  const policies = [
    ['1.3.76.16', 'AgIDroot'],
    ['1.3.76.16.6', 'agIDcert'],
    ['1.3.76.16.4.2.1', 'cert_SP_Pub'],
  ].map(([id = '', text = '']) => sequenceOf(objectIdentifier(id), sequenceOf(notice(text))))
  return extension(OID.certificatePolicies, sequenceOf(...policies))
}
