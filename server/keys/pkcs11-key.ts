import { createHash } from 'node:crypto'
import { Piscina } from 'piscina'
import type { Certificate } from '../certificates/index.ts'
import { workerThread } from '../shared/worker-thread.ts'
import { KeyFailure } from './key-failure.ts'
import type { Pkcs11Source } from './key-source.ts'
import type { DeviceOutcome, DeviceTask } from './pkcs11-worker.ts'
import { checkedKey, type SealKey } from './seal-key.ts'

/** Milliseconds; a smart card takes one or two seconds for a signature. */
const PATIENCE = 30_000

/** A DigestInfo of SHA-256 up to its hash (RFC 8017 §9.2, note 1). */
const SHA256_INFO = Buffer.from('3031300d060960864801650304020105000420', 'hex')

let pool: Piscina | undefined

/**
 * One thread, one task at a time, for all devices: a login counts for every session of the process, so that beside a session
 * with the right PIN another one could sign with a wrong one (PKCS#11 §5.6, CKR_USER_ALREADY_LOGGED_IN).
 */
async function onDevice(task: DeviceTask): Promise<DeviceOutcome> {
  pool ??= new Piscina({
    ...workerThread(import.meta.url, './pkcs11-worker'),
    minThreads: 0,
    maxThreads: 1,
    concurrentTasksPerWorker: 1,
    idleTimeout: 30_000,
  })
  try {
    return (await pool.run(task, { name: 'deviceTask', signal: AbortSignal.timeout(PATIENCE) })) as DeviceOutcome
  } catch (cause) {
    throw new KeyFailure('unavailable', 'The device does not answer', cause)
  }
}

/**
 * A key that never leaves its device (PKCS#11 v2.40): each signature is a session of its own, from login to logout. Signatures reject
 * with KeyFailure.
 */
export function deviceKey(
  { module, token, key }: Pkcs11Source,
  { chain, pin }: { chain: readonly Certificate[]; pin: string },
): SealKey {
  return checkedKey(chain, async (data, scheme) => {
    const digest = createHash('sha256').update(data).digest()
    const input = scheme === 'rsa' ? Buffer.concat([SHA256_INFO, digest]) : digest
    const outcome = await onDevice({ module, token, key, scheme, input, pin: Buffer.from(pin) })
    if ('failed' in outcome) throw new KeyFailure(outcome.failed, outcome.detail)
    return Buffer.from(outcome.signature)
  })
}
