import type { FormBody } from '../shared/form-body.ts'
import { controlValue, displayValue, labelOf } from './display.ts'
import type { Answers, Field, Form, Pointer, Widget } from './form.ts'
import { isRecord, nameOf, parentOf, valueAt, valuesAt } from './pointers.ts'
import { itemsOf, placesOn } from './visible.ts'

/**
 * What forms can have in common, so that it is given once (service-requirements.md A4). Health and whatever else GDPR art. 9
 * names is not among them, and never will be.
 */
const MEANINGS = [
  'contact.phone',
  'contact.email',
  'contact.pec',
  'contact.address',
  'account',
  'vehicle.plate',
  'company.vat',
  'company.rea',
  'company.pec',
  'company.seat',
  'company.role',
] as const

type Meaning = (typeof MEANINGS)[number]

/** Which field of a form asks for each meaning (`reuse.json`): forms share a value by it, never by a name or a label. */
export type Reuse = Readonly<Partial<Record<Meaning, Pointer>>>

/** A field of a page, or a group of fields, in which nothing is written, and what was given elsewhere under its meaning. */
export type Reusable = Readonly<{
  label: string
  /** In words, for the page that offers it. */
  text: string
  /** Names of all its controls: something typed in any of them, and it is not blank any more. */
  names: readonly string[]
  /** What to write into which of them. */
  values: Readonly<Record<string, string>>
  /** Of a list in which nothing is: the items to begin it with. */
  list: Readonly<{ name: string; items: readonly Readonly<Record<string, string>>[] }> | null
}>

/** Widgets whose whole answer is one text. */
const ONE_TEXT: readonly Widget[] = ['text', 'textarea', 'email', 'tel', 'radio', 'select', 'autocomplete']

/** What is wrong with the shape of a `reuse.json`. */
export function reuseShapeDefects(reuse: unknown): string[] {
  if (!isRecord(reuse)) return ['not an object of meanings and pointers']
  return Object.entries(reuse).flatMap(([meaning, pointer]) => [
    ...(MEANINGS.some((known) => known === meaning) ? [] : [`unknown meaning ${meaning}`]),
    ...(typeof pointer === 'string' ? [] : [`${meaning}: not a pointer`]),
  ])
}

/** What it says that this form cannot do. */
export function reuseDefects(form: Form, reuse: Reuse): string[] {
  return Object.entries(reuse).flatMap(([meaning, pointer]) => {
    const field = form.fields.get(pointer)
    if (!field) return [`${meaning}: ${pointer} is not in the schema`]
    return controlsOf(form, field).length > 0 ? [] : [`${meaning}: nobody writes into ${pointer}`]
  })
}

/** The meanings that a step asks for and in which nothing is written yet, with the fields that ask. */
export function blankIn(
  form: Form,
  { step, answers, reuse }: Readonly<{ step: string; answers: Answers; reuse: Reuse }>,
): [Meaning, Field][] {
  const places = placesOn(form, step, answers)
  return MEANINGS.flatMap((meaning): [Meaning, Field][] => {
    // An older version of the form may lack what today's asks.
    const field = form.fields.get(reuse[meaning] ?? '')
    if (!field || !places.has(listOf(field) ?? field.pointer)) return []
    return isBlank(form, field, answers) ? [[meaning, field]] : []
  })
}

/** A field of a list's items is blank while the list has none. */
function isBlank(form: Form, field: Field, answers: Answers): boolean {
  const list = listOf(field)
  if (list !== null) return itemsOf(valueAt(answers, list)).length === 0
  return controlsOf(form, field).every(({ pointer }) => isEmpty(valueAt(answers, pointer)))
}

/** The list in whose items the field is asked. */
const listOf = ({ pointer }: Field): Pointer | null => (pointer.includes('/*') ? parentOf(parentOf(pointer)) : null)

/** All that was answered at that pointer, `*` in it standing for every item of a list. */
export const givenAt = (answers: Answers, pointer: Pointer): readonly unknown[] =>
  valuesAt(answers, pointer).filter((value) => value !== undefined)

/** How what another form was answered goes into this field; null when nothing of it fits. */
export function reusable(form: Form, field: Field, given: readonly unknown[]): Reusable | null {
  const list = form.fields.get(listOf(field) ?? '')
  if (list) return reusableItems(list, field, given)
  // Of several for one place the person would have to choose: that is theirs to type.
  const [value, ...others] = given
  return others.length > 0 ? null : reusableValue(form, field, value)
}

function reusableItems(list: Field, field: Field, given: readonly unknown[]): Reusable | null {
  const texts = [...new Set(given.filter((value) => isText(field, value)))].slice(
    0,
    Number(list.schema['maxItems'] ?? 20),
  )
  if (texts.length === 0) return null
  const items = texts.map((text) => ({ [field.key]: text }))
  const text = texts.map((each) => displayValue(field, each)).join(', ')
  return { label: labelOf(list), text, names: [], values: {}, list: { name: nameOf(list.pointer), items } }
}

function reusableValue(form: Form, field: Field, value: unknown): Reusable | null {
  const controls = controlsOf(form, field)
  const given = controls.flatMap((control): [Field, string][] => {
    const part = valueAt(value, control.pointer.slice(field.pointer.length))
    return isText(control, part) ? [[control, part]] : []
  })
  if (given.length === 0) return null
  return {
    list: null,
    label: labelOf(field),
    text: given.map(([control, part]) => displayValue(control, part)).join(', '),
    names: controls.map(({ pointer }) => nameOf(pointer)),
    values: Object.fromEntries(given.map(([control, part]) => [nameOf(control.pointer), controlValue(control, part)])),
  }
}

/**
 * What was typed in a page, with these values where nothing was, and which of them went in. A group in which anything is
 * typed stays as it is: half an address would be filled up with half of another.
 */
export function withReused(
  body: FormBody,
  offered: readonly Reusable[],
): { body: FormBody; taken: readonly Reusable[] } {
  const taken = offered.filter(({ names }) => names.every((name) => isEmpty(body[name])))
  return { body: taken.reduce((typed, { values }) => ({ ...typed, ...values }), body), taken }
}

function controlsOf(form: Form, field: Field): Field[] {
  if (field.widget === 'fieldset') return field.children.flatMap((inner) => controlsOf(form, inner))
  return ONE_TEXT.includes(field.widget) && !form.locked.has(field.pointer) ? [field] : []
}

/** Whether a control can hold it. */
const isText = ({ options }: Field, value: unknown): value is string =>
  typeof value === 'string' &&
  value !== '' &&
  (options.length === 0 || options.some((option) => option.value === value))

const isEmpty = (value: unknown): boolean => value === undefined || (typeof value === 'string' && value.trim() === '')
