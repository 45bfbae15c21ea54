/** Characters that all faces have, in NFC and not invisible: a text of nothing else is drawn as it is. */
const COMMON = /^[\n -~\u00a0-\u00ac\u00ae-\u00ff‘’“”–—•…€]*$/

/** What word processors write of themselves and people paste, in the signs that the faces have. */
const OTHERWISE: Readonly<Record<string, string>> = {
  ...{ '\u2010': '-', '\u2011': '-', '\u2012': '–', '\u2015': '—', '′': "'", '″': '"' },
  ...{ '≥': '>=', '≤': '<=', '≠': '=/=', '→': '->', '←': '<-', '⇒': '=>', '‰': ' per mille' },
  ...{ '✓': '[x]', '✔': '[x]', '☑': '[x]', '☒': '[x]', '☐': '[ ]' },
  ...{ '▪': '•', '■': '•', '●': '•', '◦': '•', '○': '•', '❖': '•', '➢': '•' },
}

/**
 * A character without a glyph would be drawn as an empty box, which PDF/A forbids (ISO 19005-2 §6.2.11.8): another way to write it
 * takes its place, or a question mark. Texts may hold anything, and an act must not say something else than they do.
 */
export function printable(text: string, has: (character: string) => boolean): string {
  if (COMMON.test(text)) return breakable(text)
  const composed = text
    .normalize('NFC')
    .replaceAll(/\p{Cf}/gu, '')
    .replaceAll('\t', ' ')
  const drawn = Array.from(composed, (character) => {
    if (character === '\n' || has(character)) return character
    return OTHERWISE[character] ?? plainLetters(character, has) ?? '?'
  })
  return breakable(drawn.join(''))
}

/**
 * No word is so long, and no address: it is a text whose blanks all bind, or none. pdfkit's time to break it grows with the square of its
 * length, and its memory too: 20 000 binding blanks ended the thread.
 */
const breakable = (text: string): string => (text.length < 300 ? text : text.replaceAll(/[^ \n]{300}/gu, '$& '))

/** A letter without its marks, the letters of a ligature. Of a sign nothing may be lost: `≯` without its bar is `>`. */
function plainLetters(character: string, has: (character: string) => boolean): string | undefined {
  const parts = Array.from(character.normalize('NFKD').replaceAll(/(?<=\p{L}\p{M}*)\p{M}/gu, ''))
  return parts.length > 0 && parts.every(has) ? parts.join('') : undefined
}
