import { AppError } from '../errors.ts'
import type { Field, Form, Pointer, StepDefinition } from './form.ts'
import { definitionOf } from './pointers.ts'

/** The step with that id; an address made up by hand gives 404. */
export function stepNamed(form: Form, stepId: string): StepDefinition {
  const step = form.steps.find(({ id }) => id === stepId)
  if (!step) throw new AppError('NOT_FOUND', `No step of form ${form.id} has that name`)
  return step
}

export const fieldsOf = (step: StepDefinition): Field[] => step.sections.flatMap(({ fields }) => fields)

/** The step that asks the field with that pointer, definition or place. */
export function stepOfPointer(form: Form, pointer: Pointer): string {
  const step = form.stepOf.get(definitionOf(pointer))
  if (step === undefined) throw new Error(`Form ${form.id} asks nothing at ${pointer}`)
  return step
}
