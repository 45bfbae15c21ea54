import { formatDate, isIsoDate } from '../shared/dates.ts'
import { formatFigure } from '../shared/figure.ts'
import { formatEuro, formatIban, isIban } from '../shared/italian/index.ts'
import { isDateFormat } from './formats.ts'
import type { Answers, Field, Pointer } from './form.ts'
import { child, valueAt } from './pointers.ts'

/** A label for reading, without what the page adds for writing. Money says its unit (forms-and-ui.md §3.3). */
export const labelOf = ({ label, widget }: Field): string =>
  widget === 'money' && !label.includes('€') ? `${label} (€)` : label

/** The answer in words, for the summary, receipts and texts; `''` when there is none. */
export function displayValue(field: Field, value: unknown): string {
  if (Array.isArray(value)) return value.map((item) => displayValue(field, item)).join(', ')
  const option = field.options.find((candidate) => candidate.value === value)
  if (option) return option.label
  if (typeof value === 'boolean') return value ? 'Sì' : 'No'
  if (typeof value === 'number') return displayNumber(field, value)
  return typeof value === 'string' ? displayText(field, value) : ''
}

const displayNumber = ({ format }: Field, value: number): string =>
  format === 'euro' ? `${formatEuro(value)} €` : formatFigure(value)

function displayText({ format }: Field, text: string): string {
  if (isDateFormat(format) && isIsoDate(text)) return formatDate(text)
  return format === 'iban' && isIban(text) ? formatIban(text) : text
}

/** The answer as it stands in a control, ready to be written again. */
export function controlValue(field: Field, value: unknown): string {
  if (typeof value === 'number') return field.format === 'euro' ? formatEuro(value) : String(value).replace('.', ',')
  return typeof value === 'string' || typeof value === 'boolean' ? String(value) : ''
}

/** `Veicolo AB123CD`, after the companion's `itemTitle`; numbered while the named fields are empty. */
export function itemTitle(repeater: Field, pointer: Pointer, answers: Answers): string {
  const number = Number(pointer.split('/').at(-1)) + 1
  return itemName(repeater, pointer, answers) ?? `${bareTitle(repeater) || repeater.label} ${number}`
}

/** What `itemTitle` says of this item; null while the named fields are empty, or where the companion names none. */
export function itemName(repeater: Field, pointer: Pointer, answers: Answers): string | null {
  const item = valueAt(answers, pointer)
  const shown = (key: string) => {
    const field = repeater.children.find((candidate) => candidate.key === key)
    return field ? displayValue(field, child(item, key)) : ''
  }
  const title = repeater.ui.itemTitle?.replace(PLACES, (_, key: string) => shown(key)).trim()
  return title === undefined || title === bareTitle(repeater) ? null : title
}

const PLACES = /\{\{(\w+)\}\}/g

const bareTitle = ({ ui }: Field): string => (ui.itemTitle ?? '').replace(PLACES, '').trim()
