import { readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { DerError, TAG } from '../shared/asn1/der.ts'
import { parseCertificate, type Certificate } from './certificate.ts'
import { readCrls, type Crl } from './crl.ts'

const PEM = /-----BEGIN (?:X509 |TRUSTED )?CERTIFICATE-----([A-Za-z0-9+/=\s]+)-----END/g

/** The certificates of a file: one in DER, or any number in PEM. Throws DerError when there is none. */
export function readCertificateFile(file: Buffer): Certificate[] {
  if (file[0] === TAG.sequence) return [parseCertificate(file)]
  const blocks = [...file.toString('latin1').matchAll(PEM)].map(([, body = '']) =>
    parseCertificate(Buffer.from(body, 'base64')),
  )
  if (blocks.length === 0) throw new DerError('The file holds no certificate')
  return blocks
}

/** All certificates of the `.pem`, `.crt`, `.cer` and `.der` files of a folder; none when the folder is not there. */
export function readCertificateFolder(folder: string): Certificate[] {
  return fileNames(folder)
    .filter((name) => /\.(pem|crt|cer|der)$/i.test(name))
    .flatMap((name) => readCertificateFile(readFileSync(join(folder, name))))
}

/** The CRLs of the `.crl` files of a folder, DER or PEM; none when the folder is not there. */
export function readCrlFolder(folder: string): Crl[] {
  return fileNames(folder)
    .filter((name) => name.toLowerCase().endsWith('.crl'))
    .flatMap((name) => readCrls(readFileSync(join(folder, name))))
}

function fileNames(folder: string): string[] {
  try {
    return readdirSync(folder).sort()
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return []
    throw error
  }
}
