import { createHash } from 'node:crypto'
import type { Certificate } from '../certificates/index.ts'
import type { SealKey } from '../keys/index.ts'
import { changesBesidesSigning, VALIDATION_DATA_ADDED } from '../pdf/index.ts'
import { memorySource } from '../shared/source.ts'
import { detachedSignature } from './cms-builder.ts'
import { fillByteRange, fillContents, type Placeholder } from './byte-range.ts'
import type { ValidationData } from './pdf-dss-writer.ts'
import type { SealWords } from './seal-words.ts'
import type { SignatureReport, Verification } from './verification.ts'
import { verify } from './verify.ts'

/** A PDF with the place for its seal, and what was there before; or why it must not be appended to. */
export type ReadySeal = Readonly<{
  placeholder: Placeholder
  digest: Buffer
  /** Those that were there before. */ signatures: number
}>
export type Prepared = ReadySeal | Readonly<{ refused: string }>

/** A service that stamps signatures (RFC 3161): takes the signature value, gives the token; null = the seal goes without. */
export type StampSignature = (signature: Buffer) => Promise<Buffer | null>

type SealFacts = Readonly<{ words: SealWords; chain: readonly Certificate[]; data?: ValidationData | undefined }>

/**
 * First step, heavy: looks at the PDF, appends an empty signature and hashes the rest. Never throws for a bad PDF. The library that appends
 * reads all objects that lie in the file, the last of each number, and writes some of them anew; viewers read those that the
 * cross-reference names. Where the two differ the sealed file would show what the other never did.
 */
export async function prepareSeal(pdf: Uint8Array, { words, chain, data }: SealFacts): Promise<Prepared> {
  const before = inspect(pdf, chain, words.at)
  const refused = whyNot(before)
  if (refused !== null) return { refused }
  // Only a thread that seals pays for loading the PDF library; those that verify start at once.
  const { withPlaceholder } = await import('./pdf-placeholder.ts')
  try {
    const { bytes, signed } = await withPlaceholder(pdf, words, data)
    const { start, end } = fillByteRange(bytes.subarray(0, signed))
    const [change] = changesBesidesSigning(memorySource(bytes.subarray(0, signed)), pdf.length)
    if (change !== undefined) return { refused: `The seal would change the PDF: ${change}` }
    const digest = createHash('sha256').update(bytes.subarray(0, start)).update(bytes.subarray(end, signed)).digest()
    return { placeholder: { bytes, start, end }, digest, signatures: before.signatures.length }
  } catch (error) {
    return { refused: `The PDF cannot be extended: ${error instanceof Error ? error.message : ''}` }
  }
}

/** Second step, light: signs the hash and puts the message in its place. */
export async function sign(
  { placeholder, digest }: ReadySeal,
  key: SealKey,
  timestamp?: StampSignature,
): Promise<Buffer> {
  return fillContents(placeholder, await detachedSignature({ digest, timestamp }, key))
}

type Sealed = Readonly<{ chain: readonly Certificate[]; at: Date; signatures: number }>

/**
 * Last step, heavy: nothing leaves that our own verifier does not accept. The seal must cover the whole file, its own validation data
 * aside, and the signatures that were there must stand as before. Gives what is wrong, or null.
 */
export const sealDefect = (sealed: Uint8Array, { chain, at, signatures }: Sealed): string | null =>
  sealDefectIn(inspect(sealed, chain, at), signatures)

/** The same, of a report that is at hand. */
export function sealDefectIn(after: Verification, signatures: number): string | null {
  const seal = after.signatures.find(isLast)
  if (seal?.indication !== 'TOTAL-PASSED') return 'The seal does not verify'
  const others = after.signatures.filter((signature) => signature !== seal)
  const stand = others.length === signatures && others.every(({ indication }) => indication !== 'TOTAL-FAILED')
  return stand ? null : 'The seal breaks an earlier signature'
}

/** Nothing came after it but its own validation data. */
function isLast({ coversWholeDocument, modifications }: SignatureReport): boolean {
  const isAdded = modifications.length > 0 && modifications.every(({ what }) => what === VALIDATION_DATA_ADDED)
  return coversWholeDocument || isAdded
}

/**
 * Whether an extension of a sealed file is nothing but that: the sealed bytes before it and, by the report on it, their so many
 * signatures, none of them failed.
 */
export function keepsSeals(
  sealed: Uint8Array,
  extended: Uint8Array,
  { report, signatures }: { report: Verification; signatures: number },
): boolean {
  if (Buffer.compare(sealed, extended.subarray(0, sealed.length)) !== 0) return false
  const all = report.signatures
  return all.length === signatures && all.every(({ indication }) => indication !== 'TOTAL-FAILED')
}

/** Our verifier on the file, trusting only the seal itself: what matters here is integrity, not others' chains. */
function inspect(pdf: Uint8Array, chain: readonly Certificate[], at: Date): Verification {
  return verify(
    { source: memorySource(pdf), name: 'document.pdf' },
    { at, anchors: chain, intermediates: [], evidence: null, registeredAt: null, missing: [] },
  )
}

/** Appending to a broken file can make it look whole (signatures-and-pdf.md §12): such a file gets a cover page instead. */
function whyNot({ format, verdict, signatures, warnings }: Verification): string | null {
  if (verdict === 'unreadable' || (format !== 'PDF' && format !== 'PAdES')) return 'Not a readable PDF'
  if (warnings.some((warning) => /^(broken|encrypted|xfa):/.test(warning)))
    return 'The PDF is broken, encrypted or dynamic'
  if (signatures.some(({ indication }) => indication === 'TOTAL-FAILED')) return 'The PDF has a broken signature'
  return signatures.some(({ docMdp }) => docMdp === 1) ? 'The PDF is certified against any change' : null
}
