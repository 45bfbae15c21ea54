import type { ErrorObject } from 'ajv'
import { formatDate, isIsoDate } from '../shared/dates.ts'
import { formatFigure } from '../shared/figure.ts'
import { formatEuro } from '../shared/italian/index.ts'
import type { Field, Widget } from './form.ts'
import table from './messages.it.json' with { type: 'json' }

const MESSAGES: Readonly<Record<string, string>> = table

/** Keys under which a companion may have its own sentence. */
export const isMessageKey = (key: string): boolean => Object.hasOwn(MESSAGES, key)

/** Where "missing" needs other words than "fill in the field". */
const REQUIRED_BY_WIDGET: Readonly<Partial<Record<Widget, string>>> = {
  radio: 'required:choice',
  select: 'required:choice',
  autocomplete: 'required:choice',
  'yes-no': 'required:choice',
  checkboxes: 'required:choices',
  checkbox: 'required:declaration',
  declaration: 'required:declaration',
  date: 'required:date',
  'date-parts': 'required:date',
  upload: 'required:upload',
  repeater: 'required:repeater',
}

/** One sentence in Italian that says what to do, from the companion's own texts or the table `messages.it.json`. */
export function messageFor(field: Field, error: Pick<ErrorObject, 'keyword' | 'params'>): string {
  const keys = keysFor(field, error)
  const own = keys.map((key) => field.ui.errors?.[key]).find((message) => message !== undefined)
  const template = own ?? keys.map((key) => MESSAGES[key]).find((message) => message !== undefined)
  return (template ?? MESSAGES['other'] ?? '')
    .replaceAll('{label}', field.label)
    .replaceAll('{limit}', limitOf(field, error))
}

export const missingIdentity = ({ label }: Field): string =>
  (MESSAGES['required:locked'] ?? '').replaceAll('{label}', label)

/** From the most to the least specific. */
function keysFor(field: Field, { keyword, params }: Pick<ErrorObject, 'keyword' | 'params'>): string[] {
  if (keyword === 'required' || keyword === 'dependentRequired') return ['required', ...requiredKeys(field)].reverse()
  if (keyword === 'minItems' && Number(params['limit']) === 1)
    return [...requiredKeys(field).reverse(), 'required', 'minItems']
  if (keyword === 'type') return [...(field.widget === 'money' ? ['type:money'] : []), `type:${field.type}`, 'type']
  return keyword === 'format' ? [`format:${field.format ?? ''}`, 'format'] : [keyword]
}

function requiredKeys(field: Field): string[] {
  const byWidget = REQUIRED_BY_WIDGET[field.widget]
  const question = field.label.endsWith('?') ? ['required:question'] : []
  return [...(byWidget === undefined ? [] : [byWidget]), ...question]
}

function limitOf({ format }: Field, { params }: Pick<ErrorObject, 'params'>): string {
  const limit: unknown = params['limit'] ?? params['comparison'] ?? params['multipleOf']
  if (typeof limit === 'string') return isIsoDate(limit) ? formatDate(limit) : limit
  if (typeof limit !== 'number') return ''
  return format === 'euro' ? `${formatEuro(limit)} €` : formatFigure(limit)
}
