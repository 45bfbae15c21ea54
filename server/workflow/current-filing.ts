import { changedMeanwhile, type FilingStore, type Submitted } from '../filings/index.ts'
import type { Transaction } from '../shared/transaction.ts'

/**
 * The filing as the transaction finds it. Throws CONFLICT when somebody changed it since it was opened: of two people at
 * once, the second finds another revision here. Our own receipt, which may have come meanwhile, does not count.
 */
export async function unchanged(store: FilingStore, opened: Submitted, transaction: Transaction): Promise<Submitted> {
  const current = await store.find(opened.municipality, opened.id, transaction)
  if (current && current.state !== 'draft') {
    const receiptCame = opened.receipt === null && current.receipt !== null
    if (current.revision === opened.revision + (receiptCame ? 1 : 0)) return current
  }
  throw changedMeanwhile(opened)
}
