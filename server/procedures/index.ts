export { fillText, LETTER_FACTS, type LetterFact } from './letter.ts'
export { principalOf } from './principal.ts'
export { privacyNotice, type PrivacyNotice } from './privacy.ts'
export type {
  ActorRole,
  ApplicantKind,
  Card,
  Declaration,
  DocumentSignature,
  Fee,
  FilingState,
  Letter,
  Outcome,
  Privacy,
  ProcedureKind,
  ProcedureSource,
  ProcedureVersion,
  Profile,
  SignaturePolicy,
  StampDuty,
  Term,
  Transition,
} from './procedure.ts'
export {
  clockState,
  dueDate,
  substituteDueDate,
  type ClockEvent,
  type ClockEvents,
  type ClockState,
  type Duration,
} from './term.ts'
