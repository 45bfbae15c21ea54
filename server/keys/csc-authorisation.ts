import { part, textOf, type Answer, type CscClient } from './csc-client.ts'
import { KeyFailure } from './key-failure.ts'

/** What the owner of a credential gives for the signatures that they ask for together. */
export type Given = Readonly<{
  pin?: string | undefined
  /** A one-time code: empty when its owner typed none, undefined where nobody can type one (a seal). */
  code?: string | undefined
  /** How many are asked for. */
  signatures?: number | undefined
}>

/** A one-time code that a credential asks for beside its PIN (CSC API v2 §8.3.1). */
export type WantedCode = Readonly<{
  id: string
  /** Sent to its owner when asked for; otherwise a device of theirs makes it. */
  isSent: boolean
  /** How many signatures one code authorises at most. */
  most: number
}>

type Factors = Readonly<{ hasPin: boolean; code: WantedCode | null }>

const PIN = 'PIN'

/**
 * What the credential must be authorised with: nothing (`implicit`), a PIN, a one-time code. Throws KeyFailure when it asks
 * for anything else.
 */
export function factorsOf(info: Answer): Factors {
  const auth = part(info, 'auth')
  if (auth['mode'] === 'implicit') return { hasPin: false, code: null }
  if (auth['mode'] !== 'explicit') throw new KeyFailure('unavailable', 'The credential asks for more than a PIN')
  const objects = Array.isArray(auth['objects']) ? (auth['objects'] as Answer[]) : []
  const [code, ...more] = objects.filter(({ id }) => id !== PIN)
  // Version 1 of the API says it elsewhere, and wants the code elsewhere.
  if (more.length > 0 || part(info, 'OTP')['presence'] === 'true') throw beyondUs()
  return {
    hasPin: objects.length === 0 || objects.some(({ id }) => id === PIN),
    code: code ? wantedCode(code, info) : null,
  }
}

function wantedCode({ id, type }: Answer, { multisign }: Answer): WantedCode {
  // Those out of band are given in an application of the service’s own, for which a page cannot wait.
  if (typeof id !== 'string' || (type !== 'Password' && type !== 'ChallengeResponse')) throw beyondUs()
  return { id, isSent: type === 'ChallengeResponse', most: typeof multisign === 'number' ? multisign : 1 }
}

const beyondUs = (): KeyFailure =>
  new KeyFailure('otp-wanted', 'The credential wants an approval that cannot be given here, beside a PIN and a code')

type Credential = Readonly<{ client: CscClient; id: string; info: Answer }>

/** Gives the signature activation data (SAD) for one hash, which it is bound to (SCAL2 of EN 419 241-1). */
type Authorise = (hash: Readonly<{ hashes: readonly string[]; hashAlgorithmOID: string }>) => Promise<string>

/**
 * Without a code each signature is authorised by itself. One code authorises all that are asked for together: the first time with their
 * number, then from one to the next (`credentials/extendTransaction`). Rejects with KeyFailure.
 */
export function createAuthorisation({ client, id, info }: Credential, given: Given): Authorise {
  const { hasPin, code } = factorsOf(info)
  const authData = authDataOf({ hasPin, code }, given)
  const signatures = code ? (given.signatures ?? 1) : 1
  if (code && signatures > code.most) throw new KeyFailure('too-many', `One code authorises ${code.most} signatures`)
  let last: string | null = null

  const first: Authorise = async (hash) => {
    const common = { credentialID: id, ...hash, numSignatures: signatures }
    const answer = await client.call('credentials/authorize', { ...common, ...(authData.length > 0 && { authData }) })
    return textOf(answer, 'SAD')
  }

  return async (hash) => {
    if (!code) return first(hash)
    if (last === null) return (last = await first(hash).catch(wrongCode))
    const extension = { credentialID: id, ...hash, SAD: last }
    return (last = textOf(await client.call('credentials/extendTransaction', extension).catch(spent), 'SAD'))
  }
}

function authDataOf({ hasPin, code }: Factors, given: Given): readonly object[] {
  if (hasPin && given.pin === undefined) throw new KeyFailure('pin-missing', 'The credential wants a PIN')
  if (code && given.code === undefined) throw new KeyFailure('otp-wanted', NOBODY)
  if (code && given.code === '') throw new KeyFailure('code-missing', 'The credential wants a one-time code')
  return [...(hasPin ? [{ id: PIN, value: given.pin }] : []), ...(code ? [{ id: code.id, value: given.code }] : [])]
}

const NOBODY =
  'The credential wants a one-time code, which nobody is there to give: it must be authorised without one, or by a PIN alone'

/** Services do not say whether the PIN or the code was wrong. */
function wrongCode(error: unknown): never {
  if (error instanceof KeyFailure && error.problem === 'pin-wrong')
    throw new KeyFailure('code-wrong', error.message, error)
  throw error
}

function spent(error: unknown): never {
  throw new KeyFailure('code-spent', 'The authorisation does not go on', error)
}

/** Asks the service to send its owner a code. Gives what they are to answer, where the service asks something (§11.10). */
export async function sendCode({ client, id, info }: Credential): Promise<string | null> {
  const { code } = factorsOf(info)
  if (!code?.isSent) throw new KeyFailure('unavailable', 'The credential’s code is not sent')
  const { challenge } = await client.call('credentials/getChallenge', { credentialID: id, authObjectID: code.id })
  return typeof challenge === 'string' ? challenge : null
}
