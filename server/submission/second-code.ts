import { createHash, timingSafeEqual } from 'node:crypto'

/** Crockford's alphabet: no I, L, O, U, which are read as others. */
const LETTERS = '0123456789ABCDEFGHJKMNPQRSTVWXYZ'
const LENGTH = 12

/** The second code of a filing, `K7QM-4TXP-9BDF`: 60 of the random bits of `id`, fit to be typed from paper. */
export function secondCodeOf(id: string): string {
  const bytes = createHash('sha256').update(id).digest().subarray(0, LENGTH)
  const letters = [...bytes].map((byte) => LETTERS[byte & 31])
  return [0, 4, 8].map((start) => letters.slice(start, start + 4).join('')).join('-')
}

/** Is what was typed that code? However it was written, and always in the same time; `code` undefined: no, in the same time too. */
export function isSecondCode(typed: string, code: string | undefined): boolean {
  const same = timingSafeEqual(digest(plain(typed)), digest(plain(code ?? '')))
  return same && code !== undefined
}

const plain = (text: string): string =>
  text
    .toUpperCase()
    .replaceAll(/[^0-9A-Z]/g, '')
    .replaceAll('O', '0')
    .replaceAll(/[IL]/g, '1')

const digest = (text: string): Buffer => createHash('sha256').update(text).digest()
