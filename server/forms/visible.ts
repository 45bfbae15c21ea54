import { isRequired, isShown } from './conditions.ts'
import type { Answers, Field, Form, Pointer, StepDefinition } from './form.ts'
import { child, isRecord, ITEM_ID, valueAt } from './pointers.ts'
import { fieldsOf } from './steps.ts'

/** A field at its place among the answers: for an item's field one per item. */
export type Place = Readonly<{ field: Field; pointer: Pointer; value: unknown }>

/** Every field that applies to these answers, groups before their fields, in the order of the pages. */
export function visiblePlaces(form: Form, answers: Answers): Place[] {
  return form.steps.flatMap((step) => stepPlaces(step, answers))
}

export function stepPlaces(step: StepDefinition, answers: Answers): Place[] {
  return fieldsOf(step).flatMap((field) => placesFrom(field, field.pointer, answers))
}

/** The field itself and all below it that apply, starting from a place. */
export function placesFrom(field: Field, pointer: Pointer, answers: Answers): Place[] {
  if (!isShown(field, pointer, answers)) return []
  return [{ field, pointer, value: valueAt(answers, pointer) }, ...below(field, pointer, answers)]
}

function below(field: Field, pointer: Pointer, answers: Answers): Place[] {
  if (field.widget !== 'repeater') return children(field, pointer, answers)
  return itemsOf(valueAt(answers, pointer)).flatMap((_, index) => children(field, `${pointer}/${index}`, answers))
}

const children = (field: Field, pointer: Pointer, answers: Answers): Place[] =>
  field.children.flatMap((inner) => placesFrom(inner, `${pointer}/${inner.key}`, answers))

export const itemsOf = (value: unknown): Record<string, unknown>[] =>
  Array.isArray(value) ? value.filter(isRecord) : []

/**
 * The answers without what does not apply to them: fields of branches that no longer hold, and anything that the form
 * does not know. `removed` are the labels of answers that a person had given and that are now gone.
 */
export function prune(form: Form, answers: Answers): { answers: Answers; removed: string[] } {
  const removed: string[] = []
  let current = answers
  // What a removed answer had made visible goes too; every round takes away at least one field, so there are few.
  for (let rounds = form.fields.size; rounds >= 0; rounds -= 1) {
    const before = removed.length
    const next = kept(form.root.children, '', { whole: current, removed })
    current = isRecord(next) ? next : {}
    if (removed.length === before) break
  }
  return { answers: current, removed: [...new Set(removed)] }
}

type Pruning = Readonly<{ whole: Answers; removed: string[] }>

function kept(fields: readonly Field[], pointer: Pointer, pruning: Pruning): Record<string, unknown> | undefined {
  const entries = fields.flatMap((field): [string, unknown][] => {
    const value = keptValue(field, `${pointer}/${field.key}`, pruning)
    return value === undefined ? [] : [[field.key, value]]
  })
  return entries.length > 0 ? Object.fromEntries(entries) : undefined
}

function keptValue(field: Field, pointer: Pointer, pruning: Pruning): unknown {
  const value = valueAt(pruning.whole, pointer)
  if (value === undefined) return undefined
  if (!isShown(field, pointer, pruning.whole)) {
    pruning.removed.push(field.label)
    return undefined
  }
  if (field.widget === 'repeater') {
    return itemsOf(value).map((item, index) => ({
      ...(typeof item[ITEM_ID] === 'string' ? { [ITEM_ID]: item[ITEM_ID] } : {}),
      ...kept(field.children, `${pointer}/${index}`, pruning),
    }))
  }
  return field.widget === 'fieldset' ? kept(field.children, pointer, pruning) : value
}

/**
 * The answers as the schema sees them: without the hidden identifiers of items, and with the groups and lists that are
 * required but still empty, so that what is missing in them is said field by field.
 */
export function forValidation(form: Form, answers: Answers): Answers {
  return filled(form.root, '', answers) as Answers
}

function filled(field: Field, pointer: Pointer, answers: Answers): unknown {
  const value = valueAt(answers, pointer)
  if (field.widget === 'repeater') return Array.isArray(value) ? filledItems(field, pointer, answers) : value
  if (field.widget !== 'fieldset' || !(isRecord(value) || value === undefined)) return value
  return { ...value, ...filledChildren(field, pointer, answers) }
}

function filledItems(field: Field, pointer: Pointer, answers: Answers): unknown[] {
  const items = valueAt(answers, pointer) as unknown[]
  return items.map((item, index) => {
    if (!isRecord(item)) return item
    const own = Object.entries(item).filter(([key]) => key !== ITEM_ID)
    return { ...Object.fromEntries(own), ...filledChildren(field, `${pointer}/${index}`, answers) }
  })
}

function filledChildren(field: Field, pointer: Pointer, answers: Answers): Record<string, unknown> {
  const entries = field.children.flatMap((inner): [string, unknown][] => {
    const place = `${pointer}/${inner.key}`
    const present = child(valueAt(answers, pointer), inner.key) !== undefined
    if (present) return [[inner.key, filled(inner, place, answers)]]
    const wanted = isShown(inner, place, answers) && isRequired(inner, place, answers)
    if (wanted && inner.widget === 'fieldset') return [[inner.key, filled(inner, place, answers)]]
    return wanted && inner.multiple && inner.schema['minItems'] ? [[inner.key, []]] : []
  })
  return Object.fromEntries(entries)
}
