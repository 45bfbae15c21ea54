/**
 * Runs `work` for one after the other, whatever fails on the way. At the end throws an Error with the first failure as its
 * cause.
 */
export async function forEach<One>(
  all: Iterable<One> | AsyncIterable<One>,
  work: (one: One) => Promise<unknown>,
): Promise<void> {
  const failures: unknown[] = []
  let count = 0
  for await (const one of all) {
    count += 1
    await work(one).catch((error: unknown) => failures.push(error))
  }
  if (failures.length > 0) throw new Error(`Failed for ${failures.length} of ${count}`, { cause: failures[0] })
}
