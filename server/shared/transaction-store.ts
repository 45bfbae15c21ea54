import type { ClientSession, Connection } from 'mongoose'
import type { InTransaction, Transaction } from './transaction.ts'

/** Transactions over one connection. `work` is retried by the driver on a transient conflict, so it must be free of outside effects. */
export function createInTransaction(connection: Connection): InTransaction {
  return async (work) => {
    const session = await connection.startSession()
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

/** What a store passes to mongoose as `{ session }`; `null` outside a transaction. */
export function sessionOf(transaction: Transaction): ClientSession
export function sessionOf(transaction: Transaction | undefined): ClientSession | null
export function sessionOf(transaction: Transaction | undefined): ClientSession | null {
  return (transaction as unknown as ClientSession | undefined) ?? null
}
