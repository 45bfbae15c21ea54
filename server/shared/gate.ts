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

/**
 * A gate at which persons take turns: each has at most one piece of work inside, and whoever has many waiting has them one a round.
 * A hundred pieces from one person cost any other the wait for one.
 */
export function createTurns(most: number): <T>(person: string, work: () => Promise<T>) => Promise<T> {
  const inside = new Set<string>()
  /** By person, in the order of their turns. */
  const waiting = new Map<string, readonly (() => void)[]>()

  function letIn(): void {
    for (const [person, [enter, ...others]] of waiting) {
      if (inside.size >= most) return
      if (inside.has(person)) continue
      inside.add(person)
      waiting.delete(person)
      if (others.length > 0) waiting.set(person, others)
      enter?.()
    }
  }

  return async (person, work) => {
    await new Promise<void>((enter) => {
      waiting.set(person, [...(waiting.get(person) ?? []), enter])
      letIn()
    })
    try {
      return await work()
    } finally {
      inside.delete(person)
      letIn()
    }
  }
}
