/** The searches of a session, the last one last: an address has their number, for a name has no place in one (architecture §4). */
export type Searches<What extends object> = readonly Readonly<What & { number: number }>[]

/** Of so many the pages can still be turned: more than one has open at a counter. */
const MOST_KEPT = 10

/** The searches with one more, which comes last. */
export function withSearch<What extends object>(searches: Searches<What>, what: What): Searches<What> {
  const number = latestNumber(searches) + 1
  return [...searches.slice(1 - MOST_KEPT), { ...what, number }]
}

/** The number of the search that was made last; 0 when none was. */
export const latestNumber = (searches: Searches<object>): number => searches.at(-1)?.number ?? 0

/** The number of a search (`ricerca`) as an address has it, known to the session or not; null where it has none. */
export const searchNumberIn = ({ ricerca }: Readonly<Record<string, unknown>>): number | null =>
  typeof ricerca === 'string' && /^\d{1,9}$/.test(ricerca) ? Number(ricerca) : null

/** The one whose number an address has; undefined when it was forgotten, or is another session's. */
export const searchNumbered = <What extends object>(
  searches: Searches<What> | undefined,
  number: unknown,
): Readonly<What & { number: number }> | undefined => searches?.find((one) => String(one.number) === number)
