import { documentsInDraft, draftExpiry } from '../drafts/index.ts'
import { AppError } from '../errors.ts'
import type { DocumentId, Documents, StoredDocument } from '../documents/index.ts'
import { changedMeanwhile, type Draft, type FilingStore } from '../filings/index.ts'
import { exchanged, type Form } from '../forms/index.ts'
import type { Outbox } from '../history/index.ts'
import type { ProcedureVersion } from '../procedures/index.ts'
import type { InTransaction, Transaction } from '../shared/transaction.ts'
import { ended, type Invitation, type InvitationStore } from './invitation.ts'
import { invitationTold } from './invitation-task.ts'

export type RecordingDeps = {
  store: FilingStore
  documents: Documents
  invitations: InvitationStore
  outbox: Outbox
  inTransaction: InTransaction
  now: () => Date
}

type Signed = Readonly<{ invitation: Invitation; procedure: ProcedureVersion; came: StoredDocument }>

/** Writes that somebody has signed: in the draft, in all open invitations for that document, and for who is told. */
export function createCosignatureRecording({
  store,
  documents,
  invitations,
  outbox,
  inTransaction,
  now,
}: RecordingDeps) {
  /**
   * All or nothing. Throws CONFLICT when the document is no longer the one that was signed: of two who sign at once, and of one
   * who signs while the filer changes or sends it, the faster counts.
   */
  const record = (signed: Signed): Promise<void> => inTransaction((transaction) => write(signed, transaction))

  async function write({ invitation, procedure: { form }, came }: Signed, transaction: Transaction): Promise<void> {
    const draft = await draftOf(invitation, form, transaction)
    const at = now()
    const next = {
      ...withExchanged(form, draft, { old: invitation.document, by: came.id }),
      updatedAt: at,
      expiresAt: draftExpiry(at),
    }
    if (!(await store.replace(next, transaction))) throw changedMeanwhile(draft)
    await documents.move(came, draft.id, transaction)
    // The signer's own invitation moves on too: what they signed is the new version.
    await invitations.moveOn(invitation, came.id, transaction)
    if (!(await invitations.close(invitation, { state: 'signed', closedAt: at }, transaction))) throw ended('withdrawn')
    await outbox.put([invitationTold(invitation, 'signed')], transaction)
  }

  async function draftOf({ id, municipality, filing, document }: Invitation, form: Form, transaction: Transaction) {
    const [current, draft] = [
      await invitations.find(municipality, id, transaction),
      await store.find(municipality, filing, transaction),
    ]
    if (current && current.state !== 'open') throw ended(current.state)
    if (current && current.document !== document) throw overtaken()
    if (draft && draft.state !== 'draft') throw ended('sent')
    if (!draft || !documentsInDraft(form, draft).has(document)) throw ended('lapsed')
    return draft
  }

  return { record }
}

const overtaken = (): AppError =>
  new AppError('CONFLICT', 'Somebody else signed meanwhile', {
    explanation:
      'Nel frattempo ha firmato un’altra persona. Scarica il documento da questa pagina, firmalo e caricalo di nuovo.',
  })

function withExchanged(form: Form, draft: Draft, change: { old: DocumentId; by: DocumentId }): Draft {
  const { old, by } = change
  const pending = draft.pending.map((typed) => ({
    ...typed,
    files: typed.files.map((put) => (put.documentId === old ? { ...put, documentId: by } : put)),
  }))
  return { ...draft, answers: exchanged(form, draft.answers, change), pending }
}
