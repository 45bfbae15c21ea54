import type { FilingService, Submitted } from '../filings/index.ts'
import type { DeadTask, Outbox } from '../history/index.ts'

type Deps = Readonly<{
  outbox: Pick<Outbox, 'dead' | 'retryingCount' | 'revive'>
  filings: Pick<FilingService, 'sent'>
}>

/** A task that was given up, and the filing that it was to follow, if it is one that was sent. */
export type GivenUp = Readonly<{ task: DeadTask; filing: Submitted | null }>
export type GivenUpList = Readonly<{ all: readonly GivenUp[]; total: number; retrying: number }>
export type GivenUpWork = ReturnType<typeof createGivenUpService>

/** What was to follow a commit and did not for three days; each municipality's own. */
export function createGivenUpService({ outbox, filings }: Deps) {
  return {
    async list(municipality: string, page: number): Promise<GivenUpList> {
      const [{ tasks, total }, retrying] = await Promise.all([
        outbox.dead(municipality, page),
        outbox.retryingCount(municipality),
      ])
      const sent = await filings.sent(municipality, [...new Set(tasks.flatMap((task) => filingOf(task) ?? []))])
      const all = tasks.map((task) => ({ task, filing: sent.find(({ id }) => id === filingOf(task)) ?? null }))
      return { all, total, retrying }
    },
    /** Tries one again, or all. What is no longer given up, as after a second press, stays as it is. */
    retry: (municipality: string, id?: string): Promise<number> =>
      outbox.revive({ municipality, ...(id !== undefined && { id }) }),
  }
}

const filingOf = ({ payload: { filing } }: DeadTask): string | null => (typeof filing === 'string' ? filing : null)
