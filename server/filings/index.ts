export {
  assertMay,
  conflictOf,
  denial,
  explanationOf,
  may,
  type Action,
  type Actor,
  type OfficerActor,
  type HeldMandate,
} from './access.ts'
export { createActingService } from './acting-service.ts'
export { createActors } from './actor-service.ts'
export { actingView } from './acting-views.ts'
export { createAssignmentService, type Assignments } from './assignment-service.ts'
export { areaTabs, type AreaSection } from './area-views.ts'
export { citizenOf } from './facts.ts'
export { fileView, purposesOf } from './file-views.ts'
export { createCosigningService } from './cosigning-service.ts'
export { createInvitationService, type InvitationService } from './invitation-service.ts'
export type { InvitationStore } from './invitation.ts'
export { createInvitationStore } from './invitation-store.ts'
export { signerNotes } from './signer-views.ts'
export { createDraftService } from './draft-service.ts'
export { isConcluded, type Filing, type FilingStore, type Submitted, type SubmittedState } from './filing.ts'
export { citizenRoutes } from './citizen-routes.ts'
export { createFilingService, type FilingService } from './filing-service.ts'
export { createFilingStore } from './filing-store.ts'
export { eventTitle, milestones, shownFiles, stateView } from './filing-views.ts'
export { MOST_SIGNATURES, type Waiting } from './signature-request-service.ts'
export type { Chosen, SignatureOutcome, SignatureService } from './signature-service.ts'
export { maySign } from './to-sign.ts'
export { createMarkedCopies, type MarkedCopies } from './marked-copy-service.ts'
export { createProgressService, type ProgressService } from './progress-service.ts'
export type { OpenFiling, StepContent } from './step.ts'
export { createSubmissionService } from './submission-service.ts'
export { createConfidentialFacts } from './confidential-facts-service.ts'
export { createPublicFacts } from './public-facts-service.ts'
export type { Sealed } from './seal.ts'
export { createRegisteredAt } from './registration-proof.ts'
export { signatureRoutes, type SignatureVisit } from './signature-routes.ts'
export { createStampStore } from './stamp-store.ts'
export { createTasks } from './tasks.ts'
export { stepPageOf } from './transition-views.ts'
export { authorOn, availableTransitions, refusal, transitionFor } from './workflow.ts'
