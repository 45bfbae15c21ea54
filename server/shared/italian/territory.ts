/** Provinces, metropolitan cities and free consortia of today (ISTAT), then the suppressed ones: people were born there. */
const PROVINCES = new Set(
  (
    'AG AL AN AO AP AQ AR AT AV BA BG BI BL BN BO BR BS BT BZ CA CB CE CH CL CN CO CR CS CT CZ EN FC FE FG FI FM FR GE GO GR ' +
    'IM IS KR LC LE LI LO LT LU MB MC ME MI MN MO MS MT NA NO NU OR PA PC PD PE PG PI PN PO PR PT PU PV PZ RA RC RE RG RI RM RN RO ' +
    'SA SI SO SP SR SS SU SV TA TE TN TO TP TR TS TV UD VA VB VC VE VI VR VT VV ' +
    'CI OG OT VS FO PS FU PL ZA'
  ).split(' '),
)

/** A province's two letters, `EE` for abroad. */
export const isProvincia = (text: string): boolean => text === 'EE' || PROVINCES.has(text)

/** Postal code, five digits. */
export const isCap = (text: string): boolean => /^\d{5}$/.test(text) && text !== '00000'

/** Belfiore (cadastral) code of a municipality; `Z` codes are foreign states. */
export const isComune = (text: string): boolean => /^[A-Y]\d{3}$/.test(text)

/** Belfiore code of a foreign state. */
export const isStatoEstero = (text: string): boolean => /^Z\d{3}$/.test(text)
