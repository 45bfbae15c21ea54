import { AppError } from '../errors.ts'
import type { OfficerActor, OpenFiling, Submitted } from '../filings/index.ts'
import type { Municipality } from '../municipalities/index.ts'
import type { Catalogue, Transition } from '../procedures/index.ts'
import { formatProtocol } from '../protocol/index.ts'
import { romeDate } from '../shared/dates.ts'
import { availableTransitions, type ProgressService } from '../workflow/index.ts'
import type { Assignments } from './assignment-service.ts'

type Deps = Readonly<{
  progress: Pick<ProgressService, 'open' | 'advance'>
  assignments: Pick<Assignments, 'assign'>
  catalogue: Pick<Catalogue, 'version'>
  now: () => Date
}>

/** `failure`: why nothing was done with it, in Italian. `protocol` is null for what is not theirs to see. */
export type BatchOutcome = Readonly<{ protocol: string | null; failure: string | null }>
type Chosen = Readonly<{ municipality: Municipality; ids: readonly string[]; actorNow: () => Promise<OfficerActor> }>
type Work = (open: OpenFiling, actor: OfficerActor) => Promise<unknown>

export type Batches = ReturnType<typeof createBatches>

/**
 * One thing done with several filings: one after the other, each by its own rule and in its own transaction. What cannot be done with
 * one stops none of the others.
 */
export function createBatches({ progress, assignments, catalogue, now }: Deps) {
  /** Those of a list that this officer may take in charge, each by the steps of its own procedure. */
  async function takeable(filings: readonly Submitted[], actor: OfficerActor): Promise<Submitted[]> {
    const today = romeDate(now())
    const asked = filings.map(async (filing) => {
      if (filing.state !== 'submitted') return []
      const procedure = await catalogue.version(filing.municipality, filing.procedure.id, filing.procedure.version)
      // No step was taken with a filing that is as it was sent: no step waits for an earlier one, or has been taken.
      const steps = availableTransitions({ filing, procedure, events: [], today }, actor)
      return steps.some(takesInCharge) ? filing : []
    })
    return (await Promise.all(asked)).flat()
  }

  async function each({ ids, ...chosen }: Chosen, work: Work): Promise<BatchOutcome[]> {
    const outcomes: BatchOutcome[] = []
    for (const id of ids) outcomes.push(await attempt(id, chosen, work))
    return outcomes
  }

  async function attempt(
    id: string,
    { municipality, actorNow }: Omit<Chosen, 'ids'>,
    work: Work,
  ): Promise<BatchOutcome> {
    let protocol: string | null = null
    try {
      const actor = await actorNow()
      const open = await progress.open(municipality.id, id, actor)
      protocol = formatProtocol(open.filing.protocol)
      await work(open, actor)
      return { protocol, failure: null }
    } catch (error) {
      if (!(error instanceof AppError)) throw error
      return { protocol, failure: error.explanation ?? NOT_ALLOWED }
    }
  }

  /** Takes them in charge, by the step of each one's procedure. */
  const takeAll = (chosen: Chosen): Promise<BatchOutcome[]> =>
    each(chosen, async ({ filing, procedure }) => {
      const step = procedure.workflow.find(takesInCharge)
      if (!step) throw new AppError('CONFLICT', 'No such step in the workflow', { explanation: NO_STEP })
      const content = { reasons: '', days: null, files: [] }
      await progress.advance(chosen.municipality, filing.id, step.id, { actorNow: chosen.actorNow, content })
    })

  /** Gives them to one officer; whom the answers of one name needs its reason, on that filing's own page. */
  const assignAll = (chosen: Chosen, to: OfficerActor): Promise<BatchOutcome[]> =>
    each(chosen, ({ filing }, actor) =>
      assignments.assign(chosen.municipality.id, filing.id, { actor, to, reason: '' }),
    )

  return { takeable, takeAll, assignAll }
}

const takesInCharge = ({ event }: Transition): boolean => event === 'taken-in-charge'

const NOT_ALLOWED = 'Il tuo ruolo non lo permette.'
const NO_STEP = 'Questo procedimento non prevede la presa in carico.'
