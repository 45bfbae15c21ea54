import { missingOrder, parseCertificate, type MissingOrder } from '../certificates/index.ts'
import { changesBesidesSigning } from '../pdf/index.ts'
import { DerError } from '../shared/asn1/der.ts'
import { memorySource } from '../shared/source.ts'
import { giveWay } from '../shared/worker-thread.ts'
import type { ValidationData } from './pdf-dss-writer.ts'
import type { SealWords } from './seal-words.ts'
import { keepsSeals, prepareSeal, sealDefect, sealDefectIn, type Prepared } from './seal.ts'
import { readTrust, type TrustOrder } from './trust-order.ts'
import { isListSignedBy, parseTrustedList, type ListFacts } from './trusted-list.ts'
import type { Verification } from './verification.ts'
import { verify } from './verify.ts'
import { verifyFile } from './verify-file.ts'

/** Entry point of the worker threads: a file that breaks a parser breaks nothing else. */
giveWay()

export type VerifyTask = Readonly<{
  /** The file's bytes, or its path: a path is read in pieces and costs no memory. */
  content: Uint8Array | Readonly<{ path: string }>
  name: string
  detached: Uint8Array | null
  trust: TrustOrder
}>

export type VerifyOutcome = Readonly<{ verification: Verification; missing: readonly MissingOrder[] }>

export function verifyTask({ content, name, detached, trust: order }: VerifyTask): VerifyOutcome {
  const trust = readTrust(order)
  const verification =
    content instanceof Uint8Array
      ? verify({ source: memorySource(content), name, detached: detached ? memorySource(detached) : undefined }, trust)
      : verifyFile(content.path, { detached: null, name }, trust)
  return { verification, missing: trust.missing.map(missingOrder) }
}

export type AdditionsTask = Readonly<{ pdf: Uint8Array; since: number }>

export const additionsTask = ({ pdf, since }: AdditionsTask): string[] =>
  changesBesidesSigning(memorySource(pdf), since)

export type PrepareTask = Readonly<{
  pdf: Uint8Array
  words: SealWords
  chain: readonly Uint8Array[]
  data: ValidationData | undefined
}>

export const prepareTask = ({ pdf, chain, ...rest }: PrepareTask): Promise<Prepared> =>
  prepareSeal(pdf, { ...rest, chain: chain.map(toCertificate) })

export type CheckTask = Readonly<{
  sealed: Uint8Array
  chain: readonly Uint8Array[]
  at: Date
  signatures: number
  /** A trust without any revocation data, to learn what the seal's certificates need; null where that is not asked. */
  trust: TrustOrder | null
}>

/** What is wrong with a seal, or null; and what the file is worth by itself, where that is asked. */
export type CheckOutcome = Readonly<{ defect: string | null; worth: VerifyOutcome | null }>

export function checkTask({ sealed, chain, at, signatures, trust }: CheckTask): CheckOutcome {
  const worth = trust && verifyTask({ content: sealed, name: '', detached: null, trust })
  // Whose authority we do not trust, or whose status is not known yet, may hold all the same.
  const holds = worth !== null && sealDefectIn(worth.verification, signatures) === null
  const defect = holds ? null : sealDefect(sealed, { chain: chain.map(toCertificate), at, signatures })
  return { defect, worth }
}

export type ExtendTask = Readonly<{
  sealed: Uint8Array
  data: ValidationData
  /** Those of the sealed file, the seal's own among them. */
  signatures: number
  trust: TrustOrder
}>

export type ExtendOutcome = Readonly<{ extended: Uint8Array }> & VerifyOutcome

/** The sealed file with its validation data, and what it is then worth; or null when that would hurt the seal. */
export async function extendTask({ sealed, data, signatures, trust }: ExtendTask): Promise<ExtendOutcome | null> {
  const { withValidationData } = await import('./pdf-dss-writer.ts')
  const extended = await withValidationData(sealed, data)
  const outcome = verifyTask({ content: extended, name: '', detached: null, trust })
  return keepsSeals(sealed, extended, { report: outcome.verification, signatures }) ? { extended, ...outcome } : null
}

export type ListTask = Readonly<{ list: Uint8Array; signers: readonly Uint8Array[] }>

/** A trusted list as it must be known before it is taken: seconds of work for the large ones. Null when it is none. */
export function listTask({ list, signers }: ListTask): ListFacts | null {
  const bytes = Buffer.from(list.buffer, list.byteOffset, list.byteLength)
  try {
    const { territory, sequence, issued, nextUpdate, pivots } = parseTrustedList(bytes)
    const isSigned = isListSignedBy(bytes, signers.map(toCertificate))
    return { territory, sequence, issued, nextUpdate, pivots, isSigned }
  } catch (error) {
    if (error instanceof DerError) return null
    throw error
  }
}

const toCertificate = (der: Uint8Array) => parseCertificate(Buffer.from(der))
