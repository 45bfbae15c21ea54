import type { SignatureReport } from '../signing/index.ts'
import type { DocumentKind, StoredDocument } from './document.ts'

/**
 * What anyone who holds a document of ours may learn on the public page, by the code that is printed on it: nothing personal
 * (CAD art. 23 c. 2-bis; signatures-and-pdf.md §12).
 */
export type VerificationFacts = Readonly<{
  municipality: string
  office: string
  protocol: Readonly<{ number: number; year: number; at: Date }>
  /** When the register marked its number as annulled (DPR 445/2000 art. 54). */
  annulledAt: Date | null
  /** What the document is, without names: `Ricevuta di presentazione`. */
  kind: string
  /** Lower-case hexadecimal SHA-256 of the sealed file; null until it is sealed. */
  sha256: string | null
  /** State of the seal as our verifier read it; null until it is sealed. */
  seal: SealFacts | null
}>

/** What the page shows to whoever has the second code as well. */
export type ConfidentialFacts = Readonly<{
  subject: string
  parties: readonly Readonly<{ role: string; name: string }>[]
  documents: readonly Readonly<{ name: string; size: number; sha256: string }>[]
  receipt: Readonly<{ document: StoredDocument; open: () => AsyncIterable<Uint8Array> }> | null
}>

/** Both codes as they were sent, and the address from which they came. */
export type SecondCodeTry = Readonly<{ code: string; secondCode: string; from: string }>

type SealFacts = Readonly<{ intact: boolean; signedBy: string; signingTime: string | null }>

/** The kinds of documents that leave us; what people send is not ours to confirm to anyone. */
export const ISSUED: readonly DocumentKind[] = ['receipt', 'letter', 'outcome', 'segnatura', 'marked-copy']

/** The last seal on a document of ours, which covers what was there before it; null if it bears none. */
export function sealOf({ verification }: StoredDocument): SealFacts | null {
  const seal = verification?.signatures.at(-1)
  if (!seal) return null
  const intact = seal.digestIntact && seal.signatureValid && nothingElse(seal) && seal.indication !== 'TOTAL-FAILED'
  return { intact, signedBy: seal.signedBy.name, signingTime: seal.signingTime }
}

/** Validation data may follow a seal (PAdES baseline LT, EN 319 142-1 §6): that is the one thing we add ourselves. */
const nothingElse = ({ coversWholeDocument, modifications }: SignatureReport): boolean =>
  coversWholeDocument || (modifications.length > 0 && modifications.every(({ allowed }) => allowed === true))

/** The code in what a person typed or pasted: the code alone, or the address from under the QR code; undefined if neither. */
export function codeIn(typed: string): string | undefined {
  return /(?:^|\/verifica\/)([A-Za-z0-9_-]{16,64})\/?$/.exec(typed.trim())?.[1]
}

/** A SHA-256 as tools print it (any case, blanks or colons between) in our form; undefined if it is none. */
export function fingerprintIn(typed: string): string | undefined {
  return /^[0-9a-f]{64}$/.exec(typed.replaceAll(/[\s:]/g, '').toLowerCase())?.[0]
}
