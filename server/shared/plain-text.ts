/** Controls but line ends and tabs; half pairs and noncharacters; what turns the direction of the words around it (UAX #9). */
const UNSEEN = /(?![\n\t])[\p{Cc}\p{Cs}\p{Noncharacter_Code_Point}\p{Bidi_Control}]/gu

/**
 * What a person typed, as they mean it: Unicode NFC, lines ended by `\n` (browsers send `\r\n`), no blanks around, nothing that cannot
 * be seen. Registers, letters and mails take it as it is: there it would break an XML, print as `?`, or show other words than it holds.
 */
export const plainText = (typed: string): string =>
  typed
    .normalize('NFC')
    .replace(/\r\n?|[\u2028\u2029]/g, '\n')
    .replace(UNSEEN, '')
    .trim()

/** The same where one line is asked: no line ends, and no runs of blanks. */
export const plainLine = (typed: string): string => plainText(typed).replace(/\s+/g, ' ')
