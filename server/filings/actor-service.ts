import { AppError } from '../errors.ts'
import type { Mandates } from '../mandates/index.ts'
import { dependsOnMandates, may, type Actor } from './access.ts'
import { currentMandate, underMandate } from './acting.ts'
import type { Draft, Filing, Submitted } from './filing.ts'

export type Actors = ReturnType<typeof createActors>

/** Who acts, with all that the rule of access asks of them. */
export function createActors({ mandates }: { mandates: Pick<Mandates, 'held' | 'confirm'> }) {
  /** The actor with the mandates that they hold at this moment, if any of them could matter for the filing. */
  async function on(filing: Filing, actor: Actor): Promise<Actor> {
    if (actor.kind !== 'citizen' || !dependsOnMandates(filing, actor)) return actor
    return { ...actor, mandates: await mandates.held(filing.municipality, actor.owner) }
  }

  /** Whether who filed may still follow the filing: not once the mandate has ended. */
  async function filerMaySee(filing: Submitted): Promise<boolean> {
    const author = { kind: 'system', name: 'filer' } as const
    const filer = { kind: 'citizen', owner: filing.owner, author, party: filing.filer, mandates: [] } as const
    return may(filing, 'see', await on(filing, filer))
  }

  /**
   * On what a draft rests as it is sent: under which of the mandates that hold. Without one it stays as it was, and is not
   * sent. Throws NOT_ALLOWED when whoever gave it no longer acts for the company, or the company is no more.
   */
  async function groundOf({ municipality, owner, ground, procedure, id }: Draft): Promise<Draft['ground']> {
    if (ground?.kind !== 'mandate') return ground
    const mandate = currentMandate(ground, procedure.id, await mandates.held(municipality, owner))
    if (!mandate) return ground
    const confirmation = await mandates.confirm(mandate)
    if (confirmation.kind === 'ended')
      throw new AppError('NOT_ALLOWED', 'Mandate of a company is not confirmed', {
        explanation: `${confirmation.why} Non abbiamo inviato niente: la bozza resta nella tua area personale.`,
        back: `/pratiche/${id}`,
      })
    return { ...underMandate(mandate), ...(confirmation.kind === 'register-silent' && { unconfirmed: true }) }
  }

  return { on, filerMaySee, groundOf }
}
