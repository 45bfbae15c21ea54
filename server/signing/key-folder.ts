import { createPrivateKey } from 'node:crypto'
import { existsSync, readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { readCertificateFile } from './certificate-files.ts'
import type { Certificate } from './certificate.ts'
import { remoteKey } from './csc-key.ts'
import { KeyFailure } from './key-failure.ts'
import { readKeySource, type KeySource } from './key-source.ts'
import { createPinGuard, type PinGuard, type Refusals } from './pin-guard.ts'
import { deviceKey } from './pkcs11-key.ts'
import { localSealKey, type SealKey, type SealKeys } from './seal-key.ts'

/**
 * Seal keys from a folder with one folder a municipality (`key.pem` or `key.json`, `certificate.pem` with its chain). Nothing is
 * kept between two seals: a key file is read for the operation and let go, so that a dump of the process holds no key and a renewed
 * one counts at once; it costs a third of a millisecond. Rejects with KeyFailure.
 */
export function sealKeysIn(folder: string, refusals?: Refusals): SealKeys {
  const guard = createPinGuard(refusals)
  return { of: (municipality) => openKey(join(folder, municipality ?? onlyFolder(folder)), { guard }) }
}

export type Opening = Readonly<{ pin?: string | undefined; guard?: PinGuard | undefined }>

/**
 * The key of one folder, ready to sign. `pin` is what its owner just typed; without it the one of the folder's `pinFile`. Rejects with
 * KeyFailure.
 */
export async function openKey(folder: string, { pin, guard }: Opening = {}): Promise<SealKey> {
  const source = reading(() => readKeySource(folder))
  if (source.kind === 'file') return localKey(folder)
  if (pin !== undefined) return keyOf(source, folder, pin)
  const key = await keyOf(source, folder, configuredPin(source))
  return guard ? reading(() => guard(key, { folder, pinFile: source.pinFile })) : key
}

/** Whether a key is kept there. */
export const hasKey = (folder: string): boolean =>
  ['key.json', 'key.pem'].some((name) => existsSync(join(folder, name)))

function localKey(folder: string): SealKey {
  return reading(() => localSealKey(createPrivateKey(readFileSync(join(folder, 'key.pem'))), chainIn(folder)))
}

async function keyOf(source: Exclude<KeySource, { kind: 'file' }>, folder: string, pin: string | undefined) {
  if (source.kind === 'csc') return remoteKey(source, pin)
  if (pin === undefined) throw new KeyFailure('pin-missing', 'A device wants a PIN')
  return deviceKey(source, { chain: reading(() => chainIn(folder)), pin })
}

const chainIn = (folder: string): Certificate[] => readCertificateFile(readFileSync(join(folder, 'certificate.pem')))

function configuredPin({ pinFile }: { pinFile?: string | undefined }): string | undefined {
  return pinFile === undefined ? undefined : reading(() => readFileSync(pinFile, 'utf8').trim())
}

function reading<T>(work: () => T): T {
  try {
    return work()
  } catch (cause) {
    if (cause instanceof KeyFailure) throw cause
    throw new KeyFailure('unavailable', 'The folder of the key cannot be read', cause)
  }
}

function onlyFolder(folder: string): string {
  const [only, ...others] = readdirSync(folder, { withFileTypes: true })
    .filter((entry) => entry.isDirectory())
    .map(({ name }) => name)
  if (only === undefined || others.length > 0)
    throw new KeyFailure('key-missing', 'Several seals: the municipality must be named')
  return only
}
