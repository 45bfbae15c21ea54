import type { FilingStore, Submitted } from './filing.ts'

/** The filing that a task names. Throws when there is none that was submitted: the task then waits for somebody to look. */
export async function filingOfTask(store: FilingStore, municipality: string, id: unknown): Promise<Submitted> {
  const filing = await store.find(municipality, String(id))
  if (!filing || filing.state === 'draft') throw new Error('The task names a filing that was not submitted')
  return filing
}
