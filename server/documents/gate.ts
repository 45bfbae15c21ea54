/** Lets `most` pieces of work through at a time; the others wait in order of arrival. */
export function createGate(most: number): <T>(work: () => Promise<T>) => Promise<T> {
  const waiting: (() => void)[] = []
  let inside = 0

  return async (work) => {
    if (inside < most) inside += 1
    else await new Promise<void>((enter) => waiting.push(enter))
    try {
      return await work()
    } finally {
      const next = waiting.shift()
      // Who leaves hands the place on, so nobody can slip in between.
      if (next) next()
      else inside -= 1
    }
  }
}
