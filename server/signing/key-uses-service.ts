import {
  hasPersonalKey,
  personalCode,
  personalKey,
  sealKeysIn,
  sendPersonalCode,
  type KeyOwner,
  type PersonalKey,
  type Refusals,
  type SealKey,
  type SealKeys,
} from '../keys/index.ts'
import { sealKeyOf, type PdfSigner, type PdfToSign, type SealedPdf, type SealOptions } from './seal-service.ts'
import { xmlSealSigner, type XmlSigner } from './xml-signer.ts'

/** Signs PDFs as a person, one after the other; the words say how it is shown. */
export type PersonSigner = (pdf: Uint8Array, words: Omit<SealOptions, 'municipality'>) => Promise<Uint8Array>

/** What the keys of an installation are for: the municipality's seal, on PDF and XML, and the signatures of persons. */
export function createKeyUses(sealKeys: string | SealKeys, signPdf: PdfSigner, refusals?: Refusals) {
  const keys = typeof sealKeys === 'string' ? sealKeysIn(sealKeys, refusals) : sealKeys
  const folder = typeof sealKeys === 'string' ? sealKeys : ''

  /**
   * Seals a PDF by an incremental update: the input's bytes stay the prefix of the output, which our own verifier has accepted.
   * Throws AppError INVALID_INPUT when the file cannot or must not be appended to, UPSTREAM_UNAVAILABLE when its key does not sign.
   */
  async function seal(pdf: PdfToSign, { municipality, ...words }: SealOptions): Promise<SealedPdf> {
    return signPdf(pdf, () => sealKeyOf(keys, municipality), words)
  }

  /**
   * Signs as a person, with a key of their own, which is opened with the first PDF. Rejects as `seal`, and when what they typed or the
   * key is not theirs (`details.key`).
   */
  function signerOf(person: PersonalKey): PersonSigner {
    let opened: SealKey | null = null
    const open = async () => (opened ??= await personalKey(folder, person))
    return async (pdf, words) => (await signPdf(pdf, open, { field: 'Firma', ...words })).bytes
  }

  /** The municipality's seal for XML: signatures as XML-DSig writes them. */
  async function xmlSigner(municipality?: string): Promise<XmlSigner> {
    return xmlSealSigner(await sealKeyOf(keys, municipality))
  }

  /** Keys of persons: whether there is one, the one-time code that it asks for, and having it sent. */
  const personalKeys = {
    has: (person: KeyOwner) => hasPersonalKey(folder, person),
    wantedCode: (person: KeyOwner) => personalCode(folder, person),
    sendCode: (person: KeyOwner) => sendPersonalCode(folder, person),
  }

  return { keys, seal, signerOf, personalKeys, xmlSigner }
}
