import type { Documents, Prepared } from '../documents/index.ts'
import { changedMeanwhile, type FilingStore, type Submitted } from '../filings/index.ts'
import type { History, Outbox } from '../history/index.ts'
import type { Mandates } from '../mandates/index.ts'
import { assertSendable, type Catalogue } from '../procedures/index.ts'
import type { Protocol } from '../protocol/index.ts'
import type { Transaction } from '../shared/transaction.ts'
import { incomplete } from './completeness.ts'
import { secondCodeOf } from './second-code.ts'
import { stampDefect, stampOf, type StampStore } from './stamp.ts'
import { receiptDue, submissionEntry, submissionEvent, submittedFiling, type Submission } from './submission.ts'

export type RegistrationDeps = {
  store: FilingStore
  stamps: StampStore
  documents: Documents
  protocol: Protocol
  history: History
  outbox: Outbox
  mandates: Pick<Mandates, 'use'>
  catalogue: Pick<Catalogue, 'state'>
  newId: () => string
}

/** Writes a sending in its transaction: stamp, application, number, state, history and the receipt that is due. */
export function createRegistrationService({
  store,
  stamps,
  documents,
  protocol,
  history,
  outbox,
  mandates,
  catalogue,
  newId,
}: RegistrationDeps) {
  /** In the transaction: of two filings with the same stamp that are sent at once, one is refused. */
  async function useStamp({ draft, procedure, at }: Submission, transaction: Transaction): Promise<void> {
    const stamp = stampOf(procedure, draft.answers)
    if (!stamp) return
    const { municipality, id: filing } = draft
    const used = { municipality, filing, at, identifier: stamp.identifier }
    if (!(await stamps.use(used, transaction))) throw incomplete(filing, [stampDefect(stamp)])
  }

  /** In the transaction: of a sending and a revocation at once, one comes first, and the register says which. */
  async function useMandate({ draft, login }: Submission, transaction: Transaction): Promise<void> {
    const { id, municipality, procedure, ground } = draft
    if (ground?.kind !== 'mandate') return
    const filing = { id, procedure: procedure.id, principalKey: ground.principalKey }
    await mandates.use({ id: ground.mandate, municipality }, { filing, login }, transaction)
  }

  /** The filing as the transaction leaves it. Throws CONFLICT when a faster sending changed the draft. */
  async function protocolled(submission: Submission, prepared: Prepared, transaction: Transaction): Promise<Submitted> {
    const { municipality, draft, at } = submission
    // Here once more, where no change of the municipality is missed: of a sending and a suspension at once, one comes first.
    const service = await catalogue.state(municipality.id, draft.procedure.id, { at, transaction })
    assertSendable(service, `/pratiche/${draft.id}/riepilogo`)
    await useStamp(submission, transaction)
    await useMandate(submission, transaction)
    const application = await documents.keep(prepared, transaction)
    const entry = await protocol.register(submissionEntry(submission, application), municipality, transaction)
    await documents.register(submission.files, transaction)
    const filing = submittedFiling(submission, entry, {
      verificationCode: newId(),
      secondCode: secondCodeOf(newId()),
    })
    if (!(await store.replace(filing, transaction))) throw changedMeanwhile(draft)
    await history.append(submissionEvent(submission, entry, application), transaction)
    await outbox.put([receiptDue(submission)], transaction)
    return { ...filing, revision: filing.revision + 1 }
  }

  return { protocolled }
}
