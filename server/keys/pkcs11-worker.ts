import type { KeyProblem } from './key-failure.ts'
import { CKR, DeviceError, forgetDevices, openDevice, type KeyChoice, type TokenChoice } from './pkcs11.ts'

/** Entry point of the thread that speaks to signing devices: their makers' libraries block, for seconds if they like. */

export type DeviceTask = TokenChoice &
  Readonly<{
    key: KeyChoice
    scheme: 'rsa' | 'ecdsa'
    /** DigestInfo for RSA, the hash for ECDSA. */
    input: Uint8Array
    pin: Uint8Array
  }>

export type DeviceOutcome = Readonly<{ signature: Uint8Array }> | Readonly<{ failed: KeyProblem; detail: string }>

/** One session from login to logout. Never throws: on their way out of a thread errors lose their properties. */
export function deviceTask(task: DeviceTask): DeviceOutcome {
  try {
    return signOn(task)
  } catch (error) {
    if (!(error instanceof DeviceError)) return { failed: 'unavailable', detail: String(error) }
    const failed = PROBLEMS[error.answer] ?? 'unavailable'
    if (failed === 'unavailable' || failed === 'device-missing') forgetDevices(task.module)
    return { failed, detail: error.message }
  } finally {
    task.pin.fill(0)
  }
}

const PROBLEMS: Readonly<Record<number, KeyProblem>> = {
  [CKR.pinIncorrect]: 'pin-wrong',
  [CKR.pinInvalid]: 'pin-wrong',
  [CKR.pinLengthRange]: 'pin-wrong',
  [CKR.pinExpired]: 'pin-locked',
  [CKR.pinLocked]: 'pin-locked',
  [CKR.tokenNotPresent]: 'device-missing',
  [CKR.deviceRemoved]: 'device-missing',
}

function signOn({ key: choice, scheme, input, pin, ...token }: DeviceTask): DeviceOutcome {
  const device = openDevice(token)
  try {
    device.login(pin)
    const key = device.findKey(choice)
    if (key === undefined) return { failed: 'key-missing', detail: 'Not exactly one private key fits' }
    return { signature: device.sign(key, scheme, { input: Buffer.from(input), pin }) }
  } finally {
    device.close()
  }
}
