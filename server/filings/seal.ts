import type { PersonalSignature } from '../signing/index.ts'

/** Puts the visible signature of a person on a document of ours, by their key and the PIN that they typed. */
export type SignedAs = (pdf: Uint8Array, signature: PersonalSignature) => Promise<Uint8Array>

/**
 * Puts the electronic seal of a municipality on a document of ours; `reason` is what the seal says it is for.
 * Part of what filings need of signing, so that the key and its device stay there.
 */
export type Sealed = (pdf: Uint8Array, municipality: string, reason: string) => Promise<Uint8Array>
