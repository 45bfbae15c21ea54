/**
 * Controls but line ends and tabs; half pairs and noncharacters; what turns the direction of the words around it (UAX #9); places where a
 * line may or may not end (U+00AD, 200B, 2060, FEFF): a tax code or an IBAN that is copied from a page of the web holds some.
 */
const UNSEEN = /(?![\n\t])[\p{Cc}\p{Cs}\p{Noncharacter_Code_Point}\p{Bidi_Control}\u00ad\u200b\u2060\ufeff]/gu

/** Something to read: joiners and fillers (Hangul U+115F–1160, 3164, FFA0; blank Braille U+2800) show nothing by themselves. */
const SEEN = /[^\s\p{Cf}\p{Mn}\u115f\u1160\u2800\u3164\uffa0]/u

/** More marks on one letter than any writing has. */
const HEAPED = /(\p{M}{30})\p{M}+/gu

/**
 * Unicode NFC. A letter keeps thirty marks, as in the Stream-Safe Text Format (UAX #15 §13): to put them in order takes time by the
 * square. Of 200 KB of marks, which anybody may send, everybody else waited for a quarter of a minute.
 */
export const composed = (text: string): string => text.replace(HEAPED, '$1').normalize('NFC')

/**
 * What a person typed, as they mean it: Unicode NFC, lines ended by `\n` (browsers send `\r\n`), no blanks around, nothing that cannot
 * be seen; empty if there is nothing to read. Registers, letters and mails take it as it is: there it would break an XML, print as `?`,
 * or show other words than it holds.
 */
export function plainText(typed: string): string {
  const seen = typed.replace(/\r\n?|[\u2028\u2029]/g, '\n').replace(UNSEEN, '')
  const plain = composed(seen).trim()
  return SEEN.test(plain) ? plain : ''
}

/** Characters as people, JSON Schema and the counters of our pages count them: a picture is one, though it takes two units of UTF-16. */
export const charactersIn = (text: string): number => Array.from(text).length

/** The same where one line is asked: no line ends, and no runs of blanks. */
export const plainLine = (typed: string): string => plainText(typed).replace(/\s+/g, ' ')
