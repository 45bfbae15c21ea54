import { searchWords } from '../protocol/index.ts'

/** The searches by name of a session: an address has their number, for a name has no place in one. */
export type DeskSearches = readonly Readonly<{ number: number; name: string }>[]

/** Of so many the pages can still be turned: more than one has open at a counter. */
const MOST_KEPT = 10

/** The searches with one more, which comes last. */
export function withSearch(searches: DeskSearches, name: string): DeskSearches {
  const number = (searches.at(-1)?.number ?? 0) + 1
  return [...searches.slice(1 - MOST_KEPT), { number, name }]
}

/** A single letter is nobody's name, and in many a name: «D’Angelo». */
export const isName = (text: string): boolean => searchWords(text).some((word) => word.length > 1)
