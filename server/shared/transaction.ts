/**
 * A running database transaction, handed from the service that opens it to every store that writes in it.
 * Opaque on purpose: only stores know that it is a MongoDB client session.
 */
export type Transaction = { readonly transaction: unique symbol }

/** Runs `work` in one transaction (majority, journalled): all that it wrote is there, or nothing is. May run `work` again. */
export type InTransaction = <T>(work: (transaction: Transaction) => Promise<T>) => Promise<T>
