import { sealKeysIn } from './key-folder.ts'
import { hasPersonalKey, personalKey, type PersonalKey } from './personal-signature.ts'
import type { Refusals } from './pin-guard.ts'
import type { SealKeys } from './seal-key.ts'
import { sealKeyOf, type PdfSigner, type SealOptions } from './seal-service.ts'
import { xmlSealSigner, type XmlSigner } from './xml-signer.ts'

/** What a person signs, and how it is shown. */
export type PersonalSignature = PersonalKey & Omit<SealOptions, 'municipality'>

/** What the keys of an installation are for: the municipality's seal, on PDF and XML, and the signatures of persons. */
export function createKeyUses(sealKeys: string | SealKeys, signPdf: PdfSigner, refusals?: Refusals) {
  const keys = typeof sealKeys === 'string' ? sealKeysIn(sealKeys, refusals) : sealKeys
  const folder = typeof sealKeys === 'string' ? sealKeys : ''

  /**
   * Seals a PDF by an incremental update: the input's bytes stay the prefix of the output, which our own verifier has accepted.
   * Throws AppError INVALID_INPUT when the file cannot or must not be appended to, UPSTREAM_UNAVAILABLE when its key does not sign.
   */
  async function seal(pdf: Uint8Array, { municipality, ...words }: SealOptions): Promise<Uint8Array> {
    return signPdf(pdf, await sealKeyOf(keys, municipality), words)
  }

  /** Signs a PDF as a person, with a key of their own. Throws as `seal`, and when the PIN or the key is not theirs (`details.key`). */
  async function signAs(
    pdf: Uint8Array,
    { municipality, person, pin, ...words }: PersonalSignature,
  ): Promise<Uint8Array> {
    return signPdf(pdf, await personalKey(folder, { municipality, person, pin }), { field: 'Firma', ...words })
  }

  /** The municipality's seal for XML: signatures as XML-DSig writes them. */
  async function xmlSigner(municipality?: string): Promise<XmlSigner> {
    return xmlSealSigner(await sealKeyOf(keys, municipality))
  }

  /** Whether the person has a key here. */
  const hasKey = (person: Omit<PersonalKey, 'pin'>): boolean => hasPersonalKey(folder, person)

  return { keys, seal, signAs, hasKey, xmlSigner }
}
