import { expect } from 'chai'
import { createTurns } from '../../server/shared/gate.ts'

describe('turns', () => {
  it('go round: one piece of work for each person, and then the next of whoever has more', async () => {
    const turns = createTurns(2)
    const begun: string[] = []
    const ends = new Map<string, () => void>()
    const done = ['a1', 'a2', 'a3', 'b1', 'b2', 'c1', 'd1'].map((name) =>
      turns(name.charAt(0), async () => {
        begun.push(name)
        await new Promise<void>((end) => ends.set(name, end))
        if (name === 'a2') throw new Error('It does not matter how it ends')
      }).catch(() => undefined),
    )
    const inside: string[][] = []
    const othersBegin = () => new Promise(setImmediate)
    await othersBegin()
    while (begun.length < done.length) {
      inside.push([...ends.keys()])
      const [first = ''] = ends.keys()
      ends.get(first)?.()
      ends.delete(first)
      await othersBegin()
    }
    expect(inside).to.deep.equal([
      ['a1', 'b1'],
      ['b1', 'a2'],
      ['a2', 'b2'],
      ['b2', 'c1'],
      ['c1', 'd1'],
    ])
    for (const end of ends.values()) end()
    await Promise.all(done)
    expect(begun).to.deep.equal(['a1', 'b1', 'a2', 'b2', 'c1', 'd1', 'a3'])
  })
})
