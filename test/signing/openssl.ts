import { execFileSync } from 'node:child_process'
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import type { Signer } from './pki.ts'

export const folder = mkdtempSync(join(tmpdir(), 'signing-'))
// With the process, not after the first file: run in parallel, several test files share this module.
process.once('exit', () => rmSync(folder, { recursive: true, force: true }))

let files = 0

/** Writes a file for an outside tool and gives its path. */
export function file(content: string | Uint8Array, name = ''): string {
  const path = join(folder, `${++files}${name}`)
  writeFileSync(path, content)
  return path
}

/** Runs an outside tool; one that is missing fails the test with the remedy. */
export function run(tool: string, ...words: string[]): string {
  try {
    return execFileSync(tool, words, { encoding: 'utf8', stdio: ['ignore', 'pipe', 'pipe'], maxBuffer: 1 << 26 })
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT')
      throw new Error(`${tool} is missing: apt-get install ${tool === 'pdfsig' ? 'poppler-utils' : tool}`, {
        cause: error,
      })
    throw error
  }
}

export const openssl = (...words: string[]): string => run('openssl', ...words)

export type P7m = Readonly<{
  content?: Uint8Array
  options?: readonly string[]
  signers: readonly Signer[]
  detached?: boolean
}>

/** A CMS message by `openssl cms -sign -cades`, DER unless the options say otherwise. */
export function p7m({
  content = Buffer.from('contenuto firmato\n'),
  options = ['-md', 'sha256', '-cades'],
  signers,
  detached = false,
}: P7m): Buffer {
  const out = join(folder, `${++files}.p7m`)
  const who = signers.flatMap(({ keyPem, certificatePem }) => [
    '-signer',
    file(certificatePem, '.pem'),
    '-inkey',
    file(keyPem, '.key'),
  ])
  const attached = detached ? [] : ['-nodetach']
  const form = options.includes('-outform') ? [] : ['-outform', 'DER']
  openssl('cms', '-sign', '-binary', ...attached, ...form, '-in', file(content), '-out', out, ...who, ...options)
  return readFileSync(out)
}
