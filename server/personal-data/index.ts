import type { Connection } from 'mongoose'
import type { Handlers } from '../history/index.ts'
import type { NewMessage } from '../notifications/index.ts'
import { createCorrectionService, type Corrections } from './correction-service.ts'
import { createCorrectionStore } from './correction-store.ts'
import { createCorrectionTasks } from './correction-task.ts'
import { createExporters, type Sources } from './exporters.ts'
import { createPersonalData, type PersonalData } from './export-service.ts'

export { correctionDeskRoutes } from './correction-desk-routes.ts'
export type { Corrections } from './correction-service.ts'
export { NOT_EXPORTED } from './data-part.ts'
export { personalDataRoutes } from './export-routes.ts'

type Deps = Readonly<{ sources: Sources; now: () => Date }>

/** The archive of all that is held of a person. */
export const createPersonalDataExport = ({ sources, now }: Deps): PersonalData =>
  createPersonalData({ exporters: createExporters(sources), now })

type CorrectionDeps = Omit<Parameters<typeof createCorrectionService>[0], 'store'> &
  Readonly<{ connection: Connection; tell: (message: NewMessage) => Promise<unknown> }>

/** Requests that data be corrected, and the task that tells of their answers. */
export function createCorrections({ connection, tell, ...deps }: CorrectionDeps): {
  corrections: Corrections
  correctionTasks: Handlers
} {
  const store = createCorrectionStore(connection)
  return {
    corrections: createCorrectionService({ store, ...deps }),
    correctionTasks: createCorrectionTasks({ store, tell }),
  }
}
