import { expect } from 'chai'
import type { Collection } from 'mongoose'
import { replaceTogether } from '../../server/shared/replace-together-store.ts'
import { testDatabase } from '../support/database.ts'

type Row = { _id: string; revision: number; text: string; at: Date; note?: string | undefined }

describe('rows replaced together', () => {
  const database = testDatabase()
  const at = new Date('2026-03-02T09:00:00Z')
  let rows: Collection<Row>
  /** How many rows each command was about. */
  let commands: number[]

  beforeEach(async () => {
    rows = database.connection.collection<Row>('replaced')
    await rows.deleteMany({})
    await rows.insertMany(['a', 'b', 'c'].map((_id) => ({ _id, revision: 0, text: 'as begun', at })))
    commands = []
    const bulkWrite = rows.bulkWrite.bind(rows)
    rows.bulkWrite = (operations, options) => {
      commands.push(operations.length)
      return bulkWrite(operations, options)
    }
  })

  afterEach(() => {
    Reflect.deleteProperty(rows, 'bulkWrite')
  })

  const next = (_id: string, text: string, revision = 0): [Partial<Row>, Row] => [
    { _id, revision },
    { _id, revision: revision + 1, text, at, note: undefined },
  ]
  const textOf = async (_id: string) => (await rows.findOne({ _id }))?.text

  it('go by one command for a turn of the event loop', async () => {
    const replace = replaceTogether(rows)
    expect(await Promise.all(['a', 'b', 'c'].map((id) => replace(...next(id, `new ${id}`))))).to.deep.equal([
      true,
      true,
      true,
    ])
    expect(await rows.find().sort({ _id: 1 }).toArray()).to.deep.equal(
      ['a', 'b', 'c'].map((_id) => ({ _id, revision: 1, text: `new ${_id}`, at })),
    )
    expect(await replace(...next('a', 'newer', 1))).to.equal(true)
    expect(commands).to.deep.equal([3, 1])
  })

  it('are told apart from those that somebody else had changed or removed', async () => {
    await rows.replaceOne({ _id: 'b' }, { revision: 1, text: 'of another tab', at })
    await rows.deleteOne({ _id: 'c' })
    const replace = replaceTogether(rows)
    const outcomes = await Promise.all(['a', 'b', 'c'].map((id) => replace(...next(id, 'mine'))))
    expect(outcomes).to.deep.equal([true, false, false])
    expect(await textOf('a')).to.equal('mine')
    expect(await textOf('b')).to.equal('of another tab')
    expect(await textOf('c')).to.equal(undefined)
  })

  it('are won by one of two that want different things of one row in the same turn', async () => {
    const replace = replaceTogether(rows)
    const outcomes = await Promise.all(['first', 'second'].map((text) => replace(...next('a', text))))
    expect(outcomes.filter(Boolean)).to.have.length(1)
    expect(await textOf('a')).to.equal(outcomes[0] ? 'first' : 'second')
  })

  it('fail alone when the database refuses one of them', async () => {
    const replace = replaceTogether(rows)
    const huge = 'x'.repeat(17_000_000)
    const [huger, other] = await Promise.allSettled([replace(...next('a', huge)), replace(...next('b', 'mine'))])
    expect(huger).to.have.property('status', 'rejected')
    expect(other).to.deep.equal({ status: 'fulfilled', value: true })
    expect(await textOf('a')).to.equal('as begun')
    expect(await textOf('b')).to.equal('mine')
  })

  it('fail for all who asked together when the database is away, without asking it again', async () => {
    const away = Object.assign(new Error('connection refused'), { name: 'MongoNetworkError' })
    let asked = 0
    const gone = { bulkWrite: () => Promise.reject(away), replaceOne: () => (asked += 1) } as unknown as typeof rows
    const replace = replaceTogether(gone)
    const outcomes = await Promise.allSettled(['a', 'b'].map((id) => replace(...next(id, 'mine'))))
    expect(outcomes).to.deep.equal([away, away].map((reason) => ({ status: 'rejected', reason })))
    expect(asked).to.equal(0)
  })
})
