import { checkLetter } from './check-letter.ts'
import { isPartitaIva } from './partita-iva.ts'

/** Two persons with the same code get one with letters for digits, from the right (omocodia, DM 23/12/1976 art. 6). */
const OMOCODIA = 'LMNPQRSTUV'
const SHAPE = /^[A-Z]{6}[0-9LMNPQRSTUV]{2}[ABCDEHLMPRST][0-9LMNPQRSTUV]{2}[A-Z][0-9LMNPQRSTUV]{3}[A-Z]$/

/** Upper case without spaces, as it is stored and compared; a company's without the `IT` of its VAT number. */
export const normaliseCodiceFiscale = (text: string): string =>
  text
    .replace(/\s/g, '')
    .toUpperCase()
    .replace(/^IT(?=\d{11}$)/, '')

/** A natural person's code of 16 characters, omocodia admitted: shape, possible day and check letter. */
export function isCodiceFiscale(text: string): boolean {
  if (!SHAPE.test(text) || checkLetter(text.slice(0, 15)) !== text[15]) return false
  const day = codedDay(text) % 40
  return day >= 1 && day <= 31
}

/**
 * A body's or company's code, or a person's provisional one: 11 digits with the check digit of the partita IVA
 * (DM 23/12/1976 art. 8).
 */
export const isCodiceFiscaleEnte = (text: string): boolean => isPartitaIva(text)

/** Day of birth, plus 40 for women. */
const codedDay = (code: string): number =>
  Number(code.slice(9, 11).replace(/[A-Z]/g, (letter) => String(OMOCODIA.indexOf(letter))))
