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

  function message(content: Buffer, options: readonly string[]): Buffer {
    const name = createHash('sha256').update(content).digest('hex')
    writeFileSync(path(name), content)
    const outform = options.includes('-outform') ? [] : ['-outform', 'DER']
    const files = ['-signer', 'cert.pem', '-inkey', 'key.pem', '-in', name, '-out', 'out']
    openssl('cms', '-sign', '-cades', '-binary', ...files, ...outform, ...options)
    return readFileSync(path('out'))
  }

  return {
    /** CAdES with the content inside; `options` such as `-outform PEM` or `-stream`. */
    sign: (content: Buffer, ...options: string[]): Buffer => message(content, ['-nodetach', ...options]),
    /** The signature alone. */
    signApart: (content: Buffer, ...options: string[]): Buffer => message(content, options),
    remove: () => rmSync(folder, { recursive: true }),
  }
}
