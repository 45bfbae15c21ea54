import type { PdfToSign, SealedPdf } from '../signing/index.ts'

/**
 * Puts the electronic seal of a municipality on a document of ours; `reason` is what the seal says it is for.
 * Part of what filings need of signing, so that the key and its device stay there.
 */
export type Sealed = (pdf: PdfToSign, municipality: string, reason: string) => Promise<SealedPdf>
