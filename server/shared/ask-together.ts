import { byTurn } from './by-turn.ts'

type Asker<Row> = Readonly<{ id: string; answer: (row: Row | undefined) => void; fail: (error: unknown) => void }>

/**
 * Reads rows by their id, those asked for within one turn of the event loop by one query: a query for ten costs the database and its
 * driver little more than one for one, so a busy process spends less on each, and an idle one waits for nobody. Nothing is
 * remembered: each answer is as fresh as a query of its own, and an object of its own, that whoever asked may change.
 * @param find the rows that there are, plain data in any order; if it fails, all who asked are told so
 * @returns the row with that id, undefined if there is none
 */
export function askTogether<Row extends { _id: string }>(
  find: (ids: string[]) => Promise<readonly Row[]>,
): (id: string) => Promise<Row | undefined> {
  async function answerAll(askers: readonly Asker<Row>[]): Promise<void> {
    try {
      const rows = await find([...new Set(askers.map(({ id }) => id))])
      const found = new Map(rows.map((row) => [row._id, row]))
      const given = new Set<string>()
      for (const { id, answer } of askers) {
        const row = found.get(id)
        answer(given.has(id) ? structuredClone(row) : row)
        given.add(id)
      }
    } catch (error) {
      for (const { fail } of askers) fail(error)
    }
  }

  const ask = byTurn<Asker<Row>>((askers) => void answerAll(askers))
  return (id) => new Promise((answer, fail) => ask({ id, answer, fail }))
}
