import { typedDate } from '../shared/dates.ts'
import { parseEuro } from '../shared/italian/index.ts'
import { plainLine, plainText } from '../shared/plain-text.ts'
import type { FormBody } from '../shared/form-body.ts'
import { isShown } from './conditions.ts'
import { isDateFormat, TEXT_FORMATS } from './formats.ts'
import type { Answers, Field, Form, Pointer } from './form.ts'
import { nameOf, valueAt, withValue } from './pointers.ts'
import { fieldsOf, stepNamed } from './steps.ts'
import { placesFrom, prune } from './visible.ts'

/**
 * `removed`: labels of answers that no longer apply. `cut`: labels of texts too long to be kept whole.
 * `revealed`: pointers of fields that these answers made visible and that the person has not seen yet.
 */
export type Decoded = Readonly<{ answers: Answers; removed: string[]; cut: string[]; revealed: Pointer[] }>

/** Even a text over its limit is kept, so that nothing is lost and the person can shorten it; beyond this it is abuse. */
const KEPT_CHARACTERS = 20_000

const DATE_PARTS = ['giorno', 'mese', 'anno']

/** All that reading one request needs; `named` gives the name under which the page had asked the field at a place. */
type Reading = Readonly<{
  form: Form
  body: FormBody
  answers: Answers
  cut: string[]
  named: (pointer: Pointer) => string
}>

/**
 * Reads one step out of a request. The schema leads, never the request: each field looks up its own name in the body,
 * anything else in it is ignored, so no foreign key can reach the answers. The body states the whole step: what is not
 * in it is no longer answered. Locked fields, lists and uploads keep what they had.
 * What cannot be read (a number with letters) stays as written, for validation to refuse and the page to show again.
 */
export function decodeStep(form: Form, stepId: string, body: FormBody, answers: Answers): Decoded {
  const step = stepNamed(form, stepId)
  return decodeFields(
    fieldsOf(step).map((field) => ({ field, pointer: field.pointer })),
    { form, body, answers, cut: [], named: nameOf },
  )
}

/** The names under which a step's controls send what is typed: nothing else in a request is anybody's answer. */
export function controlNames(form: Form, stepId: string): Set<string> {
  return new Set(fieldsOf(stepNamed(form, stepId)).flatMap(namesOf))
}

function namesOf(field: Field): string[] {
  if (field.widget === 'repeater' || field.widget === 'upload') return []
  if (field.widget === 'fieldset') return field.children.flatMap(namesOf)
  const name = nameOf(field.pointer)
  return field.widget === 'date-parts' ? DATE_PARTS.map((part) => `${name}.${part}`) : [name]
}

/** `decodeStep` for any set of fields, each at its place. */
export function decodeFields(places: readonly { field: Field; pointer: Pointer }[], reading: Reading): Decoded {
  const { form, body, answers, cut, named } = reading
  const written = places.reduce<Answers>(
    (current, { field, pointer }) => withValue(current, pointer, decodeField(field, pointer, reading)),
    answers,
  )
  const pruned = prune(form, written)
  const seen = (field: Field, pointer: Pointer) =>
    isShown(field, pointer, answers) ||
    Object.keys(body).some((name) => name === named(pointer) || name.startsWith(`${named(pointer)}.`))
  const revealed = places
    .flatMap(({ field, pointer }) => placesFrom(field, pointer, pruned.answers))
    .filter(({ field, pointer }) => !seen(field, pointer))
    .map(({ pointer }) => pointer)
  return { ...pruned, cut, revealed }
}

function decodeField(field: Field, pointer: Pointer, reading: Reading): unknown {
  const { form, answers } = reading
  const kept = field.widget === 'repeater' || field.widget === 'upload' || field.widget === 'readonly'
  if (kept || form.locked.has(field.pointer)) return valueAt(answers, pointer)
  if (field.widget === 'fieldset') return decodeGroup(field, pointer, reading)
  return DECODERS[field.type](field, textsAt(field, pointer, reading))
}

function decodeGroup(field: Field, pointer: Pointer, reading: Reading): unknown {
  const entries = field.children
    .map((inner): [string, unknown] => [inner.key, decodeField(inner, `${pointer}/${inner.key}`, reading)])
    .filter(([, value]) => value !== undefined)
  // A group in which nothing was written is not there: an optional address does not become an empty address.
  return entries.some(([, value]) => value !== false) ? Object.fromEntries(entries) : undefined
}

