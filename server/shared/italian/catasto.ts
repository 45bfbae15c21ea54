/** Identifiers of land and buildings in the cadastre, as the Agenzia delle Entrate writes them. */

export const isFoglio = (text: string): boolean => /^\d{1,4}[A-Z]?$/.test(text)

/** Parcel (particella, or mappale): digits, also `123/2` or with letters for the former Austrian land registers. */
export const isParticella = (text: string): boolean => /^[0-9/A-Z]{1,9}$/.test(text) && /\d/.test(text)

export const isSubalterno = (text: string): boolean => /^\d{1,4}$/.test(text)

export const isSezione = (text: string): boolean => /^[A-Z]{1,3}$/.test(text)
