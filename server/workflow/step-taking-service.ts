import type { Submitted } from '../filings/index.ts'
import type { InTransaction } from '../shared/transaction.ts'
import type { PersonSigner } from '../signing/index.ts'
import type { Step } from './step.ts'
import type { StepLetterService } from './step-letter-service.ts'
import type { PrepareStatement } from './statement.ts'
import type { StepRecordService } from './step-record-service.ts'

type Parts = Pick<StepLetterService, 'prepareLetter'> &
  StepRecordService & { prepareStatement: PrepareStatement; inTransaction: InTransaction }
/** `stillMay` throws what fits when its actor may take the step no more. */
type Taking = Readonly<{ stillMay: () => Promise<unknown>; sign?: PersonSigner }>

export type StepTakingService = ReturnType<typeof createStepTakingService>

/** Takes a step, whoever decided it and whoever signs it. */
export function createStepTakingService({ prepareLetter, prepareStatement, write, inTransaction }: Parts) {
  /**
   * Its paper is made first, then it, number, entry, state, event and outbox are written together. Key, seal and time stamp of a letter
   * may take long: who lost the role meanwhile has decided and signed nothing.
   */
  async function take(step: Step, { stillMay, sign }: Taking): Promise<Submitted> {
    const { actor } = step
    if (actor.kind === 'citizen') {
      const statement = await prepareStatement({ ...step, actor })
      return inTransaction((transaction) => write(step, statement, transaction))
    }
    const letter = await prepareLetter(step, sign)
    if (letter) await stillMay()
    return inTransaction((transaction) => write(step, letter, transaction))
  }

  return { take }
}
