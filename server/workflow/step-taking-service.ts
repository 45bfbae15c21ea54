import type { Submitted } from '../filings/index.ts'
import type { InTransaction } from '../shared/transaction.ts'
import type { PersonSigner } from '../signing/index.ts'
import type { Step } from './step.ts'
import type { StepPaperService } from './step-paper-service.ts'
import type { StepRecordService } from './step-record-service.ts'

type Parts = Pick<StepPaperService, 'preparePaper'> & StepRecordService & { inTransaction: InTransaction }
/** `stillMay` throws what fits when its actor may take the step no more. */
type Taking = Readonly<{ stillMay: () => Promise<unknown>; sign?: PersonSigner }>

export type StepTakingService = ReturnType<typeof createStepTakingService>

/** Takes a step, whoever decided it and whoever signs it. */
export function createStepTakingService({ preparePaper, write, inTransaction }: Parts) {
  /**
   * Its paper is made first, then it, number, entry, state, event and outbox are written together. Key, seal and time stamp of a letter
   * may take long: who lost the role meanwhile has decided and signed nothing.
   */
  async function take(step: Step, { stillMay, sign }: Taking): Promise<Submitted> {
    const paper = await preparePaper(step, sign)
    // A person's right is looked at in the transaction.
    if (paper && step.actor.kind === 'officer') await stillMay()
    return inTransaction((transaction) => write(step, paper, transaction))
  }

  return { take }
}
