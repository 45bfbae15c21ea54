import type { Transaction } from '../shared/transaction.ts'
import { conflict, type FilingStore, type Submitted } from './filing.ts'

/**
 * The filing as it is in the transaction, if nobody did anything since it was opened: of two people at once, the second
 * finds another revision here. Our own receipt may have come meanwhile, and is nobody's doing.
 */
export async function unchanged(store: FilingStore, opened: Submitted, transaction: Transaction): Promise<Submitted> {
  const current = await store.find(opened.municipality, opened.id, transaction)
  if (current && current.state !== 'draft') {
    const receiptCame = opened.receipt === null && current.receipt !== null
    if (current.revision === opened.revision + (receiptCame ? 1 : 0)) return current
  }
  throw conflict(opened)
}
