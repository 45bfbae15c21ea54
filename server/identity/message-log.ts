import { createCipheriv, createDecipheriv, randomBytes } from 'node:crypto'
import type { SamlScheme } from './service-provider.ts'

/**
 * One message of an authentication (DPCM 24/10/2014 art. 13 c. 2, spid-cie.md §7). The fields in clear are those that
 * an enquiry searches by and name nobody; the XML, which does, is encrypted.
 */
export type MessageRecord = Readonly<{
  /** AuthnRequest ID: ties request and response together. */
  requestId: string
  kind: 'request' | 'response'
  at: Date
  scheme: SamlScheme
  organization: string
  identityProvider: string
  issueInstant?: string
  responseId?: string
  assertionId?: string
  /** `login`, or why the response was refused. */
  outcome?: string
  xml: string
}>

/** A record as it is stored: the XML sealed with AES-256-GCM. */
export type SealedRecord = Omit<MessageRecord, 'xml'> & Readonly<{ sealed: Buffer; expiresAt: Date }>

const MONTHS_KEPT = 24
const IV_BYTES = 12
const TAG_BYTES = 16

export function sealRecord({ xml, ...record }: MessageRecord, key: Buffer): SealedRecord {
  const iv = randomBytes(IV_BYTES)
  const cipher = createCipheriv('aes-256-gcm', key, iv)
  // The transaction is authenticated with the text, so that two records cannot exchange theirs.
  cipher.setAAD(Buffer.from(`${record.kind} ${record.requestId}`))
  const encrypted = Buffer.concat([cipher.update(xml, 'utf8'), cipher.final()])
  const expiresAt = new Date(record.at)
  expiresAt.setUTCMonth(expiresAt.getUTCMonth() + MONTHS_KEPT)
  return { ...record, sealed: Buffer.concat([iv, cipher.getAuthTag(), encrypted]), expiresAt }
}

/** Throws when the record was altered or the key is another. */
export function openRecord({ sealed, ...record }: Omit<SealedRecord, 'expiresAt'>, key: Buffer): MessageRecord {
  const decipher = createDecipheriv('aes-256-gcm', key, sealed.subarray(0, IV_BYTES))
  decipher.setAAD(Buffer.from(`${record.kind} ${record.requestId}`))
  decipher.setAuthTag(sealed.subarray(IV_BYTES, IV_BYTES + TAG_BYTES))
  const xml = Buffer.concat([decipher.update(sealed.subarray(IV_BYTES + TAG_BYTES)), decipher.final()]).toString('utf8')
  return { ...record, xml }
}
