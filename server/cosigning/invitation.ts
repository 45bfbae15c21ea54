import { AppError } from '../errors.ts'
import type { DocumentId } from '../documents/index.ts'
import type { FilingId } from '../filings/index.ts'
import type { Party } from '../shared/party.ts'
import { charactersIn } from '../shared/plain-text.ts'
import type { Transaction } from '../shared/transaction.ts'
import type { Signer } from './signers.ts'

export type InvitationId = string & { readonly brand: 'InvitationId' }

/** A person is asked to sign one document of a draft that is somebody else's. They see that document and nothing more. */
export type Invitation = Readonly<{
  id: InvitationId
  municipality: string
  filing: FilingId
  /** The version to sign: changes each time that somebody has signed. */
  document: DocumentId
  signer: Signer & Readonly<{ cf: string }>
  /** Where the notice goes besides the personal area. */
  email: string | null
  /** Who asks. */
  by: Party
  at: Date
  state: 'open' | 'signed' | 'declined' | 'withdrawn'
  closedAt: Date | null
  /** Why the signer declined, in their words; null where they gave no reason. */
  reason: string | null
}>

/** How an invitation ends. */
export type InvitationEnd = Pick<Invitation, 'state' | 'closedAt'> & Partial<Pick<Invitation, 'reason'>>

/**
 * What has become of it. What follows from the draft is never written down, so it cannot be wrong: `lapsed` when its document or
 * its signer is no longer part of the draft, `sent` when the filing went out without the signature.
 */
export type InvitationStanding = Invitation['state'] | 'lapsed' | 'sent'

/** Each invitation may send a mail to an address that the filer chose. */
export const MOST_INVITATIONS = 50

/** Characters of a reason to decline, as the field counts them. */
export const LONGEST_REASON = 500

/** What is wrong with a reason to decline; undefined when nothing is, as when none was given. */
export const declineError = (reason: string): string | undefined =>
  charactersIn(reason) > LONGEST_REASON ? `Al massimo ${LONGEST_REASON} caratteri: accorcia il testo.` : undefined

/**
 * The invitation that tells where a signer stands with a document: of all (newest first) the last that was not taken back, for a new
 * one outweighs what was answered before.
 */
export const tellingInvitation = (
  all: readonly Invitation[],
  { document, cf }: Readonly<{ document: DocumentId; cf: string }>,
): Invitation | undefined =>
  all.find((one) => one.document === document && one.signer.cf === cf && one.state !== 'withdrawn')

/** Port to the database. */
export type InvitationStore = {
  /** Adds it, or gives the open one that is there for the same document and signer. */
  begin(invitation: Invitation, transaction: Transaction): Promise<Invitation>
  find(municipality: string, id: string, transaction?: Transaction): Promise<Invitation | undefined>
  /** Newest first. */
  ofPerson(municipality: string, cf: string): Promise<Invitation[]>
  /** That this person made. */
  madeBy(municipality: string, cf: string): Promise<Invitation[]>
  ofFiling(municipality: string, filing: string): Promise<Invitation[]>
  /** False when it was no longer open. */
  close(invitation: Invitation, end: InvitationEnd, transaction: Transaction): Promise<boolean>
  /** Invitations for a document go on to its next version while they are open, and those that were declined: it is the same document. */
  moveOn(invitation: Invitation, document: DocumentId, transaction: Transaction): Promise<void>
  removeOf(municipality: string, filing: string): Promise<void>
}

const NO_LONGER: Readonly<Record<Exclude<InvitationStanding, 'open'>, string>> = {
  signed: 'Hai firmato questo documento. Chi te lo ha chiesto è stato avvisato.',
  declined:
    'Hai detto di non voler firmare questo documento. Chi te lo ha chiesto è stato avvisato e, se cambi idea, può invitarti di nuovo.',
  withdrawn: 'Chi ti aveva invitato ha ritirato l’invito: la tua firma non serve più.',
  lapsed: 'Chi ti ha invitato ha tolto o sostituito questo documento: la tua firma qui non serve più.',
  sent: 'La richiesta è già stata inviata al Comune: non si può più firmare.',
}

/** The sentence for an invitation that cannot be followed any more; null while it can. */
export const endedWords = (standing: InvitationStanding): string | null =>
  standing === 'open' ? null : NO_LONGER[standing]

/** The failure of whoever follows an invitation that has ended; one that is gone, or open with nothing to sign, has lapsed. */
export function ended(standing: InvitationStanding | undefined): AppError {
  const end = standing === undefined || standing === 'open' ? 'lapsed' : standing
  return new AppError('CONFLICT', `The invitation is ${end}`, { explanation: NO_LONGER[end] })
}
