/** Digits only: `P. IVA IT 00488410010` as people copy it → `00488410010`. */
export const normalisePartitaIva = (text: string): string =>
  text
    .replace(/[\s.:-]/g, '')
    .toUpperCase()
    .replace(/^(PIVA|PARTITAIVA)?(IT)?/, '')

/** 11 digits with a Luhn check digit (DPR 633/1972 art. 35; DM 23/12/1976 art. 8). */
export function isPartitaIva(text: string): boolean {
  if (!/^\d{11}$/.test(text) || text === '00000000000') return false
  const sum = Array.from(text).reduce((total, digit, index) => total + luhn(Number(digit), index % 2 === 1), 0)
  return sum % 10 === 0
}

function luhn(digit: number, doubled: boolean): number {
  if (!doubled) return digit
  return digit > 4 ? digit * 2 - 9 : digit * 2
}
