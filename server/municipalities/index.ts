import type { Connection } from 'mongoose'
import { createMunicipalityService, type Municipalities } from './municipality-service.ts'
import { createMunicipalityStore } from './municipality-store.ts'
import { createInTransaction } from '../shared/transaction-store.ts'
import { createServiceChangeStore } from './service-change-store.ts'

export { CONSULTATION_MONTHS, municipalityDefects, officeOf, type Municipality, type Office } from './municipality.ts'
export { list, maybeText, MUNICIPALITY_SHAPE, record, text } from './municipality-shape.ts'
export { municipalityOf } from './municipality-routes.ts'
export type { ServiceChange, ServiceNotice } from './service-notice.ts'
export {
  isRole,
  mayInHouse,
  powersIn,
  reaches,
  ROLES,
  type Appointment,
  type FilingPower,
  type HousePower,
  type Role,
} from './role.ts'
export type { Municipalities } from './municipality-service.ts'

export function createMunicipalities({ connection, now }: { connection: Connection; now: () => Date }): Municipalities {
  return createMunicipalityService({
    store: createMunicipalityStore(connection),
    changes: createServiceChangeStore(connection),
    inTransaction: createInTransaction(connection),
    now,
  })
}
