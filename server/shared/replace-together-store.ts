import type { Collection, mongo } from 'mongoose'
import { byTurn } from './by-turn.ts'
import { isDatabaseAway } from './database-failure.ts'

type Replacement<Row> = Readonly<{ read: mongo.Filter<Row>; row: Row }>
type Asker<Row> = Replacement<Row> & Readonly<{ answer: (isReplaced: boolean) => void; fail: (error: unknown) => void }>

const AS_IT_IS = { ignoreUndefined: true } as const

/**
 * Replaces rows, each over the state that was read of it, those of one turn of the event loop by one command: ten at once cost the
 * database and its journal little more than one.
 *
 * The command tells how many rows it met, not which. Almost always these are all; if not, or if the database refused one of them, each is
 * replaced by itself: what the command had replaced before is then met no more, but stands there as it was to be.
 * @returns whether the row was met in the state `read`, as `replaceOne` would say; two that want the same of one row are both told so
 */
export function replaceTogether<Row extends { _id: string }>(
  rows: Collection<Row>,
): (read: mongo.Filter<Row>, row: Row) => Promise<boolean> {
  async function replaceAll(askers: readonly Asker<Row>[]): Promise<void> {
    try {
      if (await areAllMet(askers)) {
        for (const { answer } of askers) answer(true)
        return
      }
    } catch (error) {
      if (isDatabaseAway(error)) {
        for (const { fail } of askers) fail(error)
        return
      }
    }
    await Promise.all(askers.map((asker) => isMet(asker).then(asker.answer, asker.fail)))
  }

  async function areAllMet(replacements: readonly Replacement<Row>[]): Promise<boolean> {
    const operations = replacements.map(({ read: filter, row: replacement }) => ({
      replaceOne: { filter, replacement },
    }))
    const { matchedCount } = await rows.bulkWrite(operations, { ...AS_IT_IS, ordered: false })
    return matchedCount === replacements.length
  }

  async function isMet({ read, row }: Replacement<Row>): Promise<boolean> {
    if ((await rows.replaceOne(read, row, AS_IT_IS)).matchedCount === 1) return true
    const stored = await rows.findOne({ _id: row._id } as mongo.Filter<Row>)
    return JSON.stringify(stored) === JSON.stringify(row)
  }

  const ask = byTurn<Asker<Row>>((askers) => void replaceAll(askers))
  return (read, row) => new Promise((answer, fail) => ask({ read, row, answer, fail }))
}
