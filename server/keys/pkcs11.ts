import { createRequire } from 'node:module'
import type * as Koffi from 'koffi'

const koffi = createRequire(import.meta.url)('koffi') as typeof Koffi

/**
 * The few functions of PKCS#11 v2.40 that a signature needs, called in the module that the maker of the device supplies. All
 * calls block: only for worker threads. Names, numbers and order of functions are those of the standard's header.
 */

const ulong = koffi.types.ulong
const attribute = koffi.struct('CK_ATTRIBUTE', { type: ulong, pValue: 'uint8_t *', ulValueLen: ulong })
const mechanism = koffi.struct('CK_MECHANISM', { mechanism: ulong, pParameter: 'void *', ulParameterLen: ulong })

type Handle = number | bigint

/** Place in CK_FUNCTION_LIST, after its version, and parameters. */
const FUNCTIONS = {
  C_Initialize: [0, ['void *']],
  C_Finalize: [1, ['void *']],
  C_GetSlotList: [4, ['uint8_t', koffi.out('ulong *'), koffi.inout('ulong *')]],
  C_GetTokenInfo: [6, [ulong, 'uint8_t *']],
  C_OpenSession: [12, [ulong, ulong, 'void *', 'void *', koffi.out('ulong *')]],
  C_CloseAllSessions: [14, [ulong]],
  C_Login: [18, [ulong, ulong, 'uint8_t *', ulong]],
  C_Logout: [19, [ulong]],
  C_FindObjectsInit: [26, [ulong, koffi.pointer(attribute), ulong]],
  C_FindObjects: [27, [ulong, koffi.out('ulong *'), ulong, koffi.out('ulong *')]],
  C_FindObjectsFinal: [28, [ulong]],
  C_SignInit: [42, [ulong, koffi.pointer(mechanism), ulong]],
  C_Sign: [43, [ulong, 'uint8_t *', ulong, 'uint8_t *', koffi.inout('ulong *')]],
} as const

type FunctionName = keyof typeof FUNCTIONS
type Module = Readonly<Record<FunctionName, (...values: unknown[]) => number>>

export const CKR = {
  generalError: 0x05,
  functionFailed: 0x06,
  deviceError: 0x30,
  deviceRemoved: 0x32,
  pinIncorrect: 0xa0,
  pinInvalid: 0xa1,
  pinLengthRange: 0xa2,
  pinExpired: 0xa3,
  pinLocked: 0xa4,
  tokenNotPresent: 0xe0,
  userNotLoggedIn: 0x101,
  cryptokiAlreadyInitialized: 0x191,
} as const

const CKU = { user: 1, contextSpecific: 2 } as const
const CKA = { class: 0x00, label: 0x03, id: 0x102 } as const
const CKO_PRIVATE_KEY = 3
const CKF_SERIAL_SESSION = 4
/** CKM_RSA_PKCS and CKM_ECDSA: every device has them, also those that do not hash. */
const CKM = { rsa: 0x01, ecdsa: 0x1041 } as const

/** What the device answered; 0 would be success. */
export class DeviceError extends Error {
  override readonly name = 'DeviceError'
  readonly answer: number

  constructor(call: string, answer: number) {
    super(`${call}: 0x${answer.toString(16)}`)
    this.answer = answer
  }
}

const modules = new Map<string, Module>()

/** Loads a maker's module, once a thread. Throws when the file is not one. */
function loaded(path: string): Module {
  const known = modules.get(path)
  if (known) return known
  const list = [null]
  // Pointers, not names: a module need export no other function (PKCS#11 §5.4).
  const getFunctionList = koffi.load(path).func('C_GetFunctionList', ulong, [koffi.out('void **')])
  checked('C_GetFunctionList', getFunctionList(list) as number)
  const entries = Object.entries(FUNCTIONS).map(([name, [index, parameters]]) => {
    const pointer: unknown = koffi.decode(list[0], koffi.sizeof('void *') * (index + 1), 'void *')
    const type = koffi.proto(ulong, [...parameters])
    return [name, koffi.decode(pointer, type) as (...values: unknown[]) => number] as const
  })
  const module = Object.fromEntries(entries) as Module
  modules.set(path, module)
  return module
}

function checked(call: string, answer: number): void {
  if (answer !== 0) throw new DeviceError(call, answer)
}

export type TokenChoice = Readonly<{
  /** Path of the maker's library. */
  module: string
  /** Label of the token, or the number of its slot. */
  token: string | number
}>

