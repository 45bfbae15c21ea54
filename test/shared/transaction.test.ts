import { expect } from 'chai'
import type { mongo } from 'mongoose'
import { connectDatabase } from '../../server/database.ts'
import { AppError } from '../../server/errors.ts'
import { createInTransaction, sessionOf } from '../../server/shared/transaction-store.ts'

describe('a transaction', () => {
  let connection: Awaited<ReturnType<typeof connectDatabase>>
  const begun: mongo.CommandStartedEvent[] = []
  const rows = () => connection.collection<{ _id: string; count: number }>('rows')

  before(async () => {
    const uri = new URL(process.env['TEST_MONGODB_URI'] ?? '')
    uri.pathname = '/transaction'
    uri.searchParams.set('monitorCommands', 'true')
    connection = await connectDatabase(uri.href)
    connection.getClient().on('commandStarted', (event) => {
      if (event.command['startTransaction'] === true) begun.push(event)
    })
  })
  beforeEach(async () => {
    await rows().deleteMany({})
    await rows().insertOne({ _id: 'row', count: 0 })
    begun.length = 0
  })
  after(() => connection.close())

  it('refuses nothing for a snapshot that lacks what was written before it', async () => {
    const seen: number[] = []
    await createInTransaction(connection)(async (transaction) => {
      const row = await rows().findOne({ _id: 'row' }, { session: sessionOf(transaction) })
      seen.push(row?.count ?? NaN)
      if (row?.count === 1) return
      await rows().updateOne({ _id: 'row' }, { $inc: { count: 1 } })
      throw new AppError('CONFLICT', 'Of an older row')
    })
    expect(seen).to.deep.equal([0, 1])
    const [first, second] = begun.map(({ command }) => command['readConcern'] as mongo.ReadConcernLike)
    expect(first).to.deep.equal({ level: 'snapshot' })
    expect(second, 'waits for the write').to.have.property('afterClusterTime')
  })

  it('refuses what is refused again, and keeps nothing of it', async () => {
    const refused = await createInTransaction(connection)(async (transaction) => {
      await rows().updateOne({ _id: 'row' }, { $inc: { count: 1 } }, { session: sessionOf(transaction) })
      throw new AppError('CONFLICT', 'Anyway')
    }).catch((error: unknown) => error)
    expect(refused).to.have.property('code', 'CONFLICT')
    expect(begun).to.have.length(2)
    expect(await rows().findOne({ _id: 'row' })).to.have.property('count', 0)
  })

  for (const failure of [
    new TypeError('A mistake of ours'),
    new AppError('UPSTREAM_UNAVAILABLE', 'A register is away'),
  ]) {
    it(`does not look again for this: ${failure.message}`, async () => {
      const failed = await createInTransaction(connection)(async (transaction) => {
        await rows().findOne({}, { session: sessionOf(transaction) })
        throw failure
      }).catch((error: unknown) => error)
      expect(failed).to.equal(failure)
      expect(begun).to.have.length(1)
    })
  }
})
