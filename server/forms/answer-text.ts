import { displayValue } from './display.ts'
import type { Answers, Form, Pointer } from './form.ts'
import { definitionOf, valueAt } from './pointers.ts'

/** One answer in words, as a letter or a subject repeats it; undefined when it was not given. */
export function answerText(form: Form, answers: Answers, pointer: Pointer): string | undefined {
  const field = form.fields.get(definitionOf(pointer))
  const value = valueAt(answers, pointer)
  return field && value !== undefined ? displayValue(field, value) : undefined
}
