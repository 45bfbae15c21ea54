import { generateKeyPairSync, type KeyObject } from 'node:crypto'
import {
  authorityConstraints,
  issueCertificate,
  issueCrl,
  purposes,
  toPem,
  usage,
  type Authority,
  type CertificateRequest,
  type CrlRequest,
} from '../../server/certificates/certificate-builder.ts'
import type { Certificate } from '../../server/certificates/certificate.ts'
import type { Trust } from '../../server/signing/trust.ts'
import { parseCrl } from '../../server/certificates/crl.ts'
import { createAuthority } from '../../server/certificates/development-pki.ts'
import { OID } from '../../server/shared/asn1/oids.ts'
import { localSealKey, type SealKey } from '../../server/keys/seal-key.ts'
import { memorySource } from '../../server/shared/source.ts'
import type { Verification } from '../../server/signing/verification.ts'
import { verify } from '../../server/signing/verify.ts'

export const DAY = 86_400_000
/** The moment of all tests; OpenSSL signs at the real one, which certificates therefore span too. */
export const NOW = new Date()
export const later = (days: number, from = NOW): Date => new Date(Math.floor(from.getTime() / 1000) * 1000 + days * DAY)

export const curve = (namedCurve: string): KeyObject => generateKeyPairSync('ec', { namedCurve }).privateKey
export const rsa = generateKeyPairSync('rsa', { modulusLength: 2048 }).privateKey

export const authority: Authority = createAuthority('Autorità di prova', NOW, curve('prime256v1'))
export const otherAuthority: Authority = createAuthority('Autorità ignota', NOW, curve('prime256v1'))

export type Signer = Readonly<{ certificate: Certificate; key: KeyObject; keyPem: string; certificatePem: string }>

/** A signer of the test authority: Mario Rossi, unless told otherwise. */
export function signer(changes: Partial<CertificateRequest> = {}): Signer {
  const key = changes.key ?? curve('prime256v1')
  const certificate = issueCertificate({
    subject: {
      country: 'IT',
      surname: 'Rossi',
      givenName: 'Mario',
      serialNumber: 'TINIT-RSSMRA80A01H501U',
      commonName: 'Mario Rossi',
    },
    notBefore: later(-400),
    notAfter: later(400),
    extensions: [usage('nonRepudiation')],
    issuer: authority,
    ...changes,
    key,
  })
  return {
    certificate,
    key,
    keyPem: key.export({ format: 'pem', type: 'pkcs8' }).toString(),
    certificatePem: toPem(certificate),
  }
}

export const stamper = (changes: Partial<CertificateRequest> = {}): Signer =>
  signer({
    subject: { country: 'IT', organization: 'Prova', commonName: 'Marca temporale di prova' },
    extensions: [usage('digitalSignature'), purposes(OID.timeStamping)],
    ...changes,
  })

export const intermediate = (changes: Partial<CertificateRequest> = {}): Authority => {
  const { certificate, key } = signer({
    subject: { country: 'IT', organization: 'Prova', commonName: 'Autorità intermedia' },
    extensions: [authorityConstraints(), usage('keyCertSign', 'cRLSign')],
    ...changes,
  })
  return { certificate, key }
}

export const sealKeyOf = ({ certificate, key }: Signer): SealKey =>
  localSealKey(key, [certificate, authority.certificate])

export const crlOf = (issuer: Authority, request: Partial<CrlRequest> = {}) =>
  parseCrl(issueCrl(issuer, { thisUpdate: later(-1), nextUpdate: later(30), ...request }))

/** Trusts the test authority; revocation is not asked for unless evidence is given. */
export const trust = (changes: Partial<Trust> = {}): Trust => ({
  at: NOW,
  anchors: [authority.certificate],
  intermediates: [],
  evidence: null,
  registeredAt: null,
  missing: [],
  ...changes,
})

export const check = (bytes: Uint8Array, name = 'prova.pdf', given: Partial<Trust> = {}): Verification =>
  verify({ source: memorySource(bytes), name }, trust(given))

/** `TOTAL-PASSED`, or indication and sub-indication, of the first signature. */
export function result({ signatures: [first], verdict }: Verification): string {
  return first ? [first.indication, first.subIndication].filter(Boolean).join('/') : verdict
}
