import { expect } from 'chai'
import type { mongo } from 'mongoose'
import { createInTransaction, sessionOf } from '../../server/shared/transaction-store.ts'
import { connectDatabase } from '../../server/database.ts'

describe('a transaction', () => {
  it('sees at least what was read and written before it', async () => {
    const uri = new URL(process.env['TEST_MONGODB_URI'] ?? '')
    uri.pathname = '/transaction'
    uri.searchParams.set('monitorCommands', 'true')
    const connection = await connectDatabase(uri.href)
    try {
      const rows = connection.collection('rows')
      const begun: mongo.CommandStartedEvent[] = []
      const written: mongo.Timestamp[] = []
      connection.getClient().on('commandStarted', (event) => {
        if (event.command['startTransaction'] === true) begun.push(event)
      })
      connection.getClient().on('commandSucceeded', ({ commandName, reply }) => {
        if (commandName === 'insert') written.push((reply as { operationTime: mongo.Timestamp }).operationTime)
      })
      await rows.insertOne({})
      await createInTransaction(connection)((tx) => rows.findOne({}, { session: sessionOf(tx) }))
      const concern = begun[0]?.command['readConcern'] as { level: string; afterClusterTime?: mongo.Timestamp }
      expect(concern.level).to.equal('snapshot')
      expect(concern.afterClusterTime?.compare(written[0]!)).to.be.at.least(0)
    } finally {
      await connection.dropDatabase()
      await connection.close()
    }
  })
})
