import type { SealAppearance } from './seal-appearance.ts'

/** What a seal says of itself. */
export type SealWords = Readonly<{
  /** Why it is sealed, e.g. `Ricevuta di protocollo`. */
  reason: string
  /** Who seals, as people read it; the certificate is what counts. */
  name: string
  location?: string | undefined
  /** What its field is called, before its number; `Sigillo` if not said. */
  field?: string
  appearance?: SealAppearance | undefined
  /** Time of sealing, claimed. */
  at: Date
}>
