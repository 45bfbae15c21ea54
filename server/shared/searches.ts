/** The searches of a session, the last one last: an address has their number, for a name has no place in one (architecture §4). */
export type Searches<What extends object> = readonly Readonly<What & { number: number }>[]

/** Of so many the pages can still be turned: more than one has open at a counter. */
const MOST_KEPT = 10

/** The searches with one more, which comes last. */
export function withSearch<What extends object>(searches: Searches<What>, what: What): Searches<What> {
  const number = (searches.at(-1)?.number ?? 0) + 1
  return [...searches.slice(1 - MOST_KEPT), { ...what, number }]
}

/** The one whose number an address has; undefined when it was forgotten, or is another session's. */
export const searchNumbered = <What extends object>(
  searches: Searches<What> | undefined,
  number: unknown,
): Readonly<What & { number: number }> | undefined => searches?.find((one) => String(one.number) === number)
