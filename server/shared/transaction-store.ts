import type { ClientSession, Connection, mongo } from 'mongoose'
import type { InTransaction, Transaction } from './transaction.ts'

/** Transactions over one connection. `work` is retried by the driver on a transient conflict, so it must be free of outside effects. */
export function createInTransaction(connection: Connection): InTransaction {
  return async (work) => {
    const session = await connection.startSession()
    // It is to see what was read before it. By itself it may see less: nothing that came after a write which is still under way
    // somewhere else, and whoever acts would be told that somebody changed what they had opened.
    const seen = lastSeen(connection)
    if (seen) session.advanceOperationTime(seen)
    try {
      return await session.withTransaction(() => work(session as unknown as Transaction), {
        readConcern: { level: 'snapshot' },
        writeConcern: { w: 'majority', journal: true },
      })
    } finally {
      await session.endSession()
    }
  }
}

/** The time of the last write of which the database has told this process; not in the driver's published types. */
function lastSeen(connection: Connection): mongo.Timestamp | undefined {
  const { topology } = connection.getClient() as unknown as {
    topology?: { clusterTime?: { clusterTime: mongo.Timestamp } }
  }
  return topology?.clusterTime?.clusterTime
}

/** What a store passes to mongoose as `{ session }`; `null` outside a transaction. */
export function sessionOf(transaction: Transaction): ClientSession
export function sessionOf(transaction: Transaction | undefined): ClientSession | null
export function sessionOf(transaction: Transaction | undefined): ClientSession | null {
  return (transaction as unknown as ClientSession | undefined) ?? null
}
