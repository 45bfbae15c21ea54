import { ownSchema } from '../shared/json-schema.ts'
import type { Condition, Field, Form, Pointer, Ui } from './form.ts'
import { isMessageKey } from './messages.ts'
import { PREFILL_FACTS } from './prefill.ts'
import { isWithin } from './pointers.ts'
import uiSchema from './ui.schema.json' with { type: 'json' }

const uiValidator = ownSchema(uiSchema, { strict: false, allErrors: true })

/** What is wrong with the shape of a companion file. */
export function uiDefects(ui: unknown): string[] {
  const validate = uiValidator()
  if (validate(ui)) return []
  return (validate.errors ?? []).map(
    ({ instancePath, message, params }) => `ui.json${instancePath}: ${message ?? ''} ${JSON.stringify(params)}`,
  )
}

/** Everything that would make a compiled form misbehave in front of a person. */
export function formDefects(form: Form, ui: Ui): string[] {
  return [
    ...rootDefects(form),
    ...[...form.fields.values()].flatMap((field) => fieldDefects(form, field)),
    ...stepDefects(form, ui),
    ...[...form.fields.values()].flatMap((field) => conditionDefects(form, field)),
    ...Object.keys(ui.fields ?? {})
      .filter((pointer) => !form.fields.has(pointer))
      .map((pointer) => `ui.json: ${pointer} is not in the schema`),
  ]
}

function rootDefects({ root, title }: Form): string[] {
  return [
    ...(root.type === 'object' ? [] : ['the schema must be an object']),
    ...(title === '' ? ['the schema has no title'] : []),
  ]
}

const fieldDefects = (form: Form, field: Field): string[] =>
  [...schemaDefects(field), ...companionDefects(field), ...itemTitleDefects(form, field)].map(
    (defect) => `${field.pointer}: ${defect}`,
  )

const when = (bad: boolean, defect: string): string[] => (bad ? [defect] : [])

function schemaDefects(field: Field): string[] {
  const { pointer, schema, widget } = field
  const inList = pointer.includes('/*')
  const isFixed = 'const' in schema && schema['const'] !== true && widget !== 'readonly'
  return [
    ...when(field.label === '', 'no title and no label'),
    ...when(isUnboundedText(field), 'a text needs a maxLength (or format, pattern, choices)'),
    ...when(widget === 'repeater' && inList, 'a list inside a list cannot be asked'),
    ...when(isUndecidable(field), 'oneOf is for choices: every branch a const'),
    ...when(isRequiredList(field) && !schema['minItems'], 'a required list needs minItems, an empty one is there too'),
    ...when(isFixed, 'a const that is not readOnly'),
  ]
}

function companionDefects({ ui, schema, children }: Field): string[] {
  const { prefill, errors = {} } = ui
  return [
    ...when(prefill !== undefined && !PREFILL_FACTS.includes(prefill), `unknown prefill ${prefill ?? ''}`),
    ...when(ui.lock === true && prefill === undefined, 'lock without prefill: nobody could fill it'),
    ...when(ui.lock === true && children.length > 0, 'lock is for single fields'),
    ...when('pattern' in schema && errors['pattern'] === undefined, 'a pattern needs a sentence in errors.pattern'),
    ...Object.keys(errors).flatMap((key) => when(!isMessageKey(key), `errors.${key} is for nothing`)),
  ]
}

function isUnboundedText({ type, format, options, schema, widget, multiple }: Field): boolean {
  const bounded = ['maxLength', 'pattern', 'const'].some((keyword) => Object.hasOwn(schema, keyword))
  return type === 'string' && !multiple && !bounded && format === null && options.length === 0 && widget !== 'readonly'
}

const isUndecidable = ({ options }: Field): boolean => options.some(({ value }) => (value as unknown) === undefined)

const isRequiredList = ({ requiredWhen, type }: Field): boolean => type === 'array' && requiredWhen.length > 0

function itemTitleDefects(form: Form, { pointer, ui }: Field): string[] {
  return [...(ui.itemTitle ?? '').matchAll(/\{\{(\w+)\}\}/g)]
    .map(([, key]) => `${pointer}/*/${key ?? ''}`)
    .filter((named) => !form.fields.has(named))
    .map((named) => `itemTitle names ${named}, which is not in the schema`)
}

function stepDefects(form: Form, ui: Ui): string[] {
  const named = ui.steps.flatMap((step) => step.fields ?? (step.sections ?? []).flatMap(({ fields }) => fields))
  const steps = ui.steps.map(({ id }) => id)
  const leaves = [...form.fields.values()].filter(
    ({ children, pointer }) => children.length === 0 && !pointer.includes('*'),
  )
  const lists = [...form.fields.values()].filter(({ widget }) => widget === 'repeater')
  return [
    ...steps.filter((id, index) => steps.indexOf(id) !== index).map((id) => `step ${id} is there twice`),
    ...named
      .filter((pointer) => !form.fields.has(pointer))
      .map((pointer) => `ui.json: a step asks ${pointer}, which is not in the schema`),
    ...named
      .filter((pointer) => pointer.includes('*'))
      .map((pointer) => `ui.json: a step cannot ask a part of an item (${pointer})`),
    ...[...leaves, ...lists].flatMap(({ pointer }) => coverage(pointer, named)),
  ]
}

function coverage(pointer: Pointer, named: readonly Pointer[]): string[] {
  const times = named.filter((ancestor) => isWithin(pointer, ancestor)).length
  if (times === 1) return []
  return [times === 0 ? `${pointer}: no step asks it` : `${pointer}: asked ${times} times`]
}

/** A field may depend only on what is asked in its own step or before; otherwise it would appear behind the person's back. */
function conditionDefects(form: Form, field: Field): string[] {
  const conditions = [...field.shownWhen, ...field.requiredWhen].flat()
  const place = (pointer: Pointer) => form.steps.findIndex(({ id }) => id === form.stepOf.get(pointer))
  const late = ({ dependsOn }: Condition) => dependsOn.filter((pointer) => place(pointer) > place(field.pointer))
  const unknown = ({ dependsOn }: Condition) => dependsOn.filter((pointer) => !form.fields.has(pointer))
  return [
    ...new Set([
      ...conditions.flatMap(late).map((pointer) => `${field.pointer}: depends on ${pointer}, asked in a later step`),
      ...conditions
        .flatMap(unknown)
        .map((pointer) => `${field.pointer}: depends on ${pointer}, which is not in the schema`),
    ]),
  ]
}
