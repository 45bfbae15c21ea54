import type { Documents, Prepared } from '../documents/index.ts'
import { changedMeanwhile, type Actors, type FilingStore, type Submitted } from '../filings/index.ts'
import type { History, Outbox } from '../history/index.ts'
import type { Protocol } from '../protocol/index.ts'
import type { Transaction } from '../shared/transaction.ts'
import { unchanged } from './current-filing.ts'
import { stepEntry, stepEvent, steppedFiling, type Step } from './step.ts'
import { transitionFor } from './workflow.ts'

type Deps = {
  store: FilingStore
  actors: Pick<Actors, 'on'>
  documents: Documents
  protocol: Protocol
  history: History
  outbox: Outbox
  now: () => Date
}

export type StepRecordService = ReturnType<typeof createStepRecordService>

/** Writes a step in its transaction: letter or statement, number, state, history and the news to be told. */
export function createStepRecordService({ store, actors, documents, protocol, history, outbox, now }: Deps) {
  async function write(step: Step, prepared: Prepared | null, transaction: Transaction): Promise<Submitted> {
    const { municipality, open, transition, actor, content } = step
    const at = now()
    const current = await unchanged(store, open.filing, transaction)
    // A mandate may have been revoked since it was looked at, while the business register was asked.
    if (actor.kind === 'citizen')
      transitionFor({ ...open, filing: current }, transition.id, await actors.on(current, actor, transaction))
    await documents.adopt(content.files, transaction)
    const paper = prepared && (await documents.keep(prepared, transaction))
    const papers = [...(paper ? [paper] : []), ...content.files]
    const entry =
      papers.length > 0 ? await protocol.register(stepEntry(step, { papers, at }), municipality, transaction) : null
    const next = steppedFiling(step, current, at)
    if (!(await store.replace(next, transaction))) throw changedMeanwhile(open.filing)
    const event = await history.append(stepEvent(step, { entry, documents: papers, at }), transaction)
    await outbox.put(
      [
        {
          key: `told:${event.id}`,
          kind: 'filing-told',
          municipality: municipality.id,
          payload: { filing: next.id, event: event.id },
        },
      ],
      transaction,
    )
    return { ...next, revision: next.revision + 1 }
  }

  return { write }
}
