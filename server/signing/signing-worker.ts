import { parseCertificate } from './certificate.ts'
import type { ValidationData } from './pdf-dss-writer.ts'
import { keepsSeals, prepareSeal, sealDefect, type Prepared, type SealWords } from './seal.ts'
import { memorySource } from './source.ts'
import { missingOrder, readTrust, type MissingOrder, type TrustOrder } from './trust-order.ts'
import type { Verification } from './verification.ts'
import { verify } from './verify.ts'
import { verifyFile } from './verify-file.ts'

/** Entry point of the worker threads: a file that breaks a parser breaks nothing else. */

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

export type PrepareTask = Readonly<{ pdf: Uint8Array; words: SealWords; chain: readonly Uint8Array[] }>

export const prepareTask = ({ pdf, words, chain }: PrepareTask): Promise<Prepared> =>
  prepareSeal(pdf, words, chain.map(toCertificate))

export type CheckTask = Readonly<{ sealed: Uint8Array; chain: readonly Uint8Array[]; at: Date; signatures: number }>

export const checkTask = ({ sealed, chain, at, signatures }: CheckTask): string | null =>
  sealDefect(sealed, { chain: chain.map(toCertificate), at, signatures })

export type ExtendTask = Readonly<{ sealed: Uint8Array; data: ValidationData; at: Date }>

/** The sealed file with its validation data, or null when that would hurt the seal. */
export async function extendTask({ sealed, data, at }: ExtendTask): Promise<Uint8Array | null> {
  const { withValidationData } = await import('./pdf-dss-writer.ts')
  const extended = await withValidationData(sealed, data)
  return keepsSeals(sealed, extended, at) ? extended : null
}

const toCertificate = (der: Uint8Array) => parseCertificate(Buffer.from(der))
