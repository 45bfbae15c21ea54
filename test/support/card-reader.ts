import { createPrivateKey, generateKeyPairSync, type KeyObject } from 'node:crypto'
import { readFileSync, writeFileSync } from 'node:fs'
import { request, type RequestOptions } from 'node:https'
import { join } from 'node:path'
import {
  authorityConstraints,
  issueCertificate,
  issueCrl,
  purposes,
  toPem,
  usage,
  type Authority,
  type CertificateRequest,
  type RevokedCertificate,
} from '../../server/certificates/certificate-builder.ts'
import { readCertificateFile } from '../../server/certificates/certificate-files.ts'
import type { Certificate } from '../../server/certificates/certificate.ts'
import { cardPolicy } from '../../server/certificates/development-cards.ts'
import { OID } from '../../server/shared/asn1/oids.ts'

const DAY = 86_400_000
const inDays = (days: number): Date => new Date(Math.floor(Date.now() / 1000) * 1000 + days * DAY)

/** What a reader holds: the certificate and the key that answers the handshake. */
export type Card = Readonly<{ certificate: Certificate; key: string; cert: string }>

/** The issuer of development cards, as `npm start` made it. */
export function developmentAuthority(folder: string): Authority {
  const [certificate] = readCertificateFile(readFileSync(join(folder, 'authority', 'certificate.pem')))
  if (!certificate) throw new Error(`No authority in ${folder}`)
  return { certificate, key: createPrivateKey(readFileSync(join(folder, 'authority', 'key.pem'))) }
}

export function newAuthority(commonName: string): Authority {
  const { privateKey: key } = generateKeyPairSync('ec', { namedCurve: 'prime256v1' })
  const extensions = [authorityConstraints(), usage('keyCertSign', 'cRLSign')]
  const subject = { country: 'IT', commonName }
  return {
    key,
    certificate: issueCertificate({ subject, key, extensions, notBefore: inDays(-9), notAfter: inDays(9) }),
  }
}

const curve = (): KeyObject => generateKeyPairSync('ec', { namedCurve: 'prime256v1' }).privateKey

/** A card of Giulia Conti unless told otherwise, older than the CRL that is published; dates in days from now. */
export function makeCard(
  issuer: Authority,
  { from = -2, to = 30, ...changes }: Partial<CertificateRequest> & { from?: number; to?: number } = {},
): Card {
  const key = curve()
  const certificate = issueCertificate({
    subject: {
      country: 'IT',
      surname: 'Conti',
      givenName: 'Giulia',
      commonName: 'CNTGLI85H54G478Q/6120000000000001.cHJvdmE=',
    },
    extensions: [usage('digitalSignature'), purposes(OID.clientAuthentication), cardPolicy()],
    notBefore: inDays(from),
    notAfter: inDays(to),
    issuer,
    ...changes,
    key,
  })
  return { certificate, key: key.export({ format: 'pem', type: 'pkcs8' }).toString(), cert: toPem(certificate) }
}

/** The authority's CRL as the platform reads it from its folder. */
export function publishCrl(folder: string, authority: Authority, revoked: readonly RevokedCertificate[] = []): void {
  writeFileSync(
    join(folder, 'sviluppo.crl'),
    issueCrl(authority, { thisUpdate: inDays(-1), nextUpdate: inDays(1), revoked }),
  )
}

export type Shown = Readonly<{ status: number; location: string; setCookie: readonly string[] }>

/** Goes to an address with a TLS handshake of its own, in which the card answers if there is one. */
export async function showCard(
  address: string,
  card: Pick<RequestOptions, 'key' | 'cert' | 'pfx' | 'passphrase'> = {},
): Promise<Shown> {
  const { key, cert, pfx, passphrase } = card
  return new Promise((resolve, reject) => {
    // The platform's own certificate is made at start: here only the visitor's matters.
    request(address, { agent: false, rejectUnauthorized: false, key, cert, pfx, passphrase }, (response) => {
      response.resume()
      const { location = '', 'set-cookie': setCookie = [] } = response.headers
      resolve({ status: response.statusCode ?? 0, location, setCookie })
    })
      .once('error', reject)
      .end()
  })
}
