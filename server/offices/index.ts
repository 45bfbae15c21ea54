import type { Connection } from 'mongoose'
import { createOfficerStore } from './officer-store.ts'
import type { OfficerStore } from './officer.ts'

export { createDeskService, type Desk, type DeskService } from './desk-service.ts'
export { deskRoutes } from './desk-routes.ts'
export { mandateReviewerOf } from './mandate-access-routes.ts'
export { administratorFrame } from './administration-access-routes.ts'
export { registerReaderOf } from './register-access-routes.ts'
export type { Officer, OfficerStore } from './officer.ts'

export const createOfficers = (connection: Connection): OfficerStore => createOfficerStore(connection)
