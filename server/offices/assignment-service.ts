import { createHash } from 'node:crypto'
import { AppError } from '../errors.ts'
import {
  assertMay,
  assertSubmitted,
  conflict,
  filingWith,
  may,
  type FilingStore,
  type OfficerActor,
  type Submitted,
} from '../filings/index.ts'
import type { EventType, History } from '../history/index.ts'
import type { InTransaction } from '../shared/transaction.ts'
import { authorOn } from '../workflow/index.ts'

type Deps = { store: FilingStore; history: History; inTransaction: InTransaction; now: () => Date; newId: () => string }
type Event = Readonly<{ type: EventType; actor: OfficerActor; data: Readonly<Record<string, unknown>> }>

export type Assignments = ReturnType<typeof createAssignmentService>

/** Who of an office works on a filing, and who must not. */
export function createAssignmentService({ store, history, inTransaction, now, newId }: Deps) {
  async function find(municipality: string, id: string): Promise<Submitted> {
    const filing = await filingWith(store, municipality, id)
    assertSubmitted(filing)
    return filing
  }

  /**
   * The officer declares a conflict of interests (L. 241/1990 art. 6-bis, DPR 62/2013 art. 7): from then on the filing is
   * not theirs to read or to work on, and it is nobody's until the head of the office assigns it.
   */
  async function abstain(
    municipality: string,
    id: string,
    { actor, reason }: { actor: OfficerActor; reason: string },
  ): Promise<void> {
    const filing = await find(municipality, id)
    assertMay(filing, 'declare-conflict', actor)
    assertReason(reason)
    const assignedTo = filing.assignedTo?.cf === actor.cf ? null : filing.assignedTo
    const { cf, name } = actor
    const abstention = { cf, name, at: now(), reason, salt: newId() }
    const reasonDigest = createHash('sha256').update(`${abstention.salt}${reason}`).digest('hex')
    const abstentions = [...(filing.abstentions ?? []), abstention]
    await write({ ...filing, abstentions, assignedTo }, { type: 'conflict-declared', actor, data: { reasonDigest } })
  }

  /** The head of the office gives the filing to one who may decide it: of that office, and without a conflict. */
  async function assign(
    municipality: string,
    id: string,
    { actor, to }: { actor: OfficerActor; to: OfficerActor },
  ): Promise<void> {
    const filing = await find(municipality, id)
    assertMay(filing, 'assign', actor)
    if (!may(filing, 'decide', to)) {
      throw new AppError('INVALID_INPUT', 'Assignee may not work on the filing', {
        explanation: 'Scegli una persona dell’ufficio che possa occuparsene.',
      })
    }
    const assignedTo = { cf: to.cf, name: to.name }
    await write({ ...filing, assignedTo }, { type: 'assigned', actor, data: { to: to.name } })
  }

  const write = (filing: Submitted, { type, actor, data }: Event): Promise<void> =>
    inTransaction(async (transaction) => {
      const at = now()
      if (!(await store.replace({ ...filing, updatedAt: at }, transaction))) throw conflict(filing)
      const { municipality, id } = filing
      await history.append({ municipality, filing: id, type, at, by: authorOn(filing, actor), data }, transaction)
    })

  return { find, abstain, assign }
}

function assertReason(reason: string): void {
  if (reason !== '') return
  throw new AppError('INVALID_INPUT', 'Reason is missing', { explanation: 'Scrivi perché ti astieni.' })
}
