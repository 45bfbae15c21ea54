import { AppError } from '../errors.ts'
import type { Documents, StoredDocument } from '../documents/index.ts'
import type { Outbox } from '../history/index.ts'
import type { InTransaction, Transaction } from '../shared/transaction.ts'
import type { Mandate, MandateEvent, MandateStore } from './mandate.ts'

export type RecordDeps = {
  store: MandateStore
  documents: Pick<Documents, 'adopt' | 'move'>
  outbox: Outbox
  inTransaction: InTransaction
}

export type MandateRecording = ReturnType<typeof createMandateRecording>

/** Writes what happens to a mandate, each time with the task that tells those whom it concerns. */
export function createMandateRecording({ store, documents, outbox, inTransaction }: RecordDeps) {
  /** With the papers on which it rests; one that is there already stays as it is. */
  const begin = (mandate: Mandate, event: MandateEvent, papers: readonly StoredDocument[]): Promise<Mandate> =>
    inTransaction(async (transaction) => {
      const known = await store.find(mandate.municipality, mandate.id, transaction)
      if (known) return known
      await documents.adopt(papers, transaction)
      for (const paper of papers) await documents.move(paper, mandate.id, transaction)
      await store.add(mandate, transaction)
      await tell(mandate, event, transaction)
      return mandate
    })

  /** In the caller's transaction; false when the mandate was revoked or reviewed since it was read. */
  async function record(mandate: Mandate, event: MandateEvent, transaction: Transaction): Promise<boolean> {
    if (!(await store.change(mandate, event, transaction))) return false
    await tell(mandate, event, transaction)
    return true
  }

  async function recordNow(mandate: Mandate, event: MandateEvent): Promise<void> {
    if (await inTransaction((transaction) => record(mandate, event, transaction))) return
    // Pressed twice at once: it is so already.
    const current = await store.find(mandate.municipality, mandate.id)
    if (event.type === 'revoked' && current?.revokedAt) return
    throw new AppError('CONFLICT', 'Mandate was changed meanwhile', {
      explanation: 'Nel frattempo la delega è cambiata. Riaprila per vedere la situazione aggiornata.',
    })
  }

  /** The task names the event; its words are made when it runs. */
  const tell = ({ id, municipality }: Mandate, { type, at, filing }: MandateEvent, transaction: Transaction) =>
    outbox.put(
      [
        {
          key: `mandate:${id}:${type}:${filing ?? at.getTime()}`,
          kind: 'mandate-told',
          municipality,
          payload: { mandate: id, type, at: at.toISOString() },
        },
      ],
      transaction,
    )

  return { begin, record, recordNow }
}
