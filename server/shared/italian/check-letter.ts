/**
 * The check letter of the codice fiscale (DM 23/12/1976 art. 7) and of the bank CIN (ABI standard): the same tables.
 * Characters in odd places (1st, 3rd…) weigh as below, in even places their own value (digit, or A = 0…Z = 25);
 * the sum modulo 26 is the letter.
 */
const ODD_WEIGHTS = [1, 0, 5, 7, 9, 13, 15, 17, 19, 21, 2, 4, 18, 20, 11, 3, 6, 8, 12, 14, 16, 10, 22, 25, 24, 23]
const A = 65

/** `text` holds only digits and upper-case letters. */
export function checkLetter(text: string): string {
  const sum = Array.from(text).reduce((total, character, index) => total + weight(character, index % 2 === 0), 0)
  return String.fromCharCode(A + (sum % 26))
}

function weight(character: string, odd: boolean): number {
  const value = character >= 'A' ? character.charCodeAt(0) - A : Number(character)
  return odd ? (ODD_WEIGHTS[value] ?? 0) : value
}
