import { execFileSync } from 'node:child_process'
import { createHash } from 'node:crypto'
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'

/** Signed files as another vendor's program makes them. The key lives in a folder that goes with the test run. */
export function createSigner({ name = 'Anna Verdi', cf = 'VRDNNA80A41H501X' } = {}) {
  const folder = mkdtempSync(join(tmpdir(), 'documents-'))
  const path = (name: string) => join(folder, name)
  const openssl = (...parts: string[]) => execFileSync('openssl', parts, { cwd: folder, stdio: 'pipe' })
  openssl(
    ...[
      'req',
      '-x509',
      '-newkey',
      'ec',
      '-pkeyopt',
      'ec_paramgen_curve:prime256v1',
      '-nodes',
      '-keyout',
      'key.pem',
      '-out',
      'cert.pem',
      '-days',
      '30',
    ],
    ...['-subj', `/CN=${name}/serialNumber=TINIT-${cf}`],
  )

  return {
    /** CAdES with the content inside; `options` such as `-outform PEM` or `-stream`. */
    sign(content: Buffer, ...options: string[]): Buffer {
      const name = createHash('sha256').update(content).digest('hex')
      writeFileSync(path(name), content)
      const outform = options.includes('-outform') ? [] : ['-outform', 'DER']
      openssl(
        'cms',
        '-sign',
        '-cades',
        '-binary',
        '-nodetach',
        '-signer',
        'cert.pem',
        '-inkey',
        'key.pem',
        '-in',
        name,
        '-out',
        'out',
        ...outform,
        ...options,
      )
      return readFileSync(path('out'))
    },
    remove: () => rmSync(folder, { recursive: true }),
  }
}
