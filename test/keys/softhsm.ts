import { existsSync, mkdirSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { file, folder, run } from '../signing/openssl.ts'
import type { Signer } from '../signing/pki.ts'

const MODULES = [
  '/usr/lib/softhsm/libsofthsm2.so',
  '/usr/lib/x86_64-linux-gnu/softhsm/libsofthsm2.so',
  '/usr/lib/aarch64-linux-gnu/softhsm/libsofthsm2.so',
  '/usr/lib64/pkcs11/libsofthsm2.so',
  '/usr/local/lib/softhsm/libsofthsm2.so',
  '/opt/homebrew/lib/softhsm/libsofthsm2.so',
]

export const PIN = '271828'

/** The library of SoftHSM, a signing device made of software, with tokens of this run only. */
export function softHsm(): string {
  const module = MODULES.find((path) => existsSync(path))
  if (!module) throw new Error('SoftHSM is missing: apt-get install softhsm2')
  const tokens = join(folder, 'tokens')
  mkdirSync(tokens, { recursive: true })
  // Read by the library inside this process, not by us.
  process.env['SOFTHSM2_CONF'] = file(
    `directories.tokendir = ${tokens}\nobjectstore.backend = file\nlog.level = ERROR\n`,
  )
  return module
}

/** A token with this label that holds the signer's key under the label `firma`. */
export function makeToken(label: string, { key }: Signer): void {
  const pins = ['--pin', PIN]
  run('softhsm2-util', '--init-token', '--free', '--label', label, ...pins, '--so-pin', '31415926')
  const pem = file(key.export({ format: 'pem', type: 'pkcs8' }).toString(), '.key')
  run('softhsm2-util', '--import', pem, '--token', label, '--label', 'firma', '--id', 'a1', ...pins)
}

export type DeviceFolder = Readonly<{ name: string; signer: Signer; settings: object; pin?: string }>

let folders = 0

/** A folder of keys (SEAL_KEYS) with one key in it, as `key.json` tells. */
export function keyFolder({ name, signer, settings, pin = PIN }: DeviceFolder, chain: readonly string[]): string {
  const keys = join(folder, `keys-${++folders}`)
  const own = join(keys, name)
  mkdirSync(own, { recursive: true })
  writeFileSync(join(own, 'key.json'), JSON.stringify(settings))
  writeFileSync(join(own, 'pin'), `${pin}\n`)
  writeFileSync(join(own, 'certificate.pem'), [signer.certificatePem, ...chain].join(''))
  return keys
}
