export type { WantedCode } from './csc-authorisation.ts'
export { KeyFailure } from './key-failure.ts'
export { sealKeysIn } from './key-folder.ts'
export {
  hasPersonalKey,
  personalCode,
  personalKey,
  sendPersonalCode,
  type KeyOwner,
  type PersonalKey,
} from './personal-signature.ts'
export type { Refusals } from './pin-guard.ts'
export type { SealKey, SealKeys } from './seal-key.ts'
