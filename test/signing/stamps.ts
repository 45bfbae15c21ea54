import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { file, folder, openssl } from './openssl.ts'
import { authority, type Signer } from './pki.ts'
import { toPem } from '../../server/certificates/certificate-builder.ts'

const CONFIG = `[tsa]
default_tsa = tsa1
[tsa1]
serial = ${join(folder, 'tsa-serial')}
crypto_device = builtin
signer_digest = sha256
default_policy = 1.2.3.4.1
digests = sha256, sha384, sha512
ess_cert_id_alg = sha256
`

/** RFC 3161 token over `data` by `openssl ts`, at the present time. */
export function stamp(data: Buffer, { certificatePem, keyPem }: Signer): Buffer {
  const request = join(folder, 'request.tsq')
  const token = join(folder, 'token.der')
  openssl('ts', '-query', '-data', file(data), '-sha256', '-cert', '-out', request)
  openssl(
    'ts',
    '-reply',
    '-config',
    file(CONFIG, '.cnf'),
    '-queryfile',
    request,
    '-signer',
    file(certificatePem),
    '-inkey',
    file(keyPem),
    '-chain',
    file(toPem(authority.certificate)),
    '-token_out',
    '-out',
    token,
  )
  return readFileSync(token)
}

/** A whole reply to a query, as a server gives it. */
export function reply(query: Buffer, { certificatePem, keyPem }: Signer): Buffer {
  const out = join(folder, 'reply.tsr')
  openssl(
    'ts',
    '-reply',
    '-config',
    file(CONFIG, '.cnf'),
    '-queryfile',
    file(query),
    '-signer',
    file(certificatePem),
    '-inkey',
    file(keyPem),
    '-chain',
    file(toPem(authority.certificate)),
    '-out',
    out,
  )
  return readFileSync(out)
}

export type OcspAnswer = Readonly<{ of: Signer; responder: Signer; revokedAt?: Date }>

/** OCSP response by `openssl ocsp` about one certificate of the test authority. */
export function ocspResponse({ of, responder, revokedAt }: OcspAnswer): Buffer {
  const serial = of.certificate.serial.toUpperCase()
  const even = serial.length % 2 ? `0${serial}` : serial
  const state = revokedAt ? `R\t400101000000Z\t${stamp12(revokedAt)},keyCompromise` : 'V\t400101000000Z\t'
  const index = file(`${state}\t${even}\tunknown\t/CN=x\n`)
  const issuer = file(toPem(authority.certificate))
  const out = join(folder, 'ocsp.der')
  openssl(
    'ocsp',
    '-index',
    index,
    '-rsigner',
    file(responder.certificatePem),
    '-rkey',
    file(responder.keyPem),
    '-CA',
    issuer,
    '-issuer',
    issuer,
    '-cert',
    file(of.certificatePem),
    '-ndays',
    '5',
    '-respout',
    out,
    '-noverify',
  )
  return readFileSync(out)
}

const stamp12 = (at: Date): string => `${at.toISOString().slice(2, 19).replace(/[-:T]/g, '')}Z`
