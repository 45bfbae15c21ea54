import type { ClientSession, Connection } from 'mongoose'
import { AppError } from '../errors.ts'
import type { InTransaction, Transaction } from './transaction.ts'

/**
 * Transactions over one connection. `work` is retried by the driver on a transient conflict, so it must be free of outside effects.
 * A snapshot ends before the first write that is still under way anywhere, so it may lack what the same request read a moment before
 * (MongoDB, "Read Concern snapshot"): what is refused inside is looked at once more, in a snapshot that has all of it.
 */
export function createInTransaction(connection: Connection): InTransaction {
  return async (work) => {
    // Not mongoose's own: while it takes the database for gone that waits for ten seconds, and fails in words of its own.
    const session = connection.getClient().startSession()
    const run = () =>
      session.withTransaction(() => work(session as unknown as Transaction), {
        readConcern: { level: 'snapshot' },
        writeConcern: { w: 'majority', journal: true },
      })
    try {
      return await run().catch(async (error: unknown) => {
        // A service that is away is not waited for twice.
        if (!(error instanceof AppError) || error.code === 'UPSTREAM_UNAVAILABLE') throw error
        // Its answer carries the time of the last write; what follows in the session waits until that can be seen.
        await connection.db?.command({ ping: 1 }, { session })
        return run()
      })
    } finally {
      await session.endSession()
    }
  }
}

/** What a store passes to mongoose as `{ session }`; `null` outside a transaction. */
export function sessionOf(transaction: Transaction): ClientSession
export function sessionOf(transaction: Transaction | undefined): ClientSession | null
export function sessionOf(transaction: Transaction | undefined): ClientSession | null {
  return (transaction as unknown as ClientSession | undefined) ?? null
}
