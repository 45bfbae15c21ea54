import { createHash } from 'node:crypto'
import { AppError } from '../errors.ts'
import {
  assertMay,
  assertSubmitted,
  changedMeanwhile,
  conflictOf,
  filingWith,
  may,
  type FilingStore,
  type OfficerActor,
  type Submitted,
} from '../filings/index.ts'
import type { EventType, History } from '../history/index.ts'
import type { InTransaction, Transaction } from '../shared/transaction.ts'
import { authorOn } from '../workflow/index.ts'
import { reasonError } from '../shared/form-body.ts'

type Deps = { store: FilingStore; history: History; inTransaction: InTransaction; now: () => Date; newId: () => string }
/** `reason`: why the answers' naming of `to` is no conflict; empty where they do not. */
type Assigning = Readonly<{ actor: OfficerActor; to: OfficerActor; reason: string }>
/** What becomes of the filing, and what its history says of it. */
type Change = Readonly<{ filing: Submitted; type: EventType; data: Readonly<Record<string, unknown>> }>

export type Assignments = ReturnType<typeof createAssignmentService>

/** Who of an office works on a filing, and who must not. */
export function createAssignmentService({ store, history, inTransaction, now, newId }: Deps) {
  async function find(municipality: string, id: string, transaction?: Transaction): Promise<Submitted> {
    const filing = await filingWith(store, municipality, id, transaction)
    assertSubmitted(filing)
    return filing
  }

  /**
   * The officer declares a conflict of interests (L. 241/1990 art. 6-bis, DPR 62/2013 art. 7): from then on the filing is
   * not theirs to read or to work on, and it is nobody's until the head of the office assigns it.
   */
  const abstain = (municipality: string, id: string, by: { actor: OfficerActor; reason: string }): Promise<void> =>
    change({ municipality, id, actor: by.actor }, (filing) => {
      const { actor, reason } = by
      assertMay(filing, 'declare-conflict', actor)
      assertReason(reason, 'Scrivi perché ti astieni.')
      const assignedTo = filing.assignedTo?.cf === actor.cf ? null : filing.assignedTo
      const { note, reasonDigest } = noteOf(actor, reason)
      const abstentions = [...(filing.abstentions ?? []), note]
      return { filing: { ...filing, abstentions, assignedTo }, type: 'conflict-declared', data: { reasonDigest } }
    })

  /**
   * The head of the office gives the filing to one who may decide it: of that office, and without a conflict. Of whom the
   * answers merely name, the head says why there is none.
   */
  const assign = (municipality: string, id: string, by: Assigning): Promise<void> =>
    change({ municipality, id, actor: by.actor }, (filing) => {
      const { actor, to } = by
      assertMay(filing, 'assign', actor)
      const place = placeOf(filing, to)
      if (!place) {
        throw new AppError('INVALID_INPUT', 'Assignee may not work on the filing', {
          explanation: 'Scegli una persona dell’ufficio che possa occuparsene.',
        })
      }
      const assignedTo = { cf: to.cf, name: to.name }
      if (place === 'named') {
        const { note, reasonDigest } = cleared(to, by.reason)
        const clearances = [...(filing.clearances ?? []), { ...note, by: actor.name }]
        return { filing: { ...filing, assignedTo, clearances }, type: 'assigned', data: { to: to.name, reasonDigest } }
      }
      // Pressed twice, it is one assignment.
      if (filing.assignedTo?.cf === to.cf) return null
      return { filing: { ...filing, assignedTo }, type: 'assigned', data: { to: to.name } }
    })

  function cleared(to: OfficerActor, reason: string) {
    assertReason(reason, `Scrivi perché ${to.name} se ne può occupare.`)
    return noteOf(to, reason)
  }

  /** What is kept of a conflict, or of there being none, and what the history has of its reason. */
  function noteOf({ cf, name }: OfficerActor, reason: string) {
    const note = { cf, name, at: now(), reason, salt: newId() }
    return { note, reasonDigest: createHash('sha256').update(`${note.salt}${reason}`).digest('hex') }
  }

  /**
   * Read and written in one transaction: whoever declares a conflict at the moment in which a colleague takes the filing in charge
   * is heard all the same, after them.
   */
  const change = (
    { municipality, id, actor }: Readonly<{ municipality: string; id: string; actor: OfficerActor }>,
    changed: (filing: Submitted) => Change | null,
  ): Promise<void> =>
    inTransaction(async (transaction) => {
      const change = changed(await find(municipality, id, transaction))
      if (!change) return
      const { filing, type, data } = change
      const at = now()
      if (!(await store.replace({ ...filing, updatedAt: at }, transaction))) throw changedMeanwhile(filing)
      await history.append({ municipality, filing: id, type, at, by: authorOn(filing, actor), data }, transaction)
    })

  return { find, abstain, assign }
}

/** How the filing can be given to this officer: as it is, if the head of the office says why although the answers name them, or not. */
export function placeOf(filing: Submitted, officer: OfficerActor): 'free' | 'named' | null {
  const isNamed = conflictOf(filing, officer) === 'named'
  const without = isNamed ? { ...filing, answers: {} } : filing
  if (!may(without, 'decide', officer)) return null
  return isNamed ? 'named' : 'free'
}

/** Why the head of the office has to assign it, of all who hold something today; null where somebody has it, or anybody may take it. */
export function whyToAssign(filing: Submitted, officers: readonly OfficerActor[]): string | null {
  const { assignedTo, abstentions = [] } = filing
  if (!assignedTo) return abstentions.length > 0 ? 'Da assegnare: astensione' : null
  const theirs = officers.find(({ cf }) => cf === assignedTo.cf)
  return theirs && placeOf(filing, theirs) ? null : 'Da riassegnare'
}

function assertReason(reason: string, missing: string): void {
  const explanation = reasonError(reason, missing)
  if (explanation)
    throw new AppError('INVALID_INPUT', 'Reason is missing or too long', { explanation, field: 'motivo' })
}
