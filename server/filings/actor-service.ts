import type { Level } from '../identity/index.ts'
import { covers, type Mandates } from '../mandates/index.ts'
import type { Catalogue } from '../procedures/index.ts'
import type { Transaction } from '../shared/transaction.ts'
import { notConfirmed } from './access-failure.ts'
import { dependsOnMandates, inWhoseName, may } from './access.ts'
import { mandateGround, mandatesFor } from './acting.ts'
import type { Actor } from './actor.ts'
import type { Draft, Filing, Submitted } from './filing.ts'

export type Actors = ReturnType<typeof createActors>

type Deps = Readonly<{ mandates: Pick<Mandates, 'held' | 'confirm'>; catalogue: Pick<Catalogue, 'version'> }>

/** Adds to an actor what the rule of access asks of them. */
export function createActors({ mandates, catalogue }: Deps) {
  /** The level of login that the filing's procedure asks for. */
  async function wanted({ municipality, procedure: { id, version } }: Filing): Promise<Level> {
    return (await catalogue.version(municipality, id, version)).login.level
  }

  /**
   * The actor with the level of login that the filing's procedure asks of them and the mandates that they hold at this moment,
   * if any of them could matter for the filing.
   */
  async function on(filing: Filing, actor: Actor, transaction?: Transaction): Promise<Actor> {
    if (actor.kind !== 'citizen') return actor
    const known = { ...actor, wanted: await wanted(filing) }
    return dependsOnMandates(filing, actor)
      ? { ...known, mandates: await mandates.held(filing.municipality, actor.owner, transaction) }
      : known
  }

  /**
   * The same for who is about to do something: the mandates that count for the filing, each with what the business register
   * says of who gave it at this moment.
   */
  async function acting(filing: Filing, actor: Actor): Promise<Actor> {
    if (actor.kind !== 'citizen' || !dependsOnMandates(filing, actor)) return actor
    const what = { id: filing.id, procedure: filing.procedure.id }
    const held = await mandates.held(filing.municipality, actor.owner)
    const counting = held.filter((one) => one.principalKey === inWhoseName(filing) && covers(one, what))
    const asked = counting.map(async (one) => ({ ...one, confirmation: await mandates.confirm(one) }))
    return { ...actor, mandates: await Promise.all(asked) }
  }

  /** Whether who filed may still follow the filing: not once the mandate has ended. */
  async function filerMaySee(filing: Submitted): Promise<boolean> {
    const { owner, evidence, filer: party } = filing
    const author = { kind: 'system', name: 'filer' } as const
    const filer = { kind: 'citizen', owner, author, party, evidence, mandates: [] } as const
    return may(filing, 'see', await on(filing, filer))
  }

  /**
   * On what a draft rests as it is sent: the first of the mandates that hold whose giver is confirmed. Without one it stays
   * as it was, and is not sent. Throws NOT_ALLOWED when whoever gave it no longer acts for the company, or the company is
   * no more.
   */
  async function groundOf(draft: Draft): Promise<Draft['ground']> {
    const { municipality, owner, ground, procedure } = draft
    if (ground?.kind !== 'mandate') return ground
    let ended: string | undefined
    for (const mandate of mandatesFor(ground, procedure.id, await mandates.held(municipality, owner))) {
      const confirmation = await mandates.confirm(mandate)
      if (confirmation.kind !== 'ended')
        return { ...mandateGround(mandate), ...(confirmation.kind === 'register-silent' && { unconfirmed: true }) }
      ended ??= confirmation.why
    }
    if (ended) throw notConfirmed(draft, ended)
    return ground
  }

  return { on, wanted, acting, filerMaySee, groundOf }
}
