import { createPrivateKey, type KeyObject } from 'node:crypto'
import { existsSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import forge from 'node-forge'
import { encode, objectIdentifier, sequenceOf } from '../shared/asn1/der-writer.ts'
import { contextPrimitive } from '../shared/asn1/der.ts'
import { OID } from '../shared/asn1/oids.ts'
import {
  extension,
  issueCertificate,
  issueCrl,
  purposes,
  toPem,
  usage,
  type CertificateRequest,
} from './certificate-builder.ts'
import { ensureAuthority, rsaKey, writePair } from './development-pki.ts'

const DAY = 86_400_000
const LIFE = 1_095 * DAY
/** Few: the password is printed at start, and people wait for `npm start`. */
const ITERATIONS = 100
/** Policy of authentication certificates on CNS cards (spid-cie.md §10). */
const CNS_POLICY = '1.3.76.16.2.1'

type CardHolder = Readonly<{ /** File name. */ id: string; cf: string; givenName: string; surname: string }>

type Settings = Readonly<{
  /** Folder that holds all of it: `authority`, `trust`, `tls`, `cards`. */
  folder: string
  /** Host name of the address at which cards are asked for. */
  host: string
  holders: readonly CardHolder[]
  /** Of the PKCS #12 files. */
  password: string
  now: Date
}>

/**
 * Makes what is missing to try the CNS out: an authority with its CRL, the TLS certificate of the address where cards are
 * asked for, and one card a person as PKCS #12 to import into a browser. All cards have one key: they are for trying out.
 */
export function ensureDevelopmentCards({ folder, host, holders, password, now }: Settings): void {
  const [trust, tls, cards] = [join(folder, 'trust'), join(folder, 'tls'), join(folder, 'cards')]
  const authority = ensureAuthority(join(folder, 'authority'), 'Autorità CNS di sviluppo (senza valore)', now)
  mkdirSync(trust, { recursive: true })
  mkdirSync(cards, { recursive: true })
  writeFileSync(join(trust, 'sviluppo.pem'), toPem(authority.certificate))
  const list = { thisUpdate: now, nextUpdate: authority.certificate.notAfter }
  writeFileSync(join(trust, 'sviluppo.crl'), issueCrl(authority, list))
  const validity = { notBefore: new Date(now.getTime() - DAY), notAfter: new Date(now.getTime() + LIFE) }
  const missing = holders.filter(({ id }) => !existsSync(join(cards, `${id}.p12`)))
  if (missing.length === 0 && existsSync(join(tls, 'certificate.pem'))) return
  const key = cardKey(tls)
  const server = issueCertificate({ ...serverRequest(host), ...validity, key, issuer: authority })
  writePair(tls, key, toPem(server) + toPem(authority.certificate))
  for (const holder of missing) {
    const certificate = issueCertificate({ ...cardRequest(holder), ...validity, key, issuer: authority })
    const file = pkcs12({ key, chain: [toPem(certificate), toPem(authority.certificate)], password, name: holder.id })
    writeFileSync(join(cards, `${holder.id}.p12`), file, { mode: 0o600 })
  }
}

function cardKey(tls: string): KeyObject {
  const file = join(tls, 'key.pem')
  return existsSync(file) ? createPrivateKey(readFileSync(file)) : rsaKey(2048)
}

type Request = Pick<CertificateRequest, 'subject' | 'extensions'>

const serverRequest = (host: string): Request => ({
  subject: { country: 'IT', organization: 'Sviluppo', commonName: host },
  extensions: [
    usage('digitalSignature', 'keyEncipherment'),
    purposes(OID.serverAuthentication),
    extension(OID.subjectAlternativeName, sequenceOf(encode(contextPrimitive(2), Buffer.from(host)))),
  ],
})

/** Subject as on real cards: the tax code before the slash, the card's number and a hash after it. */
const cardRequest = ({ cf, givenName, surname }: CardHolder): Request => ({
  subject: {
    country: 'IT',
    organization: 'Sviluppo',
    surname,
    givenName,
    commonName: `${cf}/6120000000000000.c3ZpbHVwcG8=`,
  },
  extensions: [usage('digitalSignature'), purposes(OID.clientAuthentication), cardPolicy()],
})

export const cardPolicy = (policy: string = CNS_POLICY): Buffer =>
  extension(OID.certificatePolicies, sequenceOf(sequenceOf(objectIdentifier(policy))))

type Bundle = Readonly<{ key: KeyObject; chain: readonly string[]; password: string; name: string }>

/** PKCS #12 with an RSA key, as browsers import it. */
function pkcs12({ key, chain, password, name }: Bundle): Buffer {
  const privateKey = forge.pki.privateKeyFromPem(key.export({ format: 'pem', type: 'pkcs1' }).toString())
  const certificates = chain.map((pem) => forge.pki.certificateFromPem(pem))
  const bundle = forge.pkcs12.toPkcs12Asn1(privateKey, certificates, password, {
    friendlyName: name,
    count: ITERATIONS,
  })
  return Buffer.from(forge.asn1.toDer(bundle).getBytes(), 'binary')
}
