/** Milliseconds: what takes one where nothing else runs may take ten seconds beside three other files and the check of the types. */
const PATIENCE = 20_000

/** The background work has its own pace. */
export async function eventually(check: () => Promise<unknown>): Promise<void> {
  const until = Date.now() + PATIENCE
  for (;;) {
    try {
      await check()
      return
    } catch (error) {
      if (Date.now() > until) throw error
      await new Promise((resolve) => setTimeout(resolve, 50))
    }
  }
}
