import { generateKeyPairSync, type KeyObject } from 'node:crypto'
import {
  extension,
  issueCertificate,
  qualifiedStatements,
  toPem,
  usage,
  type Authority,
  type SubjectName,
} from '../../server/certificates/certificate-builder.ts'
import { contextPrimitive } from '../../server/shared/asn1/der.ts'
import { encode, sequenceOf } from '../../server/shared/asn1/der-writer.ts'
import { OID } from '../../server/shared/asn1/oids.ts'
import type { Credential } from './remote-signing.ts'

const DAY = 86_400_000
const SUBJECT_ALTERNATIVE_NAME = '2.5.29.17'
const newKey = (): KeyObject => generateKeyPairSync('ec', { namedCurve: 'prime256v1' }).privateKey

function issued(authority: Authority, subject: SubjectName, extensions: readonly Buffer[], key = newKey()) {
  const notBefore = new Date(Date.now() - DAY)
  const notAfter = new Date(Date.now() + 365 * DAY)
  return { key, certificate: issueCertificate({ subject, key, notBefore, notAfter, extensions, issuer: authority }) }
}

/** Key and certificate, PEM, with which a service on the loopback address speaks TLS. */
export function tlsKeys(authority: Authority): Readonly<{ key: string; cert: string }> {
  const address = encode(contextPrimitive(7), Buffer.from([127, 0, 0, 1]))
  const extensions = [usage('digitalSignature'), extension(SUBJECT_ALTERNATIVE_NAME, sequenceOf(address))]
  const { key, certificate } = issued(authority, { country: 'IT', commonName: 'Firma remota di prova' }, extensions)
  return { key: key.export({ format: 'pem', type: 'pkcs8' }).toString(), cert: toPem(certificate) }
}

export type Person = Readonly<{ cf: string; givenName: string; familyName: string }>

/** A person's signature: the certificate names them as qualified ones do (EN 319 412-2 §4.2.4). */
export function personCredential(authority: Authority, { cf, givenName, familyName }: Person, pin: string): Credential {
  const subject = {
    country: 'IT',
    surname: familyName,
    givenName,
    serialNumber: `TINIT-${cf}`,
    commonName: `${givenName} ${familyName}`,
  }
  const statements = qualifiedStatements({ statements: [OID.qcCompliance], type: OID.qcTypeSign })
  const { key, certificate } = issued(authority, subject, [usage('nonRepudiation'), statements])
  return { id: `firma-${cf}`, key, certificates: [certificate.der, authority.certificate.der], pin }
}
