import type { Connection } from 'mongoose'
import { createAmendmentStore } from './amendment-store.ts'
import { createProtocolService, type Protocol } from './register-service.ts'
import { createRegisterStore } from './register-store.ts'

export { annulmentOf, currentEntry } from './amendment.ts'
export type { Amendment, Change, NewAmendment } from './amendment.ts'
export { formatProtocol } from './register.ts'
export type { Direction, NewEntry, RegisteredDocument, RegisterEntry, RegisterPage, RegisterQuery } from './register.ts'
export { searchWords } from './search-words.ts'
export { protocolRoutes, type RegisterReader } from './register-routes.ts'
export { segnatura } from './segnatura.ts'
export type { Seal, SealSigner } from './segnatura-seal.ts'
export type { Protocol } from './register-service.ts'

export function createProtocol({ connection, newId }: { connection: Connection; newId: () => string }): Protocol {
  return createProtocolService({
    store: createRegisterStore(connection),
    amendments: createAmendmentStore(connection),
    newId,
  })
}
