/**
 * A public body that identifies people for others, as aggregator or as operator of public services (AgID Avviso 19 v4). Light:
 * each body it does so for holds a key of its own, which the body's validation certificate stands for.
 */
export type SpidIntermediary = Readonly<{
  /** The code that the entityID must contain. */
  profile: 'pub-ag-full' | 'pub-ag-lite' | 'pub-op-full' | 'pub-op-lite'
  ipaCode?: string
  vat: string
  cf: string
  phone: string
  email: string
  website: string
  /** PEM. Needed by the light profiles, unknown to the full ones. */
  validationCertificate?: string
}>
