import { expect } from 'chai'
import { setImmediate as turn } from 'node:timers/promises'
import { startLoop } from '../../server/history/outbox-loop.ts'

describe('the lanes of the outbox', () => {
  it('look for work as many at a time as there is told of', async () => {
    let ring: () => void = () => undefined
    let [looks, waiting] = [0, 0]
    const loop = startLoop({
      step: async () => {
        looks += 1
        if (waiting === 0) return false
        waiting -= 1
        return true
      },
      watch: (given) => {
        ring = given
        return () => Promise.resolve()
      },
      failed: () => undefined,
      poll: 60_000,
      parallel: 4,
    })
    const tell = async (tasks: number): Promise<number> => {
      const before = looks
      waiting += tasks
      for (let task = 0; task < tasks; task += 1) ring()
      for (let turns = 0; turns < 10; turns += 1) await turn()
      return looks - before
    }
    await tell(0)
    expect(looks).to.equal(4)
    // Each piece is found by one look, and another finds that there are no more.
    expect(await tell(1)).to.equal(2)
    expect(await tell(4)).to.equal(8)
    expect(waiting).to.equal(0)
    await loop.stop()
  })
})
