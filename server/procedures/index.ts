import type { Connection } from 'mongoose'
import type { Municipalities } from '../municipalities/index.ts'
import { createCatalogueService, type Catalogue } from './catalogue-service.ts'
import { createPublicationStore } from './publication-store.ts'

export type { Catalogue } from './catalogue-service.ts'
export { fillText, placeholders, type LetterFact } from './letter.ts'
export { publicRoutes } from './public-routes.ts'
export { relatedServices } from './public-views.ts'
export { clientsOf, PROFILE_WORDS, profilesUnderMandate } from './profile.ts'
export { isReusable, privacyNotice } from './privacy.ts'
export type {
  ActorRole,
  DocumentSignature,
  FilingState,
  ProcedureSource,
  ProcedureVersion,
  Profile,
  SignaturePolicy,
  SignerRule,
  StampDuty,
  Term,
  Transition,
} from './procedure.ts'
export type { ServiceState } from './service-state.ts'
export { assertActive, assertSendable, draftNotice, draftState } from './service-state-words.ts'
export { dueDate, lastDayToAnswer, type ClockEvent, type ClockEvents } from './term.ts'

type Parts = { connection: Connection; root: string; municipalities: Municipalities; now: () => Date }

/**
 * The catalogue of an installation, from the files below `<root>/forms` and the versions published before. Throws one
 * Error with every defect of every file (and with every published version that was changed).
 */
export function createCatalogue({ connection, root, municipalities, now }: Parts): Promise<Catalogue> {
  return createCatalogueService({ root, store: createPublicationStore(connection), municipalities, now })
}
