import type { Connection } from 'mongoose'
import { createAmendmentStore } from './amendment-store.ts'
import { createDailyRegisterService } from './daily-register-service.ts'
import { createDailyRegisterStore } from './daily-register-store.ts'
import { createRegisterService } from './register-service.ts'
import { createRegisterStore } from './register-store.ts'

export { annulmentOf } from './amendment.ts'
export type { Amendment, NewAmendment } from './amendment.ts'
export { formatProtocol } from '../shared/protocol-number.ts'
export type { NewEntry, RegisteredDocument, RegisterEntry, RegisterQuery } from './register.ts'
export { askedWords, rarestFirst, searchedIn, searchWords } from './search-words.ts'
export type { RegisterReader } from './register-reader.ts'
export { protocolRoutes } from './register-routes.ts'
export { segnatura } from './segnatura.ts'
export type { SealSigner } from './segnatura-seal.ts'

/** The register with its amendments and its daily registers. */
export type Protocol = ReturnType<typeof createProtocol>

/** The protocol of all municipalities on one database. */
export function createProtocol({ connection, newId }: { connection: Connection; newId: () => string }) {
  const store = createRegisterStore(connection)
  const amendments = createAmendmentStore(connection)
  return {
    ...createRegisterService({ store, amendments, newId }),
    ...createDailyRegisterService({ store, amendments, registers: createDailyRegisterStore(connection) }),
  }
}
