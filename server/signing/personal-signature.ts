import { join } from 'node:path'
import { AppError, type ErrorCode } from '../errors.ts'
import { hasKey, openKey } from './key-folder.ts'
import { KeyFailure, type KeyProblem } from './key-failure.ts'
import type { SealKey } from './seal-key.ts'
import { taxCode } from './signer.ts'

export type PersonalKey = Readonly<{
  municipality: string
  /** Tax code of whose key it is. */
  person: string
  /** As they typed it just now: used for this operation, never kept. */
  pin: string
}>

/** Keys of persons beside their municipality's seal: `<municipality>/officers/<tax code>/`. */
const folderOf = (folder: string, { municipality, person }: Omit<PersonalKey, 'pin'>): string | undefined =>
  // A path is made of it: nothing but a tax code may be in it.
  /^[A-Z0-9]{16}$/.test(person) ? join(folder, municipality, 'officers', person) : undefined

/** Whether the person has a key here. */
export function hasPersonalKey(folder: string, key: Omit<PersonalKey, 'pin'>): boolean {
  const own = folderOf(folder, key)
  return own !== undefined && hasKey(own)
}

/**
 * The person's key, if its certificate is theirs: a signature of somebody else under their name would bind nobody (eIDAS art. 26 a).
 * Rejects with AppError; `details.key` tells what is wrong with the key.
 */
export async function personalKey(folder: string, key: PersonalKey): Promise<SealKey> {
  const own = folderOf(folder, key)
  if (own === undefined || !hasKey(own)) throw told(new KeyFailure('key-missing', 'The person has no key here'))
  const opened = await telling(() => openKey(own, { pin: key.pin }))
  const [certificate] = opened.certificateChain
  if (!certificate || taxCode(certificate) !== key.person)
    throw told(new KeyFailure('key-mismatch', 'The certificate is of another person'))
  return { ...opened, sign: (data) => telling(() => opened.sign(data)) }
}

async function telling<T>(work: () => Promise<T>): Promise<T> {
  try {
    return await work()
  } catch (error) {
    throw error instanceof KeyFailure ? told(error) : error
  }
}

const AWAY =
  'Il servizio o il dispositivo di firma non risponde: il documento resta tra quelli da firmare, riprova più tardi.'

const WORDS: Record<KeyProblem, readonly [ErrorCode, string]> = {
  'pin-wrong': ['INVALID_INPUT', 'Il PIN non è giusto. Dopo alcuni tentativi sbagliati la firma si blocca.'],
  'pin-missing': ['INVALID_INPUT', 'Scrivi il PIN della tua firma.'],
  'pin-locked': ['INVALID_INPUT', 'Il PIN è bloccato: sbloccalo con chi ti ha rilasciato la firma.'],
  'otp-wanted': [
    'UPSTREAM_UNAVAILABLE',
    'La tua firma chiede anche un codice usa e getta (OTP), che qui non si può dare: serve un’autorizzazione con il solo PIN. Rivolgiti a chi te l’ha rilasciata.',
  ],
  'key-missing': ['UPSTREAM_UNAVAILABLE', 'Qui non c’è una tua firma digitale: rivolgiti a chi amministra il portale.'],
  'key-mismatch': [
    'UPSTREAM_UNAVAILABLE',
    'Il certificato di firma non è intestato a te: rivolgiti a chi amministra il portale.',
  ],
  'device-missing': ['UPSTREAM_UNAVAILABLE', AWAY],
  unavailable: ['UPSTREAM_UNAVAILABLE', AWAY],
}

function told(cause: KeyFailure): AppError {
  const [code, explanation] = WORDS[cause.problem]
  return new AppError(code, `The person’s key does not sign: ${cause.message}`, {
    cause,
    explanation,
    key: cause.problem,
  })
}
