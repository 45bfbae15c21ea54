import type { ErrorObject } from 'ajv'
import { isIsoDate } from '../shared/dates.ts'
import { isShown } from './conditions.ts'
import { isDateFormat } from './formats.ts'
import type { Answers, Field, FieldError, Form, Pointer } from './form.ts'
import { messageFor, missingIdentity } from './messages.ts'
import { definitionOf, nameOf, parentOf, segmentsOf, valueAt } from './pointers.ts'
import { forValidation } from './visible.ts'
import { stepNamed } from './steps.ts'

/** Of several errors of one field the person gets the first in this order: missing, unreadable, badly written, too long, out of range. */
const ORDER = [
  'required',
  'dependentRequired',
  'type',
  'oneOf',
  'enum',
  'const',
  'format',
  'pattern',
  'minLength',
  'maxLength',
]

/** Errors of the step's fields: the whole form is validated and what belongs to other steps left out. */
export function validateStep(form: Form, stepId: string, answers: Answers): FieldError[] {
  stepNamed(form, stepId)
  const position = (id: string) => form.steps.findIndex((step) => step.id === id)
  const errors = schemaErrors(form, answers)
  // A rule may look at this step and the ones before; it is asked only once these satisfy the schema.
  const early = errors.some((error) => position(error.stepId) <= position(stepId))
  return [...errors, ...(early ? [] : ruleErrors(form, answers))].filter((error) => error.stepId === stepId)
}

/** Every error, in the order of the pages; asked again in full when a filing is submitted. */
export function validateForm(form: Form, answers: Answers): FieldError[] {
  const errors = schemaErrors(form, answers)
  return errors.length > 0 ? errors : ruleErrors(form, answers)
}

/** A page asks several times about the same answers (may this step be opened? what is done?): they are validated once. */
const known = new WeakMap<Answers, { form: Form; errors: FieldError[] }>()

function schemaErrors(form: Form, answers: Answers): FieldError[] {
  const before = known.get(answers)
  if (before?.form === form) return before.errors
  const errors = freshErrors(form, answers)
  known.set(answers, { form, errors })
  return errors
}

function freshErrors(form: Form, answers: Answers): FieldError[] {
  const seen = forValidation(form, answers)
  if (form.validate(seen)) return []
  const found = new Map<Pointer, { field: Field; error: ErrorObject }>()
  const unknown: FieldError[] = []
  for (const error of form.validate.errors ?? []) {
    if (isWrapper(error) || isEcho(form, error, seen)) continue
    const pointer = fieldPointer(form, pointerOf(error))
    const field = form.fields.get(definitionOf(pointer))
    if (!field) {
      unknown.push(fieldError(form, { pointer, field: form.root, message: messageFor(form.root, error) }))
      continue
    }
    const other = found.get(pointer)
    if (!other || rank(error) < rank(other.error)) found.set(pointer, { field, error })
  }
  const known = [...found].filter(([pointer, { field }]) => !isTrusted(form, field, valueAt(answers, pointer)))
  return [
    ...inPageOrder(
      form,
      known.map(([pointer, { field, error }]) =>
        fieldError(form, { pointer, field, message: messageOf(form, field, error, valueAt(answers, pointer)) }),
      ),
    ),
    ...unknown.slice(0, 1),
  ]
}

/** Locked values come from the identity provider: the person could not correct them, and codes are never refused to their holder. */
const isTrusted = (form: Form, field: Field, value: unknown): boolean =>
  form.locked.has(field.pointer) && value !== undefined

function messageOf(form: Form, field: Field, error: ErrorObject, value: unknown): string {
  if (form.locked.has(field.pointer) && error.keyword === 'required') return missingIdentity(field)
  // Of what is no date at all nobody can say that it lies in the future.
  const unreadable = error.keyword === 'format' && isDateFormat(field.format) && !isIsoDate(String(value))
  return messageFor(unreadable ? { ...field, format: 'date' } : field, error)
}

