import { AppError } from '../errors.ts'
import type { Documents, StoredDocument } from '../documents/index.ts'
import { denial, type Draft, type Filing, type FilingStore, type InvitedSigner } from '../filings/index.ts'
import { uploadFields, type UploadField } from '../forms/index.ts'
import type { Login } from '../identity/index.ts'
import type { Catalogue, DocumentSignature, ProcedureVersion } from '../procedures/index.ts'
import type { Invitation, InvitationStanding, InvitationStore } from './invitation.ts'
import { signersOf } from './signers.ts'

type Deps = { store: FilingStore; catalogue: Catalogue; documents: Documents; invitations: InvitationStore }

/** An invitation as its signer sees it. `asked` is there while it can be followed. */
export type OpenInvitation = Readonly<{
  invitation: Invitation
  standing: InvitationStanding
  /** Title of the procedure; null when the draft is gone. */
  title: string | null
  /** Of the document, also of one that is signed or no longer asked for; null when it is gone. */
  name: string | null
  asked: Asked | null
}>

export type Asked = Readonly<{
  draft: Draft
  procedure: ProcedureVersion
  file: StoredDocument
  upload: UploadField
  policy: DocumentSignature
}>

type Found = Readonly<{ invitation: Invitation; filing: Filing; file: StoredDocument }>

/** What a person is asked to sign, as far as it is still asked of them. */
export function createCosigningOpening({ store, catalogue, documents, invitations }: Deps) {
  /** Newest first. */
  async function ofPerson(municipality: string, { person }: Login): Promise<OpenInvitation[]> {
    if (person.cf === null) return []
    const mine = await invitations.ofPerson(municipality, person.cf)
    return Promise.all(mine.map((invitation) => opened(invitation, person.cf ?? '')))
  }

  /** An invitation of this person; anybody else's does not exist for them. */
  async function open(municipality: string, id: string, { person }: Login): Promise<OpenInvitation> {
    const invitation = await invitations.find(municipality, id)
    if (!invitation || person.cf === null || invitation.signer.cf !== person.cf) throw missing()
    return opened(invitation, person.cf)
  }

  async function opened(invitation: Invitation, cf: string): Promise<OpenInvitation> {
    const [filing, file] = await Promise.all([
      store.find(invitation.municipality, invitation.filing),
      documents.find(invitation.municipality, invitation.document),
    ])
    const asked = filing && file ? await askedOf({ invitation, filing, file }, cf) : null
    const names = { title: filing?.procedure.title ?? null, name: file?.name ?? null }
    return { invitation, ...names, standing: standingOf(invitation, filing, asked), asked }
  }

  /** The document, while the signer may sign it and the draft still wants it signed by them. */
  async function askedOf({ invitation, filing, file }: Found, cf: string): Promise<Asked | null> {
    if (denial(filing, 'sign', signerOf(invitation, cf)) !== null || filing.state !== 'draft') return null
    const procedure = await catalogue.version(filing.municipality, filing.procedure.id, filing.procedure.version)
    const upload = uploadFields(procedure.form, filing.answers).find(({ documents: named }) =>
      named.includes(invitation.document),
    )
    const policy = procedure.signature.documents.find(({ field }) => field === upload?.pointer)
    const named = { answers: filing.answers, filer: invitation.by, principal: filing.principal }
    if (!upload || !policy || !signersOf(policy, named).some((signer) => signer.cf === cf)) return null
    return { draft: filing, procedure, file, upload, policy }
  }

  return { ofPerson, open }
}

/** The same for an invitation that ended with its draft and for one of somebody else: nobody learns which it is. */
const missing = (): AppError =>
  new AppError('NOT_FOUND', 'No such invitation for this person', {
    heading: 'Qui non c’è più niente da firmare',
    explanation:
      'La richiesta è stata cancellata senza essere inviata, oppure l’invito è per un’altra persona. Se un documento aspetta la tua firma, lo trovi tra quelli da firmare.',
    back: '/area-personale/firme',
  })

const signerOf = (invitation: Invitation, cf: string): InvitedSigner => ({ kind: 'signer', cf, invitation })

function standingOf(invitation: Invitation, filing: Filing | undefined, asked: Asked | null): InvitationStanding {
  if (invitation.state !== 'open') return invitation.state
  if (filing && filing.state !== 'draft') return 'sent'
  return asked ? 'open' : 'lapsed'
}
