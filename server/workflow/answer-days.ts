import type { Listed, SubmittedState } from '../filings/index.ts'
import type { History } from '../history/index.ts'
import type { IsoDate } from '../shared/dates.ts'
import { lastDayFor } from './workflow.ts'

/** States in which the office waits for the person. */
export const WAITING: readonly SubmittedState[] = ['waiting-integration', 'refusal-announced']

/** The last day to answer of those filings of a list that wait for whoever filed, by their id. */
export async function answerDays(
  history: Pick<History, 'of'>,
  listed: readonly Listed[],
): Promise<ReadonlyMap<string, IsoDate>> {
  const waiting = listed.flatMap((row) => (row.state !== 'draft' && WAITING.includes(row.state) ? row : []))
  const days = waiting.map(async (row): Promise<[string, IsoDate]> => {
    return [row.id, row.answerBy ?? lastDayFor(row, await history.of(row.municipality, row.id))]
  })
  return new Map(await Promise.all(days))
}
