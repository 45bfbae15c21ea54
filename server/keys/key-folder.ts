import { createPrivateKey } from 'node:crypto'
import { existsSync, readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { readCertificateFile, type Certificate } from '../certificates/index.ts'
import type { Given, WantedCode } from './csc-authorisation.ts'
import { remoteCode, remoteKey, sendRemoteCode } from './csc-key.ts'
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

type Opening = Given & Readonly<{ guard?: PinGuard | undefined }>

/**
 * The key of one folder, ready to sign. `pin` and `code` are what its owner just typed; without a PIN it is the one of the folder's
 * `pinFile`. Rejects with KeyFailure.
 */
export async function openKey(folder: string, { guard, ...given }: Opening = {}): Promise<SealKey> {
  const source = reading(() => readKeySource(folder))
  if (source.kind === 'file') return localKey(folder)
  if (given.pin !== undefined) return keyOf(source, folder, given)
  const key = await keyOf(source, folder, { ...given, pin: configuredPin(source) })
  return guard ? reading(() => guard(key, { folder, pinFile: source.pinFile })) : key
}

/** The one-time code that the key's owner is asked for, or null. Rejects with KeyFailure. */
export async function codeFor(folder: string): Promise<WantedCode | null> {
  const source = reading(() => readKeySource(folder))
  return source.kind === 'csc' ? remoteCode(source) : null
}

/** Has a code sent to the key's owner. Gives what they are to answer, or null where they just wait for it. Rejects with KeyFailure. */
export async function sendCodeFor(folder: string): Promise<string | null> {
  const source = reading(() => readKeySource(folder))
  if (source.kind !== 'csc') throw new KeyFailure('unavailable', 'The key has no code that is sent')
  return sendRemoteCode(source)
}

/** Whether a key is kept there. */
export const hasKey = (folder: string): boolean =>
  ['key.json', 'key.pem'].some((name) => existsSync(join(folder, name)))

function localKey(folder: string): SealKey {
  return reading(() => localSealKey(createPrivateKey(readFileSync(join(folder, 'key.pem'))), chainIn(folder)))
}

async function keyOf(source: Exclude<KeySource, { kind: 'file' }>, folder: string, given: Given) {
  if (source.kind === 'csc') return remoteKey(source, given)
  const { pin } = given
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