const DECODERS: Readonly<Record<Field['type'], (field: Field, texts: string[]) => unknown>> = {
  boolean: decodeBoolean,
  array: (field, texts) => (texts.length > 0 ? [...new Set(texts.map((text) => choiceOf(field, text)))] : undefined),
  string: (field, [text = '']) => (field.options.length > 0 ? choice(field, text) : decodeText(field, text)),
  integer: (field, [text = '']) => (field.options.length > 0 ? choice(field, text) : decodeNumber(field, text)),
  number: (field, [text = '']) => (field.options.length > 0 ? choice(field, text) : decodeNumber(field, text)),
  object: () => undefined,
}

/** What the request says under the field's name: texts only, cleaned; dates in three parts come as one text. */
function textsAt(field: Field, pointer: Pointer, { body, cut, named }: Reading): string[] {
  const name = named(pointer)
  const texts =
    field.widget === 'date-parts'
      ? [dateText(DATE_PARTS.map((part) => textsOf(body, `${name}.${part}`)[0] ?? ''))]
      : textsOf(body, name)
  return texts.slice(0, 1000).map((text) => {
    const limit = Math.max(KEPT_CHARACTERS, Number(field.schema['maxLength'] ?? 0))
    if (text.length > limit) cut.push(field.label)
    return (field.widget === 'textarea' ? plainText : plainLine)(text.slice(0, limit))
  })
}

function textsOf(body: FormBody, name: string): string[] {
  const raw = Object.hasOwn(body, name) ? body[name] : undefined
  return (Array.isArray(raw) ? raw : [raw]).filter((item): item is string => typeof item === 'string')
}

function dateText(parts: string[]): string {
  const [day = '', month = '', year = ''] = parts.map((part) => part.replace(/[\s/]/g, '').slice(0, 10))
  return day + month + year === '' ? '' : `${day}/${month}/${year}`
}

function decodeBoolean(field: Field, [text]: string[]): boolean | string | undefined {
  if (field.widget === 'declaration') return text === undefined ? undefined : true
  if (field.widget === 'checkbox') return text !== undefined
  if (text === 'true' || text === 'false') return text === 'true'
  return text === '' ? undefined : text
}

function decodeText({ format, schema }: Field, text: string): string | undefined {
  if (text === '') return undefined
  if (isDateFormat(format)) return typedDate(text)
  const pattern: unknown = schema['pattern']
  const { normalise, valid } = typeof pattern === 'string' ? codeLike(pattern) : (TEXT_FORMATS[format ?? ''] ?? {})
  const normal = normalise?.(text)
  // A code is stored in its one form; anything unreadable stays as the person wrote it.
  return normal !== undefined && valid?.(normal) ? normal : text
}

/** A code that only a pattern describes (a licence, a duty stamp) is copied with blanks, and in small letters, too. */
function codeLike(
  pattern: string,
): Readonly<{ normalise: (text: string) => string; valid: (text: string) => boolean }> {
  const valid = (text: string) => new RegExp(pattern, 'u').test(text)
  return { valid, normalise: (text) => (valid(text) ? text : text.replace(/\s/g, '').toUpperCase()) }
}

function choice(field: Field, text: string): unknown {
  return text === '' ? undefined : choiceOf(field, text)
}

function choiceOf({ options }: Field, text: string): unknown {
  return options.find(({ value }) => String(value) === text)?.value ?? text
}

const GROUPED = /^-?\d{1,3}(\.\d{3})+(,\d+)?$/
const NUMBER = /^-?\d{1,15}(\.\d+)?$/

/** A unit as it is written after a number, and the words by which a label asks for it: metres are no square metres. */
const UNITS: readonly Readonly<{ written: RegExp; asked: RegExp }>[] = [
  { written: /(mq|m2|m²|m\^2|metri ?quadr(at)?i)\.?$/i, asked: /\bmetri quadr|\bmq\b|\bm²/i },
  { written: /(mc|m3|m³|m\^3|metri ?cubi)\.?$/i, asked: /\bmetri cubi|\bmc\b|\bm³/i },
  { written: /(?<![a-z])(m|mt|ml|metri)\.?$/i, asked: /\bmetri(?! (quadr|cubi))/i },
]

/** The number alone, where it was written with the unit that the label asks for. Any other unit stays, to be refused. */
const withoutUnit = (label: string, text: string): string =>
  UNITS.reduce((left, { written, asked }) => (asked.test(label) ? left.replace(written, '') : left), text)

/** `1.234,5` as people write it → 1234.5; a dot before exactly three digits separates thousands. */
function decodeNumber({ format, type, label }: Field, text: string): number | string | undefined {
  if (text === '') return undefined
  if (format === 'euro') return parseEuro(text) ?? text
  const compact = withoutUnit(label, text).replace(/\s/g, '')
  const plain = (GROUPED.test(compact) ? compact.replaceAll('.', '') : compact).replace(',', '.')
  const value = Number(plain)
  const readable = NUMBER.test(plain) && (type === 'number' || Number.isInteger(value))
  return readable ? value : text
}
