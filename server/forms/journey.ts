import type { Answers, Form, StepDefinition } from './form.ts'
import { stepNamed } from './steps.ts'
import { validateForm } from './validate.ts'
import { stepPlaces } from './visible.ts'

type JourneyStep = Readonly<{ id: string; title: string; state: 'done' | 'current' | 'todo' | 'skipped' }>
type Journey = readonly JourneyStep[]

/**
 * Where the person stands, computed from the answers alone: nothing about position is stored. `current` is the step on
 * the screen, else the first that is not complete; what comes before it is done, what follows is to do.
 */
export function journey(
  form: Form,
  answers: Answers,
  current: string | null = firstIncomplete(form, answers),
): Journey {
  const here = form.steps.findIndex(({ id }) => id === current)
  const state = (step: StepDefinition, index: number): JourneyStep['state'] => {
    if (step.id === current) return 'current'
    if (!isAsked(step, answers)) return 'skipped'
    return here < 0 || index < here ? 'done' : 'todo'
  }
  return form.steps.map((step, index) => ({ id: step.id, title: step.title, state: state(step, index) }))
}

/** Id of the first step with something missing or wrong; null when the form is complete. */
export function firstIncomplete(form: Form, answers: Answers): string | null {
  return validateForm(form, answers)[0]?.stepId ?? null
}

/**
 * Where somebody goes on who has not come to the summary yet: at the first step with something missing, else at the first
 * that holds nothing (all that it asks is optional, and may not have been seen), else at the last.
 */
export function stepToResume(form: Form, answers: Answers): string {
  const asked = form.steps.filter((step) => isAsked(step, answers))
  const empty = asked.find((step) => stepPlaces(step, answers).every(({ value }) => value === undefined))
  const step = firstIncomplete(form, answers) ?? (empty ?? asked.at(-1))?.id
  if (step === undefined) throw new Error('A form asks something')
  return step
}

/** A step may be opened if all before it are complete and something is asked in it. */
export function canVisit(form: Form, stepId: string, answers: Answers): boolean {
  const position = (id: string | null) => form.steps.findIndex((step) => step.id === id)
  const incomplete = firstIncomplete(form, answers)
  return isAsked(stepNamed(form, stepId), answers) && (incomplete === null || position(stepId) <= position(incomplete))
}

/** The step after this one in which something is asked; null after the last: the summary follows. */
export function nextStep(form: Form, stepId: string, answers: Answers): string | null {
  const later = form.steps.slice(form.steps.indexOf(stepNamed(form, stepId)) + 1)
  return later.find((step) => isAsked(step, answers))?.id ?? null
}

const isAsked = (step: StepDefinition, answers: Answers): boolean => stepPlaces(step, answers).length > 0
