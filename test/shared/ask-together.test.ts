import { expect } from 'chai'
import { setImmediate as nextTurn } from 'node:timers/promises'
import { askTogether } from '../../server/shared/ask-together.ts'

describe('rows asked for together', () => {
  type Row = { _id: string; read: number }
  let asked: string[][]
  let stored: string[]

  const ask = () => {
    asked = []
    stored = ['a', 'b', 'c']
    return askTogether<Row>(async (ids) => {
      asked.push(ids)
      const found = stored.filter((id) => ids.includes(id)).map((_id) => ({ _id, read: asked.length }))
      await nextTurn()
      return found.reverse()
    })
  }

  it('are read by one query for a turn of the event loop, and each comes to whoever asked for it', async () => {
    const one = ask()
    const rows = await Promise.all([one('a'), one('missing'), one('c')])
    expect(rows.map((row) => row?._id)).to.deep.equal(['a', undefined, 'c'])
    expect(asked).to.deep.equal([['a', 'missing', 'c']])
  })

  it('are read anew for whoever asks later', async () => {
    const one = ask()
    const first = one('a')
    await nextTurn()
    stored = []
    expect(await one('a')).to.equal(undefined)
    expect(await first).to.include({ _id: 'a' })
    expect(asked).to.have.length(2)
  })

  it('are never one object for two', async () => {
    const one = ask()
    const [first, second, other] = await Promise.all([one('a'), one('a'), one('b')])
    expect(first).to.deep.include({ _id: 'a' })
    expect(second).to.deep.include({ _id: 'a' })
    expect(first).not.to.equal(second)
    expect(other).to.include({ _id: 'b' })
    expect(asked).to.deep.equal([['a', 'b']])
  })

  it('fail for all who asked together, and for nobody after them', async () => {
    let away = true
    const one = askTogether<Row>(async (ids) => {
      await nextTurn()
      if (away) throw new Error('The database is away')
      return ids.map((_id) => ({ _id, read: 1 }))
    })
    const outcomes = await Promise.allSettled([one('a'), one('b')])
    expect(outcomes.map(({ status }) => status)).to.deep.equal(['rejected', 'rejected'])
    away = false
    expect(await one('a')).to.include({ _id: 'a' })
  })
})
