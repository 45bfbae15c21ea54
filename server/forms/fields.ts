import { isDateFormat } from './formats.ts'
import type { Field, Option, Pointer, UiField, Widget } from './form.ts'
import { isRecord } from './pointers.ts'
import type { Declaration } from './schema-reader.ts'

type UiFields = Readonly<Record<Pointer, UiField>>

/** More text than this needs more than one line. */
const SINGLE_LINE = 200
/** Official limits for an exclusive choice (Designers Italia, service flows): radio, then select, then a searchable list. */
const RADIO_OPTIONS = 5
const SELECT_OPTIONS = 10

const TYPES = ['string', 'integer', 'number', 'boolean', 'object', 'array'] as const

/** Which widgets can ask for a value; the first column is what the schema says. */
const WIDGETS: Readonly<Record<string, readonly Widget[]>> = {
  text: ['text', 'textarea', 'email', 'tel'],
  date: ['date', 'date-parts'],
  time: ['time'],
  number: ['number'],
  money: ['money'],
  choice: ['radio', 'select', 'autocomplete'],
  choices: ['checkboxes'],
  boolean: ['yes-no', 'checkbox'],
  declaration: ['declaration'],
  group: ['fieldset'],
  list: ['repeater'],
  upload: ['upload'],
}

/** Makes the tree of fields out of what the schema declares and the companion adds. */
export function buildField(declared: Declaration, ui: UiFields, defects: string[]): Field {
  const own = ui[declared.pointer] ?? {}
  const source = valueKeywords(declared)
  const type = typeOf(declared.keywords)
  if (!type) defects.push(`${declared.pointer || 'the form'}: the type must be one of ${TYPES.join(', ')}`)
  const asked = {
    pointer: declared.pointer,
    key: declared.key,
    label: own.label ?? text(declared.keywords['title']) ?? '',
    hint: own.hint ?? text(declared.keywords['description']),
    type: type ?? 'string',
    format: text(source['format']),
    options: optionsOf(source),
    multiple: type === 'array',
    schema: declared.keywords,
    ui: own,
    children: childrenOf(declared).map((inner) => buildField(inner, ui, defects)),
    shownWhen: declared.shownWhen,
    requiredWhen: declared.requiredWhen,
  }
  const widget = widgetOf(asked, defects)
  return { ...asked, widget }
}

/** The keywords of a value; for an array of choices or files, those of its items. */
const valueKeywords = ({ keywords, items }: Declaration): Record<string, unknown> =>
  items && items.children.size === 0 ? items.keywords : keywords

const childrenOf = ({ children, items }: Declaration): Declaration[] => [...(items ?? { children }).children.values()]

function typeOf(keywords: Record<string, unknown>): Field['type'] | undefined {
  return TYPES.find((type) => type === keywords['type'])
}

function optionsOf(keywords: Record<string, unknown>): Option[] {
  if (Array.isArray(keywords['enum']))
    return keywords['enum'].map((value) => ({ value: value as string, label: String(value), hint: null }))
  if (!Array.isArray(keywords['oneOf'])) return []
  return keywords['oneOf'].filter(isRecord).map((choice) => ({
    value: choice['const'] as string | number,
    label: text(choice['title']) ?? String(choice['const']),
    hint: text(choice['description']),
  }))
}

function widgetOf(field: Omit<Field, 'widget'>, defects: string[]): Widget {
  if (field.schema['readOnly'] === true) return 'readonly'
  const kind = kindOf(field)
  const wanted = field.ui.widget
  if (!kind) {
    defects.push(`${field.pointer}: an array holds objects, choices or files, each with its own schema`)
    return 'text'
  }
  const able = WIDGETS[kind] ?? []
  if (wanted && !able.includes(wanted)) defects.push(`${field.pointer}: the widget ${wanted} cannot ask for ${kind}`)
  return wanted ?? defaultWidget(field, kind)
}

function kindOf(field: Omit<Field, 'widget'>): string | null {
  if (field.format === 'allegato') return 'upload'
  if (field.type === 'object') return 'group'
  if (field.type === 'array') return arrayKind(field)
  if (field.options.length > 0) return 'choice'
  if (field.type === 'boolean') return field.schema['const'] === true ? 'declaration' : 'boolean'
  return field.type === 'string' ? textKind(field) : numberKind(field)
}

function arrayKind({ options, children }: Omit<Field, 'widget'>): string | null {
  if (options.length > 0) return 'choices'
  return children.length > 0 ? 'list' : null
}

function textKind({ format }: Omit<Field, 'widget'>): string {
  if (isDateFormat(format)) return 'date'
  return format === 'time' ? 'time' : 'text'
}

const numberKind = ({ format }: Omit<Field, 'widget'>): string => (format === 'euro' ? 'money' : 'number')

function defaultWidget(field: Omit<Field, 'widget'>, kind: string): Widget {
  if (kind === 'choice') return choiceWidget(field.options.length)
  if (kind === 'text') return textWidget(field)
  // An unchecked box cannot be told from "not answered": what must be answered gets two radios.
  if (kind === 'boolean') return field.requiredWhen.length > 0 ? 'yes-no' : 'checkbox'
  return WIDGETS[kind]?.[0] ?? 'text'
}

function choiceWidget(options: number): Widget {
  if (options <= RADIO_OPTIONS) return 'radio'
  return options <= SELECT_OPTIONS ? 'select' : 'autocomplete'
}

function textWidget({ format, schema }: Omit<Field, 'widget'>): Widget {
  if (format === 'email' || format === 'pec') return 'email'
  if (format === 'telefono') return 'tel'
  return Number(schema['maxLength'] ?? 0) > SINGLE_LINE ? 'textarea' : 'text'
}

const text = (value: unknown): string | null => (typeof value === 'string' && value !== '' ? value : null)
