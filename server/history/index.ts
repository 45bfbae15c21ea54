import type { Connection } from 'mongoose'
import { createOutage, type Outage } from '../shared/outage.ts'
import { createHistoryService, type History } from './history-service.ts'
import { createHistoryStore } from './history-store.ts'
import { createOutboxService, type Outbox } from './outbox-service.ts'
import { createOutboxStore } from './outbox-store.ts'

export type { Consultation, ConsultationLog } from './consultation.ts'
export { createConsultationLog } from './consultation-store.ts'
export { disclosed, verifyChain, type DisclosedEvent } from './chain.ts'
export type { EventType, HistoryEvent, NewEvent } from './event.ts'
export type { History } from './history-service.ts'
export {
  DEAD_PAGE_SIZE,
  type DeadTask,
  type Handler,
  type Handlers,
  type NewTask,
  type Pace,
  type Task,
} from './outbox.ts'
export type { Outbox } from './outbox-service.ts'

/** The histories of all filings on one database. */
export function createHistory({ connection, newId }: { connection: Connection; newId: () => string }): History {
  return createHistoryService({ store: createHistoryStore(connection), newId })
}

type OutboxDeps = Omit<Parameters<typeof createOutboxService>[0], 'store' | 'outage'> & {
  connection: Connection
  /** Shared with other work in the background: what they all wait for is told once. */
  outage?: Outage
}

/** The tasks that follow commits, on one database. Nothing runs before `run` is called, in a worker. */
export function createOutbox({ connection, ...rest }: OutboxDeps): Outbox {
  return createOutboxService({ store: createOutboxStore(connection), outage: createOutage(rest), ...rest })
}
