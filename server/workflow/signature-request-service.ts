import { AppError } from '../errors.ts'
import { changedMeanwhile, type Actor, type FilingStore, type Submitted, type ToSign } from '../filings/index.ts'
import type { History } from '../history/index.ts'
import type { Catalogue } from '../procedures/index.ts'
import type { InTransaction, Transaction } from '../shared/transaction.ts'
import { reasonError } from '../shared/form-body.ts'
import { unchanged } from './current-filing.ts'
import type { Step } from './step.ts'
import { maySign, proposalOf, signatureEvent } from './to-sign.ts'

export type SignatureRequestDeps = {
  store: FilingStore
  catalogue: Catalogue
  history: History
  inTransaction: InTransaction
  now: () => Date
}

/** A filing whose letter waits, and what the step is called. */
export type WaitingLetter = Readonly<{ filing: Submitted & Readonly<{ toSign: ToSign }>; label: string }>

/** Most letters that are shown, and signed, in one go. */
export const MOST_SIGNATURES = 50

/** What waits for a signature: put there, listed, given back. */
export function createSignatureRequestService(deps: SignatureRequestDeps) {
  const { store, catalogue, history, inTransaction, now } = deps

  /** Puts a step before whoever must sign its letter; nothing goes out yet. */
  async function ask(step: Step, transaction: Transaction): Promise<Submitted> {
    const { open: opened, actor } = step
    const at = now()
    const toSign = proposalOf(step, at)
    const current = await unchanged(store, opened.filing, transaction)
    const assignedTo = actor.kind === 'officer' ? { cf: actor.cf, name: actor.name } : current.assignedTo
    const next = { ...current, toSign, assignedTo, updatedAt: at }
    if (!(await store.replace(next, transaction))) throw changedMeanwhile(opened.filing)
    const { reasons: note } = toSign
    const data = { step: step.transition.id }
    await history.append(signatureEvent(opened, { type: 'signature-asked', actor, data, note, at }), transaction)
    return { ...next, revision: next.revision + 1 }
  }

  /**
   * Who may sign is decided by a rule, not by the query: pages are read until there are as many as one may sign in one go.
   */
  async function toBeSigned(
    municipality: string,
    actor: Actor,
    offices: readonly string[],
  ): Promise<WaitingLetter['filing'][]> {
    const mine: WaitingLetter['filing'][] = []
    for (let page = 1; ; page += 1) {
      const query = { offices, toSign: true, page, size: MOST_SIGNATURES } as const
      const { filings, total } = await store.ofOffices(municipality, query)
      mine.push(...filings.filter((filing): filing is WaitingLetter['filing'] => maySign(filing, actor)))
      if (mine.length >= MOST_SIGNATURES || page * MOST_SIGNATURES >= total) return mine.slice(0, MOST_SIGNATURES)
    }
  }

  /** How many wait for this actor in these offices, as far as they can sign them in one go. */
  const waitingCount = async (municipality: string, actor: Actor, offices: readonly string[]): Promise<number> =>
    (await toBeSigned(municipality, actor, offices)).length

  /** What waits for this actor in these offices, the next term first. */
  async function waiting(municipality: string, actor: Actor, offices: readonly string[]): Promise<WaitingLetter[]> {
    const mine = await toBeSigned(municipality, actor, offices)
    return Promise.all(
      mine.map(async (filing) => {
        const { id, version } = filing.procedure
        const { workflow } = await catalogue.version(municipality, id, version)
        const label = workflow.find((transition) => transition.id === filing.toSign.step)?.label ?? ''
        return { filing, label }
      }),
    )
  }

  /** Gives a step back to the office unsigned, with the reason; nothing goes out. */
  async function giveBack({ open: opened, transition, actor }: Step, reasons: string): Promise<void> {
    const explanation = reasonError(reasons, 'Scrivi perché non firmi.')
    if (explanation) throw new AppError('INVALID_INPUT', 'Reasons are missing or too long', { explanation })
    await inTransaction(async (transaction) => {
      const at = now()
      const current = await unchanged(store, opened.filing, transaction)
      if (!(await store.replace({ ...current, toSign: null, updatedAt: at }, transaction)))
        throw changedMeanwhile(current)
      const asked = { data: { step: transition.id }, note: reasons }
      await history.append(signatureEvent(opened, { type: 'signature-refused', actor, ...asked, at }), transaction)
    })
  }

  return { ask, waiting, waitingCount, giveBack }
}
