import { isRequired, isShown } from './conditions.ts'
import type { Answers, Field, Form, Pointer, StepDefinition } from './form.ts'
import { child, isRecord, ITEM_ID, valueAt } from './pointers.ts'
import { fieldsOf, stepNamed } from './steps.ts'

/** A field at its place among the answers: for an item's field one per item. */
export type Place = Readonly<{ field: Field; pointer: Pointer; value: unknown }>

/** Every field that applies to these answers, groups before their fields, in the order of the pages. */
export function visiblePlaces(form: Form, answers: Answers): Place[] {
  return form.steps.flatMap((step) => stepPlaces(step, answers))
}

/** A page asks several times what applies to the same answers: it is looked up once. */
const known = new WeakMap<Answers, Map<StepDefinition, readonly Place[]>>()

export function stepPlaces(step: StepDefinition, answers: Answers): readonly Place[] {
  const steps = known.get(answers) ?? new Map<StepDefinition, readonly Place[]>()
  known.set(answers, steps)
  const places = steps.get(step) ?? fieldsOf(step).flatMap((field) => placesFrom(field, field.pointer, answers))
  steps.set(step, places)
  return places
}

/** Where a step asks something with these answers. */
export const placesOn = (form: Form, stepId: string, answers: Answers): ReadonlySet<Pointer> =>
  new Set(stepPlaces(stepNamed(form, stepId), answers).map(({ pointer }) => pointer))

/** The field itself and all below it that apply, starting from a place. */
export function placesFrom(field: Field, pointer: Pointer, answers: Answers): Place[] {
  const found: Place[] = []
  collect({ field, pointer, value: valueAt(answers, pointer) }, answers, found)
  return found
}

// Values are handed down, not looked up again, and one list is filled: this walk is done at every page.
function collect(place: Place, answers: Answers, found: Place[]): void {
  const { field, pointer, value } = place
  if (!isShown(field, pointer, answers)) return
  found.push(place)
  if (field.widget !== 'repeater') {
    collectChildren(place, answers, found)
    return
  }
  for (const [index, item] of itemsOf(value).entries()) {
    collectChildren({ field, pointer: `${pointer}/${index}`, value: item }, answers, found)
  }
}

function collectChildren({ field, pointer, value }: Place, answers: Answers, found: Place[]): void {
  for (const inner of field.children) {
    collect({ field: inner, pointer: `${pointer}/${inner.key}`, value: child(value, inner.key) }, answers, found)
  }
}

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
    current = keptChildren({ field: form.root, pointer: '', value: current }, { whole: current, removed }) ?? {}
    if (removed.length === before) break
  }
  return { answers: current, removed: [...new Set(removed)] }
}

type Pruning = Readonly<{ whole: Answers; removed: string[] }>

function keptChildren({ field, pointer, value }: Place, pruning: Pruning): Record<string, unknown> | undefined {
  const entries: [string, unknown][] = []
  for (const inner of field.children) {
    const kept = keptValue(
      { field: inner, pointer: `${pointer}/${inner.key}`, value: child(value, inner.key) },
      pruning,
    )
    if (kept !== undefined) entries.push([inner.key, kept])
  }
  return entries.length > 0 ? Object.fromEntries(entries) : undefined
}

function keptValue(place: Place, pruning: Pruning): unknown {
  const { field, pointer, value } = place
  if (value === undefined) return undefined
  if (!isShown(field, pointer, pruning.whole)) {
    pruning.removed.push(field.label)
    return undefined
  }
  if (field.widget === 'fieldset') return keptChildren(place, pruning)
  if (field.widget !== 'repeater') return value
  return itemsOf(value).map((item, index) => ({
    ...(typeof item[ITEM_ID] === 'string' ? { [ITEM_ID]: item[ITEM_ID] } : {}),
    ...keptChildren({ field, pointer: `${pointer}/${index}`, value: item }, pruning),
  }))
}

/**
 * The answers as the schema sees them: without the hidden identifiers of items, and with the groups and lists that are
 * required but still empty, so that what is missing in them is said field by field.
 */
export function forValidation(form: Form, answers: Answers): Answers {
  return { ...answers, ...filledChildren({ field: form.root, pointer: '', value: answers }, answers) }
}

function filled(place: Place, answers: Answers): unknown {
  const { field, pointer, value } = place
  if (field.widget === 'fieldset' && isRecord(value)) return { ...value, ...filledChildren(place, answers) }
  if (field.widget !== 'repeater' || !Array.isArray(value)) return value
  return value.map((item: unknown, index) => {
    if (!isRecord(item)) return item
    const own = Object.entries(item).filter(([key]) => key !== ITEM_ID)
    return {
      ...Object.fromEntries(own),
      ...filledChildren({ field, pointer: `${pointer}/${index}`, value: item }, answers),
    }
  })
}

function filledChildren({ field, pointer, value }: Place, answers: Answers): Record<string, unknown> {
  const entries: [string, unknown][] = []
  for (const inner of field.children) {
    const place = { field: inner, pointer: `${pointer}/${inner.key}`, value: child(value, inner.key) }
    const given = place.value ?? emptyValue(place, answers)
    if (given !== undefined) entries.push([inner.key, filled({ ...place, value: given }, answers)])
  }
  return Object.fromEntries(entries)
}

function emptyValue({ field, pointer }: Place, answers: Answers): unknown {
  const isGroup = field.widget === 'fieldset'
  const isList = field.multiple && Boolean(field.schema['minItems'])
  const asked = (isGroup || isList) && isShown(field, pointer, answers) && isRequired(field, pointer, answers)
  if (!asked) return undefined
  return isGroup ? {} : []
}
