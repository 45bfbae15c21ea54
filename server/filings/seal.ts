import type { PersonalKey } from '../keys/index.ts'
import type { PdfToSign, PersonSigner, SealedPdf } from '../signing/index.ts'

/** Puts the visible signature of a person on documents of ours, by their key and what they typed. */
export type SignerOf = (person: PersonalKey) => PersonSigner

/**
 * Puts the electronic seal of a municipality on a document of ours; `reason` is what the seal says it is for.
 * Part of what filings need of signing, so that the key and its device stay there.
 */
export type Sealed = (pdf: PdfToSign, municipality: string, reason: string) => Promise<SealedPdf>
