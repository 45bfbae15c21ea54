import { join } from 'node:path'
import { file, folder, openssl } from './openssl.ts'
import { authority } from './pki.ts'

/** The last signature taken out of the PDF and verified as a CMS message over the two ranges. */
export function expectOpenSsl(sealed: Buffer): void {
  const [, before, resume, after] = [...sealed.toString('latin1').matchAll(/\/ByteRange \[0 (\d+) (\d+) (\d+)\s*\]/g)]
    .at(-1)!
    .map(Number) as [number, number, number, number]
  const content = file(Buffer.concat([sealed.subarray(0, before), sealed.subarray(resume, resume + after)]))
  const hex = sealed.toString('latin1', before + 1, resume - 1)
  const message = file(Buffer.from(hex, 'hex'), '.p7s')
  const anchor = file(
    `-----BEGIN CERTIFICATE-----\n${authority.certificate.der.toString('base64')}\n-----END CERTIFICATE-----\n`,
    '.pem',
  )
  openssl(
    'cms',
    '-verify',
    '-cades',
    '-binary',
    '-inform',
    'DER',
    '-in',
    message,
    '-content',
    content,
    '-CAfile',
    anchor,
    '-purpose',
    'any',
    '-out',
    join(folder, 'out'),
  )
}
