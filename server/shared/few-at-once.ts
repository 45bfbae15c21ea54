/**
 * Counts what persons have under way in this process. Who begins is given what ends it; nothing is given to whoever has `most`
 * already: the others are then told to wait, for no queue keeps a hundred connections of one person open.
 */
export function createFewAtOnce(most: number): (person: string) => (() => void) | undefined {
  const underWay = new Map<string, number>()
  const change = (person: string, by: number): void => {
    const count = (underWay.get(person) ?? 0) + by
    if (count > 0) underWay.set(person, count)
    else underWay.delete(person)
  }

  return (person) => {
    if ((underWay.get(person) ?? 0) >= most) return undefined
    change(person, 1)
    return () => change(person, -1)
  }
}
