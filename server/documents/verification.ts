/**
 * What anyone who holds a document of ours may learn on the public page, by the code that is printed on it: nothing personal
 * (CAD art. 23 c. 2-bis; signatures-and-pdf.md §12).
 */
export type VerificationFacts = Readonly<{
  municipality: string
  office: string
  protocol: Readonly<{ number: number; year: number; at: Date }>
  /** What the document is, without names: `Ricevuta di presentazione`. */
  kind: string
  /** Lower-case hexadecimal SHA-256 of the sealed file; null until it is sealed. */
  sha256: string | null
  /** State of the seal as our verifier reads it; null until it is sealed. */
  seal: Readonly<{ intact: boolean; signedBy: string; signingTime: string | null }> | null
}>

/** A file that we issued, found by its fingerprint. */
export type IssuedFile = Readonly<{
  kind: string
  protocol: Readonly<{ number: number; year: number; at: Date }> | null
  code: string | null
}>
