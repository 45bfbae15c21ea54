import { formatSize } from '../shared/file-size.ts'
import { isRequired } from './conditions.ts'
import { controlValue, displayValue } from './display.ts'
import { acceptAttribute, filesOf, limitsText } from './file-views.ts'
import { TEXT_FORMATS } from './formats.ts'
import type { Field, Pointer, Widget } from './form.ts'
import { idOf, nameOf, valueAt } from './pointers.ts'
import { maxBytesOf, mostOf } from './uploads.ts'
import type { ChoiceView, ControlView, DatePart, Drawing } from './view-model.ts'

/** The template of each widget. */
export const PARTIALS: Readonly<Record<Widget, string>> = {
  text: 'input',
  email: 'input',
  tel: 'input',
  date: 'input',
  time: 'input',
  number: 'input',
  money: 'input',
  textarea: 'textarea',
  'date-parts': 'date-parts',
  radio: 'choices',
  'yes-no': 'choices',
  checkboxes: 'choices',
  select: 'select',
  autocomplete: 'select',
  checkbox: 'checkbox',
  declaration: 'checkbox',
  repeater: 'repeater',
  fieldset: 'fieldset',
  upload: 'upload',
  readonly: 'readonly',
}

const INPUT_TYPES: Readonly<Partial<Record<Widget, string>>> = {
  email: 'email',
  tel: 'tel',
  date: 'date',
  time: 'time',
}

/** What a control of that widget shows and how it behaves. Groups and lists are drawn by the caller. */
export function controlView(field: Field, pointer: Pointer, drawing: Drawing): ControlView {
  const value = valueAt(drawing.answers, pointer)
  switch (PARTIALS[field.widget]) {
    case 'input':
      return inputView(field, value)
    case 'textarea':
      return textareaView(field, value)
    case 'date-parts':
      return { parts: dateParts(field, pointer, value) }
    case 'choices':
      return { multiple: field.multiple, options: choiceViews(field, pointer, value) }
    case 'select':
      return {
        ...widthOf(field, 'medium'),
        options: choiceViews(field, pointer, value),
        searchable: field.widget === 'autocomplete',
        autocomplete: tokenOf(field),
      }
    case 'checkbox':
      return { checked: value === true }
    case 'upload':
      return uploadView(field, value, { files: drawing.files, required: isRequired(field, pointer, drawing.answers) })
    default:
      return { value: displayValue(field, value) }
  }
}

function inputView(field: Field, value: unknown): ControlView {
  const format = TEXT_FORMATS[field.format ?? '']
  const invalidDate =
    field.widget === 'date' && value !== undefined && !/^\d{4}-\d{2}-\d{2}$/.test(controlValue(field, value))
  return {
    // A date control would show nothing of what was wrongly typed; a text control gives it back.
    type: invalidDate ? 'text' : (INPUT_TYPES[field.widget] ?? 'text'),
    value: controlValue(field, value),
    inputMode: inputModeOf(field),
    autocomplete: tokenOf(field),
    code: format?.code ?? false,
    ...widthOf(field, usualWidth(field)),
  }
}

function inputModeOf({ widget, type, format }: Field): string | null {
  if (widget === 'money' || (widget === 'number' && type === 'number')) return 'decimal'
  return widget === 'number' ? 'numeric' : (TEXT_FORMATS[format ?? '']?.inputMode ?? null)
}

/** Only for data about the person who fills in; for anybody else the browser must not offer its own (WCAG 1.3.5). */
function tokenOf({ ui, format, widget }: Field): string | null {
  return ui.autocomplete ?? (TEXT_FORMATS[format ?? '']?.code || widget === 'date-parts' ? 'off' : null)
}

/** Short texts in short controls: their size tells what is expected. */
const LONGEST_SHORT_TEXT = 20

function usualWidth({ widget, schema, format }: Field): string {
  const short = ['date', 'time', 'number', 'money'].includes(widget)
  if (short || Number(schema['maxLength'] ?? Infinity) <= LONGEST_SHORT_TEXT) return 'short'
  return TEXT_FORMATS[format ?? '']?.width ?? 'full'
}

const widthOf = ({ ui }: Field, otherwise: string): { width: string } => ({ width: `width-${ui.width ?? otherwise}` })

function textareaView(field: Field, value: unknown): ControlView {
  const limit: unknown = field.schema['maxLength']
  return {
    value: controlValue(field, value),
    rows: field.ui.rows ?? 5,
    counter: typeof limit === 'number' ? limit : null,
    autocomplete: field.ui.autocomplete ?? null,
  }
}

function choiceViews(field: Field, pointer: Pointer, value: unknown): ChoiceView[] {
  const chosen: unknown[] = Array.isArray(value) ? value : [value]
  const options =
    field.widget === 'yes-no'
      ? [
          { value: true, label: 'Sì', hint: null },
          { value: false, label: 'No', hint: null },
        ]
      : field.options
  return options.map((option, index) => ({
    // The first one carries the field's own id: the error summary leads to it.
    id: index === 0 ? idOf(pointer) : `${idOf(pointer)}-${index + 1}`,
    value: String(option.value),
    label: option.label,
    hint: option.hint,
    checked: chosen.includes(option.value),
  }))
}

/** Day, month and year apart, for dates that people know by heart (a birth). */
function dateParts(field: Field, pointer: Pointer, value: unknown): DatePart[] {
  const text = controlValue(field, value)
  const [year = '', month = '', day = ''] = /^\d{4}-\d{2}-\d{2}$/.test(text)
    ? text.split('-')
    : text.split('/').reverse()
  const birthday = field.ui.autocomplete === 'bday'
  return [
    { key: 'giorno', label: 'Giorno', value: day, token: 'bday-day' },
    { key: 'mese', label: 'Mese', value: month, token: 'bday-month' },
    { key: 'anno', label: 'Anno', value: year, token: 'bday-year' },
  ].map(({ key, token, ...part }, index) => ({
    ...part,
    id: index === 0 ? idOf(pointer) : `${idOf(pointer)}-${key}`,
    name: `${nameOf(pointer)}.${key}`,
    autocomplete: birthday ? token : 'off',
  }))
}

function uploadView(
  field: Field,
  value: unknown,
  { files, required }: { files: Drawing['files']; required: boolean },
): ControlView {
  const present = filesOf(value, files)
  return {
    accept: acceptAttribute(field),
    limits: limitsText(field),
    maxBytes: maxBytesOf(field),
    maxSize: formatSize(maxBytesOf(field)),
    multiple: field.multiple,
    files: present,
    canAdd: present.length < mostOf(field),
    missing: required && present.length === 0,
  }
}
