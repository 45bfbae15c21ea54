import {
  isCap,
  isCodiceFiscale,
  isCodiceFiscaleEnte,
  isComune,
  isEmail,
  isFoglio,
  isIban,
  isParticella,
  isPartitaIva,
  isProvincia,
  isSezione,
  isStatoEstero,
  isSubalterno,
  isTarga,
  isTelefono,
  normaliseCodiceFiscale,
  normaliseEmail,
  normaliseIban,
  normalisePartitaIva,
  normaliseProvincia,
  normaliseTarga,
  normaliseTelefono,
} from '../shared/italian/index.ts'

/** How a text of that format is checked, brought to its stored form, and helped on the way in. */
type TextFormat = Readonly<{
  valid: (text: string) => boolean
  normalise?: (text: string) => string
  inputMode?: 'numeric' | 'tel' | 'email'
  /** A code: no spell checking, capitals on a touch keyboard. */
  code?: boolean
  /** Of its control, which tells how long an answer is. */
  width?: 'short' | 'medium'
}>

const upperCase = (text: string): string => text.replace(/\s/g, '').toUpperCase()
const compact = (text: string): string => text.replace(/\s/g, '')

/** Formats of ours, beside those of ajv-formats. */
export const TEXT_FORMATS: Readonly<Record<string, TextFormat>> = {
  'codice-fiscale': { valid: isCodiceFiscale, normalise: normaliseCodiceFiscale, code: true, width: 'medium' },
  'codice-fiscale-ente': {
    valid: isCodiceFiscaleEnte,
    normalise: normalisePartitaIva,
    inputMode: 'numeric',
    code: true,
    width: 'medium',
  },
  // A sole trader's code is the person's, a company's has 11 digits.
  'codice-fiscale-impresa': {
    valid: (text) => isCodiceFiscale(text) || isCodiceFiscaleEnte(text),
    normalise: normaliseCodiceFiscale,
    code: true,
    width: 'medium',
  },
  'partita-iva': {
    valid: isPartitaIva,
    normalise: normalisePartitaIva,
    inputMode: 'numeric',
    code: true,
    width: 'medium',
  },
  iban: { valid: isIban, normalise: normaliseIban, code: true, width: 'medium' },
  targa: { valid: isTarga, normalise: normaliseTarga, code: true, width: 'short' },
  cap: { valid: isCap, normalise: compact, inputMode: 'numeric', code: true, width: 'short' },
  comune: { valid: isComune, normalise: upperCase, code: true, width: 'short' },
  'stato-estero': { valid: isStatoEstero, normalise: upperCase, code: true, width: 'short' },
  provincia: { valid: isProvincia, normalise: normaliseProvincia, code: true, width: 'short' },
  telefono: { valid: isTelefono, normalise: normaliseTelefono, inputMode: 'tel', width: 'medium' },
  email: { valid: isEmail, normalise: normaliseEmail, inputMode: 'email' },
  pec: { valid: isEmail, normalise: normaliseEmail, inputMode: 'email' },
  foglio: { valid: isFoglio, normalise: upperCase, code: true, width: 'short' },
  particella: { valid: isParticella, normalise: upperCase, code: true, width: 'short' },
  subalterno: { valid: isSubalterno, normalise: compact, inputMode: 'numeric', code: true, width: 'short' },
  sezione: { valid: isSezione, normalise: upperCase, code: true, width: 'short' },
  // Hours and minutes on the wall clock; RFC 3339's `time` of ajv-formats would ask people for a zone.
  time: {
    valid: (text) => /^([01]\d|2[0-3]):[0-5]\d$/.test(text),
    normalise: (text) =>
      text.replace(
        /^(\d{1,2})[.:](\d{2})$/,
        (_, hours: string, minutes: string) => `${hours.padStart(2, '0')}:${minutes}`,
      ),
  },
  // Notice code of pagoPA: 18 digits (SANP, "numero avviso").
  'codice-avviso': {
    valid: (text) => /^[0-3]\d{17}$/.test(text),
    normalise: compact,
    inputMode: 'numeric',
    code: true,
  },
  // Identifier of a stored document; whether it belongs to this draft is checked by who stores documents.
  allegato: { valid: (text) => /^[\w-]{22}$/.test(text) },
}

/** Dates that the day of filling in limits; the day is today's in Rome. */
export const DATE_FORMATS = ['date', 'data-passata', 'data-futura'] as const

export const isDateFormat = (format: string | null): boolean => DATE_FORMATS.some((name) => name === format)
