import { checkLetter } from './check-letter.ts'

/** Lengths by country, from the SWIFT IBAN registry. */
const LENGTHS: ReadonlyMap<string, number> = new Map(
  Object.entries({
    15: 'NO',
    16: 'BE',
    18: 'DK FI FK FO GL NL SD',
    19: 'MK SI',
    20: 'AT BA EE KZ LT LU MN XK',
    21: 'CH HR LI LV',
    22: 'BG BH CR DE GB GE IE ME RS VA',
    23: 'AE GI IL IQ OM SO TL',
    24: 'AD CZ ES MD PK RO SA SE SK TN VG',
    25: 'LY PT ST',
    26: 'IS TR',
    27: 'BI DJ FR GR IT MC MR SM',
    28: 'AL AZ BY CY DO GT HN HU LB NI PL SV',
    29: 'BR EG PS QA UA',
    30: 'JO KW MU YE',
    31: 'MT SC',
    32: 'LC',
    33: 'RU',
  }).flatMap(([length, countries]) =>
    countries.split(' ').map((country): [string, number] => [country, Number(length)]),
  ),
)

/** Italy and San Marino: CIN letter, ABI, CAB, 12 characters of account. */
const ITALIAN = /^(IT|SM)\d{2}[A-Z]\d{10}[0-9A-Z]{12}$/

/** Upper case without spaces, as it is stored; `IBAN: IT60 X054-2811…` as people copy it from a letter of their bank. */
export const normaliseIban = (text: string): string =>
  text
    .replace(/[\s.:-]/g, '')
    .toUpperCase()
    .replace(/^IBAN/, '')

/** In groups of four, as it is printed (ISO 13616). */
export const formatIban = (iban: string): string => iban.replace(/(.{4})(?=.)/g, '$1 ')

/** ISO 13616: country, length, check digits; for Italian accounts also the CIN. */
export function isIban(text: string): boolean {
  if (!/^[A-Z]{2}\d{2}[0-9A-Z]{11,30}$/.test(text)) return false
  const country = text.slice(0, 2)
  if (LENGTHS.get(country) !== text.length || remainder97(text.slice(4) + text.slice(0, 4)) !== 1) return false
  return country === 'IT' || country === 'SM' ? hasValidCin(text) : true
}

const hasValidCin = (iban: string): boolean => ITALIAN.test(iban) && checkLetter(iban.slice(5)) === iban[4]

/** ISO 7064 mod 97-10, letters as A = 10…Z = 35. */
function remainder97(text: string): number {
  let remainder = 0
  for (const character of text) {
    const value = parseInt(character, 36)
    remainder = (remainder * (value > 9 ? 100 : 10) + value) % 97
  }
  return remainder
}
