import type { Documents } from '../documents/index.ts'
import { AppError } from '../errors.ts'
import {
  assertMay,
  assertSubmitted,
  filingWith,
  isChangedMeanwhile,
  partOfFiling,
  type Actor,
  type Actors,
  type FilingStore,
  type OpenFiling,
  type Sealed,
  type Submitted,
} from '../filings/index.ts'
import type { History, Outbox } from '../history/index.ts'
import type { Municipality } from '../municipalities/index.ts'
import type { Catalogue } from '../procedures/index.ts'
import { annulmentOf, type Protocol } from '../protocol/index.ts'
import { romeDate } from '../shared/dates.ts'
import type { InTransaction } from '../shared/transaction.ts'
import { createSignatureService, type ActorNow, type SignerOf } from './signature-service.ts'
import { isSameStep, stepOn, type StepContent } from './step.ts'
import { createStepPaperService } from './step-paper-service.ts'
import { createStepRecordService } from './step-record-service.ts'
import { createStepTakingService } from './step-taking-service.ts'
import { assertSeen, mustHaveSeen } from './unseen.ts'
import { authorOn, transitionFor } from './workflow.ts'

type Deps = {
  store: FilingStore
  catalogue: Catalogue
  documents: Documents
  protocol: Protocol
  history: History
  outbox: Outbox
  sealed: Sealed
  signerOf: SignerOf
  /** Hears of failures that nobody foresaw. */
  report: (error: unknown) => void
  inTransaction: InTransaction
  actors: Actors
  now: () => Date
}

type Written = Readonly<{ actor: Actor; content: StepContent }>
/** `seen`: the last event on the page from which they act, by its number; null where the page tells none. */
type Taken = Readonly<{ actorNow: ActorNow; content: StepContent; seen?: number | null }>

/** A filing that changes three times within one step is not calm enough to act on. */
const MOST_TRIES = 3

export type ProgressService = ReturnType<typeof createProgressService>

/** Moves a filing along its procedure's workflow, whoever acts: officers and the filer use the same steps and rules. */
export function createProgressService(deps: Deps) {
  const { store, catalogue, documents, protocol, history, actors, inTransaction, now } = deps
  const papers = createStepPaperService(deps)
  const { take } = createStepTakingService({ ...papers, ...createStepRecordService(deps), inTransaction })
  const signatures = createSignatureService(deps, { ...papers, take, open })

  async function open(municipality: string, id: string, who: Actor): Promise<OpenFiling> {
    const filing = await filingWith(store, municipality, id)
    const actor = await actors.on(filing, who)
    assertMay(filing, 'see', actor)
    assertSubmitted(filing)
    const [procedure, events, files, amendments] = await Promise.all([
      catalogue.version(municipality, filing.procedure.id, filing.procedure.version),
      history.of(municipality, id),
      documents.ofFiling(municipality, id),
      protocol.amendmentsOf([{ id: filing.protocol.entry }]),
    ])
    const shown = { procedure, events, files: partOfFiling(files, events), annulment: annulmentOf(amendments) }
    return { filing, ...shown, actor, today: romeDate(now()) }
  }

  /** `open` for somebody who is about to take a step: under a company's mandate the business register is asked again. */
  async function openToAct(municipality: string, id: string, who: Actor): Promise<OpenFiling> {
    const opened = await open(municipality, id, who)
    return { ...opened, actor: await actors.acting(opened.filing, opened.actor) }
  }

  /**
   * Takes one step, or puts it before who must sign its letter. Of two people who act at once the second is told (CONFLICT) and
   * nothing of theirs is kept. Who sends the same step twice (two presses, an answer that was lost) gets what the first made. What else
   * happens meanwhile (the filing is assigned, somebody abstains) is no reason to refuse: the step is tried on the filing as it is then.
   */
  async function advance(municipality: Municipality, id: string, step: string, taken: Taken): Promise<Submitted> {
    for (let tries = 1; ; tries += 1) {
      try {
        return await advanceOnce(municipality, id, step, taken)
      } catch (error) {
        if (!(error instanceof AppError) || error.code !== 'CONFLICT') throw error
        const { filing, events, actor } = await open(municipality.id, id, await taken.actorNow())
        if (isSameStep(events.at(-1), { step, by: authorOn(filing, actor), content: taken.content })) {
          await documents.abandon(taken.content.files)
          return filing
        }
        if (!isChangedMeanwhile(error) || tries === MOST_TRIES) throw error
      }
    }
  }

  /** The letter of a step, to be read before the step is taken; nothing of it is kept. */
  async function preview(municipality: Municipality, id: string, transitionId: string, { actor, content }: Written) {
    const opened = await openToAct(municipality.id, id, actor)
    return papers.composeLetter(stepOn(opened, { municipality, transitionId, content }))
  }

  async function advanceOnce(
    municipality: Municipality,
    id: string,
    transitionId: string,
    { actorNow, content, seen = null }: Taken,
  ): Promise<Submitted> {
    const opened = await openToAct(municipality.id, id, await actorNow())
    const step = stepOn(opened, { municipality, transitionId, content })
    if (mustHaveSeen(step)) assertSeen(opened, seen)
    if (step.transition.signedBy) return inTransaction((transaction) => signatures.ask(step, transaction))
    const actingNow = async () => actors.acting(opened.filing, await actors.on(opened.filing, await actorNow()))
    return take(step, { stillMay: async () => transitionFor(opened, transitionId, await actingNow()) })
  }

  return { open, openToAct, preview, advance, signatures }
}
