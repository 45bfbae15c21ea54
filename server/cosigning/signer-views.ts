import type { SignatureView } from '../filings/index.ts'
import { formatDateTime, withDay } from '../shared/dates.ts'
import { tellingInvitation, type Invitation } from './invitation.ts'
import { SIGNATURES_PLACE, signedDocuments, type SignedDocument } from './signature-policy.ts'
import type { SignerState } from './signers.ts'

type Wanted = Readonly<{ documents: readonly SignedDocument[]; invitations: readonly Invitation[] }>

/** What was typed when somebody was being invited, and what was wrong with it: null where only the session had ended. */
export type InvitationError = Readonly<{ document: string; cf: string; email: string; message: string | null }>

type Viewer = Readonly<{ draft: string; cf: string | null; error?: InvitationError | undefined }>

/** "Firme richieste" in the summary; null when nobody's is. */
export function signersSection({ documents, invitations }: Wanted, viewer: Viewer) {
  if (documents.length === 0) return null
  const shown = documents.map((document) => ({
    name: document.file.name,
    rule:
      document.policy.quorum === 'any' && document.signers.length > 1
        ? 'Basta la firma di una di queste persone.'
        : null,
    signers: document.signers.map((one, index) => signerView(document, { ...one, index }, { ...viewer, invitations })),
  }))
  // Where whoever was being invited has signed meanwhile, there is no field to lead to, and nothing to mend.
  const wrong = shown.flatMap(({ signers }) => signers).find(({ invite }) => invite?.error)?.invite
  return {
    id: SIGNATURES_PLACE,
    problem: wrong?.error ? { message: wrong.error, href: `#${wrong.id}` } : null,
    documents: shown,
  }
}

const STATES: Readonly<Record<SignerState | 'invited' | 'declined' | 'not-needed', { text: string; tone: string }>> = {
  signed: { text: 'Ha firmato', tone: 'success' },
  unrecognised: { text: 'Firma da controllare', tone: 'waiting' },
  missing: { text: 'Manca', tone: 'danger' },
  invited: { text: 'In attesa della firma', tone: 'waiting' },
  declined: { text: 'Non vuole firmare', tone: 'danger' },
  'not-needed': { text: 'Non serve', tone: 'neutral' },
}

type Entry = SignedDocument['signers'][number] & Readonly<{ index: number }>

function signerView(
  document: SignedDocument,
  { signer, state, index }: Entry,
  viewer: Viewer & Pick<Wanted, 'invitations'>,
) {
  const isMissing = document.missing.includes(signer)
  const isFiler = signer.cf !== null && signer.cf === viewer.cf
  return {
    name: isFiler ? `${signer.name} (tu)` : signer.name,
    role: signer.role,
    state: STATES[state === 'missing' && !isMissing ? 'not-needed' : state],
    note: state === 'unrecognised' ? unrecognisedWords(signer.cf) : null,
    own: isMissing && isFiler ? `/pratiche/${viewer.draft}/modulo/${document.upload.stepId}` : null,
    ...(isFiler || signer.cf === null
      ? { invited: null, declined: null, invite: null }
      : invitationViews({ document, index, isMissing, cf: signer.cf }, viewer)),
  }
}

type Invited = Readonly<{ document: SignedDocument; index: number; isMissing: boolean; cf: string }>

/** The invitation that waits, or the way to make one; where the last one was declined, with what the signer said. */
function invitationViews(
  { document, index, isMissing, cf }: Invited,
  { invitations, ...viewer }: Viewer & Pick<Wanted, 'invitations'>,
) {
  const last = tellingInvitation(invitations, { document: document.file.id, cf })
  if (last?.state === 'open') return { state: STATES.invited, ...waiting(last, viewer.draft) }
  // Nobody asks again for a signature that is not needed, nor has to know who refused it.
  if (!isMissing) return { invited: null, declined: null, invite: null }
  const invite = inviteView(document, index, { ...viewer, cf })
  if (last?.state !== 'declined') return { invited: null, declined: null, invite }
  return { state: STATES.declined, invited: null, declined: refusal(last, document, viewer.draft), invite }
}

function waiting({ id, at, email }: Invitation, draft: string) {
  const address = email === null ? '' : ` anche a ${email}`
  const text = `Invito mandato ${withDay('il', formatDateTime(at))}${address}.`
  return { invited: { text, action: `/pratiche/${draft}/firme/${id}/ritira` }, declined: null, invite: null }
}

const refusal = ({ closedAt, at, reason }: Invitation, { upload }: SignedDocument, draft: string) => ({
  text: `Ha detto di non voler firmare ${withDay('il', formatDateTime(closedAt ?? at))}.`,
  reason,
  replace: `/pratiche/${draft}/modulo/${upload.stepId}`,
})

function inviteView({ file }: SignedDocument, index: number, { draft, cf, error }: Viewer & { cf: string }) {
  const refused = error?.document === file.id && error.cf === cf ? error : null
  return {
    action: `/pratiche/${draft}/firme`,
    // At most one invitation at a time was refused.
    id: refused ? `${SIGNATURES_PLACE}-errore` : `email-${file.id}-${index}`,
    document: file.id,
    cf,
    email: refused?.email ?? '',
    error: refused?.message ?? null,
  }
}

const unrecognisedWords = (cf: string | null): string =>
  cf === null
    ? 'Senza un codice fiscale italiano non possiamo riconoscere la sua firma: la controlla l’ufficio.'
    : 'C’è una firma senza codice fiscale: non sappiamo se è la sua. Puoi inviare lo stesso, la controlla l’ufficio.'

/** What an office must look at itself, by document: persons whose signature no tax code confirms. */
export function unconfirmedSigners(
  filed: Parameters<typeof signedDocuments>[0],
): ReadonlyMap<string, readonly SignatureView[]> {
  return new Map(
    signedDocuments(filed).map(({ file, signers }) => [
      file.id,
      signers
        .filter(({ state }) => state === 'unrecognised')
        .map(({ signer: { name, role } }) => ({
          tone: 'warning',
          text: `Nessun codice fiscale conferma la firma di ${name} (${role}): va controllata.`,
        })),
    ]),
  )
}
