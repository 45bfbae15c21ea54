import type { Connection } from 'mongoose'
import { createAppointmentBook } from './appointment-book-service.ts'
import { createAppointmentService, type Appointments } from './appointment-service.ts'
import { createAppointmentStore } from './appointment-store.ts'
import { createFamilyService, type Family } from './family-service.ts'
import { createDeclarationStore } from './family-store.ts'

export { appointmentRoutes } from './appointment-routes.ts'
export type { Appointments, OfficerSource } from './appointment-service.ts'
export { currentAppointments } from './appointment.ts'
export { assignmentRoutes } from './assignment-routes.ts'
export { createAssignmentService } from './assignment-service.ts'
export { createBatches } from './batch-service.ts'
export { createConsultationService, type Consultations } from './consultation-service.ts'
export { consultationRoutes } from './consultation-routes.ts'
export { createDeskService } from './desk-service.ts'
export { familyRoutes } from './family-routes.ts'
export type { Family } from './family-service.ts'
export { deskRoutes } from './desk-routes.ts'
export { givenUpRoutes } from './given-up-routes.ts'
export { createGivenUpService } from './given-up-service.ts'
export { createCorrectionHolders } from './correction-holder-service.ts'
export {
  administratorFrame,
  correctionOfficerOf,
  mandateReviewerOf,
  messageLogReaderOf,
  officerFrame,
  registerReaderOf,
} from './house-access-routes.ts'
export { toSignRoutes } from './to-sign-routes.ts'

type Deps = { connection: Connection; now: () => Date; newId: () => string }

export const createAppointments = ({ connection, now, newId }: Deps): Appointments =>
  createAppointmentService({
    book: createAppointmentBook({ store: createAppointmentStore(connection), now, newId }),
    now,
  })

export const createFamily = ({ connection, now, newId }: Deps): Family =>
  createFamilyService({ store: createDeclarationStore(connection), now, newId })
