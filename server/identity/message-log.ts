import { createCipheriv, createDecipheriv, createHmac, hkdfSync, randomBytes } from 'node:crypto'
import type { Level } from './person.ts'
import type { SamlScheme } from './service-provider.ts'

/**
 * One message of an authentication (DPCM 24/10/2014 art. 13 c. 2, spid-cie.md §7). The fields in clear are those that
 * an enquiry searches by and name nobody; the XML, which does, is encrypted.
 */
export type MessageFacts = Readonly<{
  /** AuthnRequest ID: ties request and response together. */
  requestId: string
  kind: 'request' | 'response'
  at: Date
  scheme: SamlScheme
  organization: string
  identityProvider: string
  /** Asked for by a request, reached by a response that was a login. */
  level?: Level
  issueInstant?: string
  responseId?: string
  assertionId?: string
  /** `login`, or why the response was refused. */
  outcome?: string
}>

/** A message to be kept. `person`: account key of whom the response names, true or not. */
export type MessageRecord = MessageFacts & Readonly<{ xml: string; person?: string }>

/** A record as it is stored: the XML sealed with AES-256-GCM, the person by a keyed hash (empty when there is none). */
export type SealedRecord = MessageFacts & Readonly<{ sealed: Buffer; person: string; expiresAt: Date }>

/** A message as it is read: `xml` is null when it was altered or sealed with another key. */
export type OpenedMessage = MessageFacts & Readonly<{ xml: string | null }>

/** A request with what came back for it, oldest first. */
export type Authentication = Readonly<{ request: MessageFacts; responses: readonly MessageFacts[] }>

/** What an enquiry asks of one organisation's log; instants, `to` excluded. */
export type MessageQuery = Readonly<{
  organization: string
  from?: Date
  to?: Date
  /** ID of a request, a response or an assertion. */
  id?: string
  /** Account key: the tax code, where there is one. */
  person?: string
  /** From 1. */
  page: number
}>

export const PAGE_SIZE = 50

export const LOGGED_IN = 'login'

const MONTHS_KEPT = 24
const IV_BYTES = 12
const TAG_BYTES = 16

export function sealRecord({ xml, person, ...record }: MessageRecord, key: Buffer): SealedRecord {
  const iv = randomBytes(IV_BYTES)
  const cipher = createCipheriv('aes-256-gcm', key, iv)
  // The transaction is authenticated with the text, so that two records cannot exchange theirs.
  cipher.setAAD(Buffer.from(`${record.kind} ${record.requestId}`))
  const encrypted = Buffer.concat([cipher.update(xml, 'utf8'), cipher.final()])
  const expiresAt = new Date(record.at)
  expiresAt.setUTCMonth(expiresAt.getUTCMonth() + MONTHS_KEPT)
  return {
    ...record,
    sealed: Buffer.concat([iv, cipher.getAuthTag(), encrypted]),
    person: person === undefined ? '' : personHash(person, key),
    expiresAt,
  }
}

/** The text of a sealed record; null when it was altered or the key is another. */
export function openSealed(
  { sealed, kind, requestId }: Pick<SealedRecord, 'sealed' | 'kind' | 'requestId'>,
  key: Buffer,
): string | null {
  try {
    const decipher = createDecipheriv('aes-256-gcm', key, sealed.subarray(0, IV_BYTES))
    decipher.setAAD(Buffer.from(`${kind} ${requestId}`))
    decipher.setAuthTag(sealed.subarray(IV_BYTES, IV_BYTES + TAG_BYTES))
    const text = [decipher.update(sealed.subarray(IV_BYTES + TAG_BYTES)), decipher.final()]
    return Buffer.concat(text).toString('utf8')
  } catch {
    return null
  }
}

/**
 * By which a person is found without being named. Keyed: all tax codes can be counted through, so a bare hash of one
 * would be as good as the code itself. The key is not the one that encrypts: a key has one use (NIST SP 800-57 §5.2).
 */
export function personHash(person: string, key: Buffer): string {
  const own = Buffer.from(hkdfSync('sha256', key, Buffer.alloc(0), 'message log: person', 32))
  return createHmac('sha256', own).update(person).digest('base64url')
}
