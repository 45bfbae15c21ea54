import type { OpenDraft } from '../drafts/index.ts'
import { AppError } from '../errors.ts'
import { filerOf, partyOf } from '../filings/index.ts'
import type { Outbox } from '../history/index.ts'
import type { Login } from '../identity/index.ts'
import { partyName } from '../shared/party.ts'
import type { InTransaction } from '../shared/transaction.ts'
import { MOST_INVITATIONS, type Invitation, type InvitationId, type InvitationStore } from './invitation.ts'
import { invitationTold } from './invitation-task.ts'
import { signedDocuments, type SignedDocument } from './signature-policy.ts'

type Deps = {
  invitations: InvitationStore
  outbox: Outbox
  inTransaction: InTransaction
  now: () => Date
  newId: () => string
}

export type InvitationService = ReturnType<typeof createInvitationService>

type Asked = Readonly<{ document: string; cf: string; email: string | null }>

/** The filer's side: who must sign which document of the draft, whom they invited, and that they take it back. */
export function createInvitationService({ invitations, outbox, inTransaction, now, newId }: Deps) {
  /** The documents for which somebody's signature is expected, with the invitations of the draft. */
  async function signatures(
    { draft, procedure, files }: OpenDraft,
    login: Login,
  ): Promise<{ documents: SignedDocument[]; invitations: Invitation[] }> {
    const { answers, principal } = draft
    const filed = { answers, procedure, files, filer: partyOf(login.person), principal }
    const documents = signedDocuments(filed).filter(({ signers }) => signers.length > 0)
    return {
      documents,
      invitations: documents.length > 0 ? await invitations.ofFiling(draft.municipality, draft.id) : [],
    }
  }

  /**
   * Asks a person whom the policy expects, and who has not signed yet. Asked twice it is one invitation.
   * Throws INVALID_INPUT for anybody else.
   */
  async function invite(open: OpenDraft, login: Login, { document, cf, email }: Asked): Promise<void> {
    const { draft } = open
    const { documents, invitations: made } = await signatures(open, login)
    const asked = documents.find(({ file }) => file.id === document)
    const signer = asked?.signers.find((one) => one.signer.cf === cf && one.state === 'missing')?.signer
    if (!asked || !signer || cf === login.person.cf)
      throw refused(draft.id, 'Questa persona non deve firmare questo documento.')
    if (made.length >= MOST_INVITATIONS) throw refused(draft.id, 'Hai già mandato troppi inviti per questa richiesta.')
    const invitation: Invitation = {
      id: newId() as InvitationId,
      municipality: draft.municipality,
      filing: draft.id,
      document: asked.file.id,
      signer: { ...signer, cf },
      email,
      by: filerOf(login.person, open.procedure.form, draft.answers),
      at: now(),
      state: 'open',
      closedAt: null,
      reason: null,
    }
    await inTransaction(async (transaction) => {
      const { id } = await invitations.begin(invitation, transaction)
      if (id === invitation.id) await outbox.put([invitationTold(invitation, 'invited')], transaction)
    })
  }

  /** Takes an open invitation back; one that has ended is left as it is. */
  async function withdraw({ draft }: OpenDraft, id: string): Promise<void> {
    const invitation = await invitations.find(draft.municipality, id)
    if (invitation?.filing !== draft.id) throw new AppError('NOT_FOUND', 'No such invitation in this draft')
    await inTransaction(async (transaction) => {
      const end = { state: 'withdrawn', closedAt: now() } as const
      if (await invitations.close(invitation, end, transaction))
        await outbox.put([invitationTold(invitation, 'withdrawn')], transaction)
    })
  }

  /** Every invitation that names the person, for the archive of their data: of whoever asked them, no more than the name. */
  async function heldOf(municipality: string, { person }: Login): Promise<object[]> {
    if (person.cf === null) return []
    const [asked, made] = await Promise.all([
      invitations.ofPerson(municipality, person.cf),
      invitations.madeBy(municipality, person.cf),
    ])
    return [...asked.map(({ by, ...rest }) => ({ ...rest, by: partyName(by) })), ...made]
  }

  return { signatures, invite, withdraw, heldOf }
}

const refused = (draft: string, explanation: string): AppError =>
  new AppError('INVALID_INPUT', 'Invitation refused', { explanation, back: `/pratiche/${draft}/riepilogo` })
