import { expect } from 'chai'
import { mock } from 'node:test'
import { setImmediate as turn } from 'node:timers/promises'
import { startLoop } from '../../server/history/outbox-loop.ts'

const POLL = 60_000

describe('the lanes of the outbox', () => {
  let ring: () => void = () => undefined
  let [looks, waiting] = [0, 0]

  beforeEach(() => {
    mock.timers.enable({ apis: ['setInterval'] })
    ;[looks, waiting] = [0, 0]
  })
  afterEach(() => mock.timers.reset())

  const lanes = () =>
    startLoop({
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
      poll: POLL,
      parallel: 4,
    })

  /** How many looks that makes, once nobody looks any more. */
  async function looksFor(what: () => void): Promise<number> {
    const before = looks
    what()
    for (let turns = 0; turns < 10; turns += 1) await turn()
    return looks - before
  }

  const tell = (tasks: number) =>
    looksFor(() => {
      waiting += tasks
      for (let task = 0; task < tasks; task += 1) ring()
    })

  it('look for work as many at a time as there is told of', async () => {
    const loop = lanes()
    expect(await tell(0)).to.equal(0)
    expect(looks).to.equal(4)
    // Each piece is found by one look, and another finds that there are no more.
    expect(await tell(1)).to.equal(2)
    expect(await tell(4)).to.equal(8)
    expect(waiting).to.equal(0)
    await loop.stop()
  })

  it('look one at a poll while nobody tells of work, and find all that there is', async () => {
    const loop = lanes()
    await tell(0)
    expect(await looksFor(() => mock.timers.tick(POLL))).to.equal(1)
    waiting = 3
    expect(await looksFor(() => mock.timers.tick(POLL))).to.equal(4)
    expect(waiting).to.equal(0)
    await loop.stop()
    expect(await looksFor(() => mock.timers.tick(POLL))).to.equal(0)
  })
})
