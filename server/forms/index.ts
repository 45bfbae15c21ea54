export { answerText } from './answer-text.ts'
export { compileForm } from './compile.ts'
export { controlNames, decodeStep, type Decoded } from './decode.ts'
export type {
  Answers,
  FieldError,
  Form,
  FormSource,
  Pointer,
  PrefillFacts,
  RuleError,
  Rules,
  Ui,
  UiField,
} from './form.ts'
export { canVisit, firstIncomplete, journey, nextStep, stepToResume } from './journey.ts'
export { answeredFact, applyLocked, forPerson, prefill } from './prefill.ts'
export {
  blankIn,
  givenAt,
  reusable,
  reuseDefects,
  reuseShapeDefects,
  withReused,
  type Reusable,
  type Reuse,
} from './reuse.ts'
export { createSharedTypes, readSharedTypes, type SharedTypes } from './shared-types.ts'
export { asksForFiles, attach, detach, documentsOf, exchanged, uploadFields, type UploadField } from './uploads.ts'
export { plainChoices, plainInput, plainPage, plainTextarea } from './plain-field-views.ts'
export { valueAt, valuesAt } from './pointers.ts'
export { stepOfPointer } from './steps.ts'
export {
  decodeItem,
  itemRows,
  itemView,
  listIn,
  removeItem,
  removeItemView,
  stepOfList,
  validateItem,
  withList,
  withNewItems,
  type ItemPlace,
} from './repeater.ts'
export { stepView } from './step-views.ts'
export { summaryView } from './summary-views.ts'
export type { FormFile } from './file-views.ts'
export type { FieldView, SectionView, StepView } from './view-model.ts'
export { errorAt, validateForm, validateStep } from './validate.ts'
export { placesOn } from './visible.ts'
