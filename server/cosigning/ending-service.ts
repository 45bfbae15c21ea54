import type { Draft } from '../filings/index.ts'
import { partyName } from '../shared/party.ts'
import type { Tell } from '../shared/tell.ts'
import type { InvitationStore } from './invitation.ts'

type Deps = { invitations: Pick<InvitationStore, 'ofFiling' | 'removeOf'>; tell: Tell }

/** The end of a draft that is never sent, for those who were asked to sign its documents. */
export function createInvitationEnding({ invitations, tell }: Deps) {
  /** Tells each person whose signature was still waited for, once, and forgets the invitations. May be called again when it was cut off. */
  async function endOf({ municipality, id, procedure: { title } }: Draft): Promise<void> {
    const open = (await invitations.ofFiling(municipality, id)).filter(({ state }) => state === 'open')
    // Newest first: of several documents to sign, one message.
    const asked = new Map(open.reverse().map((invitation) => [invitation.signer.cf, invitation]))
    for (const [cf, { id: invitation, by, email }] of asked)
      await tell({
        key: `invitation:${invitation}:gone`,
        municipality,
        to: { cf, ...(email === null ? {} : { email }) },
        subject: 'Una firma non serve più',
        text: `La richiesta «${title}» per cui ${partyName(by)} ti aveva chiesto di firmare non c’è più: è stata cancellata senza essere inviata al Comune. Non devi fare nulla.`,
        // It is gone.
        filing: null,
      })
    await invitations.removeOf(municipality, id)
  }

  return { ofFiling: invitations.ofFiling, endOf }
}
