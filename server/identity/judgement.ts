import { AppError } from '../errors.ts'
import { anomalyOf, type Anomaly } from './anomaly.ts'
import type { LoginRequest } from './login-request.ts'
import type { Login } from './person.ts'
import { personOf } from './person-attributes.ts'
import { readResponse, statedPerson, verifyResponse, type Terms } from './response.ts'
import {
  ANSWER_RULES,
  attributesOf,
  authnStatementOf,
  expiryOf,
  nameIdOf,
  reachedLevel,
  statusOf,
  violation,
} from './response-rules.ts'
import { NS } from './saml.ts'
import { attribute, only, textOf, type Element } from './xml.ts'

/** A response as it came, and what it is judged by. Plain data: it goes to another thread. */
export type Case = Readonly<{
  document: string
  request: LoginRequest
  expected: Terms['expected']
  /** Null when the provider is in the metadata no more. */
  keys: Terms['keys'] | null
}>

export const UNKNOWN_PROVIDER = 'Identity provider is not in the metadata'

/** What a response says of itself, whether it is true or not: for the log of messages. */
type Stated = Readonly<{ responseId: string; assertionId: string; person?: string }>

/** `reason` is for the log, in English and without personal data. */
export type Judgement =
  | Readonly<{ kind: 'unreadable'; reason: string }>
  /** The provider did not identify the person. */
  | Readonly<{ kind: 'anomaly'; stated: Stated; anomaly: Anomaly }>
  | Readonly<{ kind: 'refused'; stated: Stated; reason: string }>
  /** `expiry`: after it the response is worth nothing, and need not be remembered. */
  | Readonly<{ kind: 'login'; stated: Stated; login: Login; expiry: Date | undefined }>

/** What a response is worth (spid-cie.md §3), apart from whether it, or its request, was used before. */
export function judgeResponse({ document, request, expected, keys }: Case): Judgement {
  let response: Element
  try {
    response = readResponse(document)
  } catch (error) {
    return { kind: 'unreadable', reason: reasonOf(error) }
  }
  const stated = statedIn(response, request)
  // The request was found by the text alone, which may have it from a comment: a refusal that answers another one must not use it up.
  const foreign = violation(ANSWER_RULES, response, expected)
  if (foreign !== undefined) return { kind: 'refused', stated, reason: foreign }
  const status = statusOf(response)
  const anomaly = status.code ? anomalyOf(status) : undefined
  if (anomaly) return { kind: 'anomaly', stated, anomaly }
  if (!keys) return { kind: 'refused', stated, reason: UNKNOWN_PROVIDER }
  try {
    const assertion = verifyResponse(response, { expected, keys })
    return { kind: 'login', stated, login: loginOf(assertion, request, expected.now), expiry: expiryOf(assertion) }
  } catch (error) {
    return { kind: 'refused', stated, reason: reasonOf(error) }
  }
}

function statedIn(response: Element, { scheme }: LoginRequest): Stated {
  const person = statedPerson(scheme, response)
  return {
    responseId: attribute(response, 'ID') ?? '',
    assertionId: attribute(only(response, NS.assertion, 'Assertion'), 'ID') ?? '',
    ...(person !== undefined && { person }),
  }
}

function loginOf(assertion: Element, request: LoginRequest, at: Date): Login {
  const level = reachedLevel(assertion)
  if (level === undefined) throw new AppError('NOT_ALLOWED', 'Assertion without level')
  const nameId = nameIdOf(assertion)
  const sessionIndex = attribute(authnStatementOf(assertion), 'SessionIndex')
  return {
    person: personOf(request.scheme, attributesOf(assertion)),
    scheme: request.scheme,
    level,
    identityProvider: request.identityProvider,
    at,
    nameId: textOf(nameId),
    nameQualifier: attribute(nameId, 'NameQualifier') ?? '',
    ...(sessionIndex === undefined ? {} : { sessionIndex }),
    requestId: request.id,
    assertionId: attribute(assertion, 'ID') ?? '',
  }
}

/** Anything else is a defect of ours. */
function reasonOf(error: unknown): string {
  if (!(error instanceof AppError)) throw error
  return error.message
}
