export { compileForm } from './compile.ts'
export { decodeStep, type Body, type Decoded } from './decode.ts'
export type {
  Answers,
  FieldError,
  Form,
  FormSource,
  Pointer,
  PrefillFacts,
  RuleError,
  Rules,
  StepDefinition,
  Ui,
  UiField,
  UiSection,
  UiStep,
  Widget,
} from './form.ts'
export {
  canVisit,
  firstIncomplete,
  journey,
  nextStep,
  previousStep,
  type Journey,
  type JourneyStep,
} from './journey.ts'
export { forPerson, prefill, PREFILL_FACTS, reapplyLocked } from './prefill.ts'
export { createSharedTypes, readSharedTypes, type SharedTypes } from './shared-types.ts'
export { attach, detach, documentsOf, uploadFields, type UploadField } from './uploads.ts'
export { validateForm, validateStep } from './validate.ts'
