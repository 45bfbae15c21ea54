import { createPrivateKey, generateKeyPairSync, type KeyObject } from 'node:crypto'
import { existsSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { OID } from '../shared/asn1/oids.ts'
import {
  authorityConstraints,
  issueCertificate,
  issueCrl,
  qualifiedStatements,
  toPem,
  usage,
  type Authority,
} from './certificate-builder.ts'
import { readCertificateFile } from './certificate-files.ts'

const DAY = 86_400_000
const AUTHORITY_LIFE = 3_650 * DAY
const SEAL_LIFE = 1_095 * DAY

type DevelopmentPki = Readonly<{
  /** Folder of the authority's own key; kept apart, so that trusting a folder never means reading keys. */
  authority: string
  /** Folder of trusted certificates (TRUST_ANCHORS). */
  trust: string
  /** Folder with one folder a municipality (SEAL_KEYS). */
  seals: string
  municipality: Readonly<{ id: string; name: string; cf: string }>
  now: Date
}>

/**
 * Makes what is missing of a development PKI: a root authority and the municipality's electronic seal. Worth nothing outside this
 * machine: a production installation brings a seal of a qualified provider (signatures-and-pdf.md §6.2).
 */
export function ensureDevelopmentSeal({ authority: folder, trust, seals, municipality, now }: DevelopmentPki): void {
  const authority = ensureAuthority(folder, 'Autorità di sviluppo (senza valore)', now)
  mkdirSync(trust, { recursive: true })
  writeFileSync(join(trust, 'sviluppo.pem'), toPem(authority.certificate))
  // An empty list, so that our own seals are not forever "revocation unknown" where there is no network.
  writeFileSync(
    join(trust, 'sviluppo.crl'),
    issueCrl(authority, { thisUpdate: now, nextUpdate: authority.certificate.notAfter }),
  )
  const seal = join(seals, municipality.id)
  if (existsSync(join(seal, 'certificate.pem'))) return
  const key = rsaKey(2048)
  const certificate = issueCertificate({
    subject: sealSubject(municipality),
    key,
    notBefore: new Date(now.getTime() - DAY),
    notAfter: new Date(now.getTime() + SEAL_LIFE),
    extensions: [
      usage('nonRepudiation', 'digitalSignature'),
      qualifiedStatements({ statements: [OID.qcCompliance], type: OID.qcTypeSeal }),
    ],
    issuer: authority,
  })
  writePair(seal, key, toPem(certificate) + toPem(authority.certificate))
}

/** The root authority of a folder, made when there is none that is still valid. */
export function ensureAuthority(folder: string, commonName: string, now: Date): Authority {
  if (existsSync(join(folder, 'certificate.pem'))) {
    const known = readAuthority(folder)
    if (known.certificate.notAfter > now) return known
  }
  const authority = createAuthority(commonName, now)
  writePair(folder, authority.key, toPem(authority.certificate))
  return authority
}

/** The authority of a folder that `ensureDevelopmentSeal` has filled. */
export function readAuthority(folder: string): Authority {
  const [certificate] = readCertificateFile(readFileSync(join(folder, 'certificate.pem')))
  if (!certificate) throw new Error('The development authority has no certificate')
  return { certificate, key: createPrivateKey(readFileSync(join(folder, 'key.pem'))) }
}

/** A root authority in memory. */
export function createAuthority(commonName: string, now: Date, key: KeyObject = rsaKey(2048)): Authority {
  const certificate = issueCertificate({
    subject: { country: 'IT', organization: 'Sviluppo', commonName },
    key,
    notBefore: new Date(now.getTime() - 365 * DAY),
    notAfter: new Date(now.getTime() + AUTHORITY_LIFE),
    extensions: [authorityConstraints(), usage('keyCertSign', 'cRLSign')],
  })
  return { certificate, key }
}

/** EN 319 412-3 §4.2: a legal person's name, with the identifier that makes it unique. */
const sealSubject = ({ name, cf }: DevelopmentPki['municipality']) => ({
  country: 'IT',
  organization: name,
  organizationIdentifier: `VATIT-${cf}`,
  commonName: `${name} - sigillo elettronico di sviluppo`,
})

export const rsaKey = (modulusLength: number): KeyObject => generateKeyPairSync('rsa', { modulusLength }).privateKey

export function writePair(folder: string, key: KeyObject, certificates: string): void {
  mkdirSync(folder, { recursive: true })
  writeFileSync(join(folder, 'key.pem'), key.export({ format: 'pem', type: 'pkcs8' }), { mode: 0o600 })
  writeFileSync(join(folder, 'certificate.pem'), certificates)
}
