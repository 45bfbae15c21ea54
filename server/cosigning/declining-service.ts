import { AppError } from '../errors.ts'
import type { Outbox } from '../history/index.ts'
import type { Login } from '../identity/index.ts'
import type { InTransaction } from '../shared/transaction.ts'
import type { OpenInvitation } from './cosigning-opening-service.ts'
import { declineError, ended, type InvitationStore } from './invitation.ts'
import { invitationTold } from './invitation-task.ts'

type Deps = {
  open: (municipality: string, id: string, login: Login) => Promise<OpenInvitation>
  invitations: InvitationStore
  outbox: Outbox
  inTransaction: InTransaction
  now: () => Date
}

/** A signer says no. */
export function createDeclining({ open, invitations, outbox, inTransaction, now }: Deps) {
  /**
   * The signer will not sign, and whoever asked is told. Said twice it stays as it was said first. Throws CONFLICT when the invitation
   * has ended in another way, INVALID_INPUT for a reason that is too long.
   */
  async function decline(municipality: string, id: string, login: Login, reason: string): Promise<void> {
    const { invitation, standing, asked } = await open(municipality, id, login)
    if (standing === 'declined') return
    if (standing !== 'open' || !asked) throw ended(standing)
    const explanation = declineError(reason)
    if (explanation) throw new AppError('INVALID_INPUT', 'Reason to decline too long', { explanation })
    await inTransaction(async (transaction) => {
      const end = { state: 'declined', closedAt: now(), reason: reason === '' ? null : reason } as const
      if (await invitations.close(invitation, end, transaction)) {
        await outbox.put([invitationTold(invitation, 'declined')], transaction)
        return
      }
      const current = await invitations.find(municipality, id, transaction)
      if (current?.state !== 'declined') throw ended(current?.state)
    })
  }

  return { decline }
}
