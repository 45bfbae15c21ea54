export { aboutText, type About } from './about-service.ts'
export { assertMay, denied, explanationOf, filingPath, GONE_ON } from './access-failure.ts'
export {
  actsUnconfirmed,
  conflictOf,
  denial,
  inWhoseName,
  isPrincipal,
  may,
  type Action,
  type Denial,
} from './access.ts'
export { actingView } from './acting-views.ts'
export { capacityOf, FOR_ONESELF, groundText, mandateGround, type Acting, type Ground } from './acting.ts'
export { createActors, type Actors } from './actor-service.ts'
export type { Actor, CitizenActor, HeldMandate, InvitedSigner, OfficerActor } from './actor.ts'
export { dueOf } from './clock.ts'
export { citizenOf, evidenceOf, filerOf, formFactsOf, partyOf } from './facts.ts'
export { draftFiles, fileView, purposesOf, signatureViews, type SignatureView } from './file-views.ts'
export { createFilingService, type FilingService } from './filing-service.ts'
export { createFilingStore } from './filing-store.ts'
export {
  annulledText,
  eventTitle,
  historyParts,
  milestoneOf,
  newestFirst,
  stateView,
  type StateView,
} from './filing-views.ts'
export {
  assertDraft,
  assertSubmitted,
  changedMeanwhile,
  CONCLUDED,
  filersCopy,
  filingWith,
  isChangedMeanwhile,
  isConcluded,
  MOST_NAMED,
  totalIn,
  type Answered,
  type Counts,
  type Draft,
  type Filing,
  type FilingId,
  type FilingStore,
  type Listed,
  type ListedDraft,
  type LoginEvidence,
  type Named,
  type OfficeOrder,
  type OwnOrCompany,
  type Submitted,
  type SubmittedState,
  type ToSign,
  type Typed,
} from './filing.ts'
export { createMarkedCopies, type MarkedCopies } from './marked-copy-service.ts'
export { partOfFiling, type OpenFiling } from './open-filing.ts'
export { createRegisteredAt } from './registration-proof.ts'
export { administrationOf, namedFiles, registeredDocument } from './registration.ts'
export type { Sealed } from './seal.ts'
export { signatureRoutes, type SignatureVisit } from './signature-routes.ts'
export { filingOfTask } from './task-filing.ts'
export { tellFiler, tellPrincipal } from './telling.ts'