/** Opens a session, read only. Throws DeviceError; with `tokenNotPresent` when no slot holds the token. */
export function openDevice({ module: path, token }: TokenChoice) {
  const module = loaded(path)
  const call = (name: FunctionName, ...values: unknown[]): void => checked(name, module[name](...values))
  initialise(module)
  const slot = findSlot(call, token) ?? findSlotAnew()
  const opened = [0]
  call('C_OpenSession', slot, CKF_SERIAL_SESSION, null, null, opened)
  const [session] = opened

  /** Many modules see a device that came later only when they begin anew. */
  function findSlotAnew(): Handle {
    module.C_Finalize(null)
    initialise(module)
    const found = findSlot(call, token)
    if (found === undefined) throw new DeviceError('C_GetSlotList', CKR.tokenNotPresent)
    return found
  }

  function login(pin: Uint8Array, user: keyof typeof CKU = 'user'): void {
    call('C_Login', session, CKU[user], pin, pin.length)
  }

  /** The private key with this label or identifier; undefined when there is none, or several. */
  function findKey({ label, id }: KeyChoice): Handle | undefined {
    const wanted = [
      { type: CKA.class, value: word(CKO_PRIVATE_KEY) },
      ...(label === undefined ? [] : [{ type: CKA.label, value: Buffer.from(label) }]),
      ...(id === undefined ? [] : [{ type: CKA.id, value: Buffer.from(id, 'hex') }]),
    ].map(({ type, value }) => ({ type, pValue: value, ulValueLen: value.length }))
    call('C_FindObjectsInit', session, wanted, wanted.length)
    const [found, count] = [[0, 0], [0]]
    call('C_FindObjects', session, found, 2, count)
    call('C_FindObjectsFinal', session)
    return count[0] === 1 ? found[0] : undefined
  }

  /** Signs by RSASSA-PKCS1-v1_5 (`input` is the DigestInfo) or ECDSA (the hash; the answer is r‖s). */
  function sign(key: Handle, scheme: keyof typeof CKM, { input, pin }: { input: Buffer; pin: Uint8Array }): Buffer {
    const begin = (): void =>
      call('C_SignInit', session, { mechanism: CKM[scheme], pParameter: null, ulParameterLen: 0 }, key)
    const out = Buffer.alloc(1_024)
    const size = [out.length]
    const finish = (): number => module.C_Sign(session, input, input.length, out, size)
    begin()
    const first = finish()
    if (first !== CKR.userNotLoggedIn) checked('C_Sign', first)
    else {
      // Keys of qualified signatures ask for the PIN at each of them (CKA_ALWAYS_AUTHENTICATE).
      begin()
      login(pin, 'contextSpecific')
      size[0] = out.length
      checked('C_Sign', finish())
    }
    return out.subarray(0, size[0])
  }

  /** Logs out and lets the token go: nobody who comes after us is logged in by our PIN. */
  function close(): void {
    module.C_Logout(session)
    module.C_CloseAllSessions(slot)
  }

  return { login, findKey, sign, close }
}

function initialise(module: Module): void {
  const answer = module.C_Initialize(null)
  if (answer !== CKR.cryptokiAlreadyInitialized) checked('C_Initialize', answer)
}

/** Makes the module begin anew with the next session: after a device was taken out some give no other answer. */
export function forgetDevices(path: string): void {
  modules.get(path)?.C_Finalize(null)
}

export type KeyChoice = Readonly<{ label?: string | undefined; /** Hexadecimal CKA_ID. */ id?: string | undefined }>

function findSlot(
  call: (name: FunctionName, ...values: unknown[]) => void,
  token: string | number,
): Handle | undefined {
  const count = [64]
  const slots = new Array<number>(64).fill(0)
  call('C_GetSlotList', 1, slots, count)
  const present = slots.slice(0, count[0])
  return present.find((one) => one === token || labelOf(call, one) === token)
}

/** CK_TOKEN_INFO begins with the label: 32 bytes, padded with blanks. */
function labelOf(call: (name: FunctionName, ...values: unknown[]) => void, slot: number): string {
  const info = Buffer.alloc(512)
  call('C_GetTokenInfo', slot, info)
  return info.toString('utf8', 0, 32).trimEnd()
}

function word(value: number): Buffer {
  const bytes = Buffer.alloc(koffi.sizeof(ulong))
  bytes.writeUInt32LE(value)
  return bytes
}
