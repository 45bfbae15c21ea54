import type { Connection } from 'mongoose'
import type { Handlers } from '../history/index.ts'
import { createMandateService, type Mandates } from './mandate-service.ts'
import { createMandateStore } from './mandate-store.ts'
import type { BusinessRegister } from './business-register.ts'
import { createRepresentation, type Representation } from './representation-service.ts'
import type { Tell } from '../shared/tell.ts'
import { createMandateTasks } from './mandate-task.ts'

export { createBusinessRegister } from './business-register-client.ts'
export { standingOf } from './business-register.ts'
export { covers, type Mandate, type MandateId } from './mandate.ts'
export type { Mandates } from './mandate-service.ts'
export { MANDATE_ENDED } from './mandate-use-service.ts'
export { sideOf, type Confirmation, type Representation } from './representation-service.ts'
export { companyCodeOf, decodeParty } from './mandate-form.ts'
export { mandateRoutes } from './mandate-routes.ts'
export { reviewRoutes, type MandateLook, type ReviewingOfficer } from './review-routes.ts'

type Deps = Omit<Parameters<typeof createMandateService>[0], 'store' | 'representation'> & {
  connection: Connection
  register: BusinessRegister
  tell: Tell
}

/** The mandates of all municipalities, and the tasks that tell of them. */
export function createMandates({ connection, register, tell, ...deps }: Deps): {
  mandates: Mandates
  mandateTasks: Handlers
  representation: Representation
} {
  const store = createMandateStore(connection)
  const representation = createRepresentation({ register })
  const mandates = createMandateService({ store, representation, ...deps })
  return { mandates, mandateTasks: createMandateTasks({ store, tell }), representation }
}
