import type { FormBody } from '../shared/form-body.ts'
import { controlValue, displayValue, labelOf } from './display.ts'
import type { Answers, Field, Form, Pointer, Widget } from './form.ts'
import { isRecord, nameOf, valueAt } from './pointers.ts'
import { placesOn } from './visible.ts'

/**
 * What forms can have in common, so that it is given once (service-requirements.md A4). Health and whatever else GDPR art. 9
 * names is not among them, and never will be.
 */
export const MEANINGS = [
  'contact.phone',
  'contact.email',
  'contact.pec',
  'contact.address',
  'account',
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
    if (pointer.includes('/*')) return [`${meaning}: ${pointer} is in a list`]
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
    if (!field || !places.has(field.pointer)) return []
    const isBlank = controlsOf(form, field).every(({ pointer }) => isEmpty(valueAt(answers, pointer)))
    return isBlank ? [[meaning, field]] : []
  })
}

/** How the value of another form goes into this field; null when it holds nothing that fits. */
export function reusable(form: Form, field: Field, value: unknown): Reusable | null {
  const controls = controlsOf(form, field)
  const given = controls.flatMap((control): [Field, string][] => {
    const part = valueAt(value, control.pointer.slice(field.pointer.length))
    const fits = control.options.length === 0 || control.options.some((option) => option.value === part)
    return typeof part === 'string' && part !== '' && fits ? [[control, part]] : []
  })
  if (given.length === 0) return null
  return {
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

const isEmpty = (value: unknown): boolean => value === undefined || (typeof value === 'string' && value.trim() === '')
