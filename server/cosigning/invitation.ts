import { AppError } from '../errors.ts'
import type { DocumentId } from '../documents/index.ts'
import type { FilingId } from '../filings/index.ts'
import type { Party } from '../shared/party.ts'
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
  state: 'open' | 'signed' | 'withdrawn'
  closedAt: Date | null
}>

/**
 * What has become of it. What follows from the draft is never written down, so it cannot be wrong: `lapsed` when its document or
 * its signer is no longer part of the draft, `sent` when the filing went out without the signature.
 */
export type InvitationStanding = Invitation['state'] | 'lapsed' | 'sent'

/** Each invitation may send a mail to an address that the filer chose. */
export const MOST_INVITATIONS = 50

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
  close(invitation: Invitation, end: Pick<Invitation, 'state' | 'closedAt'>, transaction: Transaction): Promise<boolean>
  /** Open invitations for a document go on to its next version. */
  moveOn(invitation: Invitation, document: DocumentId, transaction: Transaction): Promise<void>
  removeOf(municipality: string, filing: string): Promise<void>
}

const NO_LONGER: Readonly<Record<Exclude<InvitationStanding, 'open'>, string>> = {
  signed: 'Hai firmato questo documento. Chi te lo ha chiesto è stato avvisato.',
  withdrawn: 'Chi ti aveva invitato ha ritirato l’invito: la tua firma non serve più.',
  lapsed: 'Chi ti ha invitato ha tolto o sostituito questo documento: la tua firma qui non serve più.',
  sent: 'La richiesta è già stata inviata al Comune: non si può più firmare.',
}

/** The sentence for an invitation that cannot be followed any more; null while it can. */
export const endedWords = (standing: InvitationStanding): string | null =>
  standing === 'open' ? null : NO_LONGER[standing]

/** The failure of whoever follows an invitation that has ended. */
export const ended = (standing: Exclude<InvitationStanding, 'open'>): AppError =>
  new AppError('CONFLICT', `The invitation is ${standing}`, { explanation: NO_LONGER[standing] })
