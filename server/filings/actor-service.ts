import type { Mandates } from '../mandates/index.ts'
import { dependsOnMandates, may, type Actor } from './access.ts'
import { currentGround } from './acting.ts'
import type { Draft, Filing, Submitted } from './filing.ts'

export type Actors = ReturnType<typeof createActors>

/** Who acts, with all that the rule of access asks of them. */
export function createActors({ mandates }: { mandates: Pick<Mandates, 'held'> }) {
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

  /** On what a draft rests now: under which of the mandates that hold it would be sent. */
  async function groundOf({ municipality, owner, ground, procedure }: Draft): Promise<Draft['ground']> {
    if (ground?.kind !== 'mandate') return ground
    return currentGround(ground, procedure.id, await mandates.held(municipality, owner))
  }

  return { on, filerMaySee, groundOf }
}
