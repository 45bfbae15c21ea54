import { AppError } from '../errors.ts'
import type { Field, Form, StepDefinition } from './form.ts'

/** The step with that id; an address made up by hand gives 404. */
export function stepNamed(form: Form, stepId: string): StepDefinition {
  const step = form.steps.find(({ id }) => id === stepId)
  if (!step) throw new AppError('NOT_FOUND', `No step of form ${form.id} has that name`)
  return step
}

export const fieldsOf = (step: StepDefinition): Field[] => step.sections.flatMap(({ fields }) => fields)
