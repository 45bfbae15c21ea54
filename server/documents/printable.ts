/** Characters that all faces have, in NFC and not invisible: a text of nothing else is drawn as it is. */
const COMMON = /^[\n -~\u00a0-\u00ac\u00ae-\u00ff‘’“”–—•…€]*$/

/** What word processors write of themselves, in the signs of the document's own face. */
const OTHERWISE: Readonly<Record<string, string>> = {
  '\u2010': '-',
  '\u2011': '-',
  '\u2012': '–',
  '\u2015': '—',
  '′': "'",
  '″': '"',
}

export const isCommon = (text: string): boolean => COMMON.test(text)

/**
 * A text as it can be drawn. A character without a glyph would be an empty box, which PDF/A forbids (ISO 19005-2 §6.2.11.8): another way
 * to write it takes its place, or its code point. Texts may hold anything, and an act must not say something else than they do.
 */
export function printable(text: string, has: (character: string) => boolean): string {
  if (isCommon(text)) return breakable(text)
  const composed = text
    .normalize('NFC')
    .replaceAll(/\r\n?|[\v\f\u0085\u2028\u2029]/g, '\n')
    .replaceAll('\t', ' ')
    .replaceAll(INVISIBLE, '')
  const drawn = Array.from(composed, (character) => {
    const own = OTHERWISE[character]
    if (own !== undefined) return own
    if (character === '\n' || (MEANS_SOMETHING.test(character) && has(character))) return character
    return plainLetters(character, has) ?? codePoint(character)
  })
  return breakable(drawn.join('').replaceAll(BEFORE_BREAK, `$&${MAY_BREAK}`))
}

/** They are not drawn, and those that turn the order of reading would let a name show another; but Persian joins no letters over a ZWNJ. */
const INVISIBLE = /(?![\u200c\u200d])\p{Default_Ignorable_Code_Point}|(?<!\p{Script=Arabic})[\u200c\u200d]/gu

/** Neither a control, nor half a character, nor one that means what its font wants (ISO 19005-2 §6.2.11.7.3). */
const MEANS_SOMETHING = /[^\p{Cc}\p{Cs}\p{Co}\p{Cn}]/u

/** A letter without its marks, the letters of a ligature. Of a sign nothing may be lost: `≯` without its bar is `>`. */
function plainLetters(character: string, has: (character: string) => boolean): string | undefined {
  const parts = Array.from(character.normalize('NFKD').replaceAll(/(?<=\p{L}\p{M}*)\p{M}/gu, ''))
  return parts.length > 0 && parts.every((part) => MEANS_SOMETHING.test(part) && has(part)) ? parts.join('') : undefined
}

/** As the Unicode Standard writes it (appendix A), for whoever wants to look it up. */
const codePoint = (character: string): string =>
  `[U+${(character.codePointAt(0) ?? 0).toString(16).toUpperCase().padStart(4, '0')}]`

/**
 * No word is so long, and no address: it is a text whose blanks all bind, or none. pdfkit's time to break it grows with the square of its
 * length, and its memory too: 20 000 binding blanks ended the thread.
 */
const breakable = (text: string): string => (text.length < 300 ? text : text.replaceAll(/[^ \n]{300}/gu, '$& '))

/** ZERO WIDTH SPACE: not drawn. */
export const MAY_BREAK = '\u200b'

/** pdfkit cuts a word that fills a line anywhere, also through the two halves of a character beyond U+FFFF. */
const BEFORE_BREAK =
  /[\u{10000}-\u{10ffff}](?=[\u{10000}-\u{10ffff}])(?!\p{M}|\p{Emoji_Modifier}|\p{Regional_Indicator})/gu
