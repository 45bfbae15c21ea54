import { join } from 'node:path'
import { setTimeout } from 'node:timers/promises'
import { AppError, type ErrorCode } from '../errors.ts'
import type { WantedCode } from './csc-authorisation.ts'
import { codeFor, hasKey, openKey, sendCodeFor } from './key-folder.ts'
import { KeyFailure, type KeyProblem } from './key-failure.ts'
import type { SealKey } from './seal-key.ts'
import { taxCode } from '../certificates/index.ts'

/** Whose key, by tax code, and for which municipality. */
export type KeyOwner = Readonly<{ municipality: string; person: string }>

/** What they typed just now, for the signatures that they ask for together: used for this operation, never kept. */
export type PersonalKey = KeyOwner &
  Readonly<{
    pin: string
    /** The one-time code of keys that ask for one; else empty. */
    code: string
    signatures: number
  }>

/** Keys of persons beside their municipality's seal: `<municipality>/officers/<tax code>/`. */
const folderOf = (folder: string, { municipality, person }: KeyOwner): string | undefined =>
  // A path is made of it: nothing but a tax code may be in it.
  /^[A-Z0-9]{16}$/.test(person) ? join(folder, municipality, 'officers', person) : undefined

/** Whether the person has a key here. */
export function hasPersonalKey(folder: string, key: KeyOwner): boolean {
  const own = folderOf(folder, key)
  return own !== undefined && hasKey(own)
}

/**
 * The person's key, if its certificate is theirs: a signature of somebody else under their name would bind nobody (eIDAS art. 26 a).
 * Rejects with AppError; `details.key` tells what is wrong with the key.
 */
export async function personalKey(folder: string, key: PersonalKey): Promise<SealKey> {
  const { pin, code, signatures } = key
  const opened = await telling(() => openKey(existing(folder, key), { pin, code, signatures }))
  const [certificate] = opened.certificateChain
  if (!certificate || taxCode(certificate) !== key.person)
    throw told(new KeyFailure('key-mismatch', 'The certificate is of another person'))
  return { ...opened, sign: (data) => telling(() => opened.sign(data)) }
}

function existing(folder: string, key: KeyOwner): string {
  const own = folderOf(folder, key)
  if (own === undefined || !hasKey(own)) throw new KeyFailure('key-missing', 'The person has no key here')
  return own
}

/** Milliseconds for which a page waits to learn what the key asks for. */
const PATIENCE = 3_000

/**
 * The one-time code that the person is asked for, or null. Of a service that does not answer now nothing is known: signing will say so.
 */
export async function personalCode(folder: string, key: KeyOwner): Promise<WantedCode | null> {
  const late = setTimeout(PATIENCE, null, { ref: false })
  const asked = telling(() => codeFor(existing(folder, key))).catch((error: unknown) => {
    if (error instanceof AppError) return null
    throw error
  })
  return Promise.race([asked, late])
}

/** Has a code sent to the person. Gives what they are to answer, or null where they just wait for it. Rejects with AppError. */
export const sendPersonalCode = (folder: string, key: KeyOwner): Promise<string | null> =>
  telling(() => sendCodeFor(existing(folder, key)))

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
  'code-missing': ['INVALID_INPUT', 'Scrivi il codice usa e getta della tua firma.'],
  'code-wrong': [
    'INVALID_INPUT',
    'Il PIN o il codice usa e getta non è giusto, o il codice è scaduto. Dopo alcuni tentativi sbagliati la firma si blocca.',
  ],
  'code-spent': [
    'UPSTREAM_UNAVAILABLE',
    'L’autorizzazione data con il codice non vale più: firma questi documenti con un altro codice.',
  ],
  'too-many': ['INVALID_INPUT', 'La tua firma non firma tanti documenti con un solo codice: scegline di meno.'],
  'otp-wanted': [
    'UPSTREAM_UNAVAILABLE',
    'La tua firma chiede anche un’approvazione che qui non si può dare. Rivolgiti a chi te l’ha rilasciata.',
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
