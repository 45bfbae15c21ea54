import type { Handlers } from '../history/index.ts'
import { createInvitationTask, type InvitationTaskDeps } from './invitation-task.ts'
import { createReceiptTask, type ReceiptDeps } from './receipt-task.ts'
import { createToldTask, type ToldDeps } from './told-task.ts'

/** What follows a commit: the receipt, and word to the filer. Each may be run again for the same task and does its work once. */
export const createTasks = (deps: ReceiptDeps & ToldDeps & InvitationTaskDeps): Handlers => ({
  'invitation-told': createInvitationTask(deps),
  'filing-receipt': createReceiptTask(deps),
  'filing-told': createToldTask(deps),
})