function ruleErrors(form: Form, answers: Answers): FieldError[] {
  const errors = form.rules(forValidation(form, answers)).map(({ pointer, message }) => {
    const field = form.fields.get(definitionOf(pointer))
    // A misspelt pointer would let a wrong filing through: it is a defect of the procedure, not of the person.
    if (!field) throw new Error(`A rule of form ${form.id} speaks of ${pointer}, which is not a field`)
    return fieldError(form, { pointer, field, message })
  })
  return inPageOrder(form, errors)
}

/** An error that no schema finds, at the field with that name in a page; undefined if the form has no such field. */
export function errorAt(form: Form, name: string, message: string): FieldError | undefined {
  const pointer = `/${name.replaceAll('.', '/')}`
  const field = form.fields.get(definitionOf(pointer))
  return field && fieldError(form, { pointer, field, message })
}

function fieldError(
  form: Form,
  { pointer, field, message }: { pointer: Pointer; field: Field; message: string },
): FieldError {
  const stepId = form.stepOf.get(field.pointer) ?? form.steps[0]?.id ?? ''
  return { pointer, name: nameOf(pointer), label: field.label, message, stepId }
}

/** `if`, `allOf`… only repeat what their parts say; a wrong choice gives one error per option besides the one of `oneOf`. */
const isWrapper = ({ keyword, schemaPath }: ErrorObject): boolean =>
  ['if', 'allOf', 'anyOf'].includes(keyword) || (keyword === 'const' && schemaPath.includes('/oneOf/'))

/**
 * An error that only echoes another. When a branch has an error its fields count as never evaluated, and are reported as
 * unknown as well.
 */
function isEcho(form: Form, error: ErrorObject, answers: Answers): boolean {
  const field = form.fields.get(definitionOf(pointerOf(error)))
  return error.keyword === 'unevaluatedProperties' && field !== undefined && isShown(field, pointerOf(error), answers)
}

function pointerOf({ instancePath, params }: ErrorObject): Pointer {
  const key: unknown = params['missingProperty'] ?? params['unevaluatedProperty']
  return typeof key === 'string' ? `${instancePath}/${key}` : instancePath
}

/** A wrong item of a list of choices or files is an error of the list. */
function fieldPointer(form: Form, pointer: Pointer): Pointer {
  return pointer === '' || form.fields.has(definitionOf(pointer)) ? pointer : fieldPointer(form, parentOf(pointer))
}

const rank = ({ keyword }: ErrorObject): number => (ORDER.includes(keyword) ? ORDER.indexOf(keyword) : ORDER.length)

/** In the order of the fields on the pages, items one after the other; what no page asks comes last. */
function inPageOrder(form: Form, errors: FieldError[]): FieldError[] {
  if (errors.length < 2) return errors
  const places = new Map(errors.map(({ pointer }) => [pointer, placeOf(form, pointer)]))
  const place = ({ pointer }: FieldError) => places.get(pointer) ?? []
  return errors.sort((a, b) => compared(place(a), place(b)))
}

/** The way to a field in numbers: positions of the fields and of the items that lead to it, one after the other. */
function placeOf(form: Form, pointer: Pointer): number[] {
  const segments = segmentsOf(pointer)
  const numbers = segments.flatMap((segment, depth) => {
    const position = form.positions.get(definitionOf(`/${segments.slice(0, depth + 1).join('/')}`))
    // Of an object that several steps ask, only its parts have a position.
    return position ?? (/^\d+$/.test(segment) ? Number(segment) : [])
  })
  return numbers.length > 0 ? numbers : [Infinity]
}

function compared(a: readonly number[], b: readonly number[]): number {
  const differs = a.findIndex((number, depth) => number !== b[depth])
  if (differs === -1) return a.length - b.length
  return (a[differs] ?? 0) - (b[differs] ?? -Infinity)
}
