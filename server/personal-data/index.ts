import { createExporters, type Sources } from './exporters.ts'
import { createPersonalData, type PersonalData } from './export-service.ts'

export { NOT_EXPORTED } from './data-part.ts'
export { personalDataRoutes } from './export-routes.ts'
export type { PersonalData } from './export-service.ts'

type Deps = Readonly<{ sources: Sources; now: () => Date }>

export const createPersonalDataExport = ({ sources, now }: Deps): PersonalData =>
  createPersonalData({ exporters: createExporters(sources), now })
