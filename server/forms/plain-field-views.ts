import type { ChoiceView, FieldView } from './view-model.ts'

type Plain = Readonly<{
  name: string
  label: string
  hint?: string
  error?: string | undefined
  required?: boolean
  /** Shown by the script only while the field of that name has one of the values; without a script always. */
  when?: Readonly<{ name: string; values: readonly string[] }>
}>

/** A line of text on a page that no schema describes, for `components/forms/input`. */
export function plainInput(
  field: Plain & Readonly<{ value: string; type?: 'text' | 'date'; code?: boolean; autocomplete?: string }>,
): FieldView {
  const { value, type = 'text', code = false, autocomplete = null } = field
  const width = type === 'date' ? 'form-control-short' : ''
  return plain(field, 'input', { value, type, code, width, autocomplete: autocomplete ?? (code ? 'off' : null) })
}

/** Several lines of text, `counter` characters at most, for `components/forms/textarea`. */
export const plainText = (field: Plain & Readonly<{ value: string; counter: number; rows?: number }>): FieldView =>
  plain(field, 'textarea', { value: field.value, counter: field.counter, rows: field.rows ?? 4, autocomplete: null })

/** Radios, or boxes when several may be chosen, for `components/forms/choices`. */
export function plainChoices(
  field: Plain &
    Readonly<{
      options: readonly Readonly<{ value: string; label: string; hint?: string }>[]
      chosen: readonly string[]
      multiple?: boolean
    }>,
): FieldView {
  const options = field.options.map(({ value, label, hint = null }, index): ChoiceView => ({
    id: index === 0 ? field.name : `${field.name}-${index}`,
    ...{ value, label, hint },
    checked: field.chosen.includes(value),
  }))
  return plain(field, 'choices', { options, multiple: field.multiple ?? false })
}

/** The summary of what is wrong on such a page, each entry leading to its control; null when nothing is. */
export function plainErrorSummary(errors: Readonly<Record<string, string>>) {
  const items = Object.entries(errors).map(([name, message]) => ({ href: `#${name}`, message }))
  if (items.length === 0) return null
  return { title: items.length === 1 ? 'C’è un problema' : `Ci sono ${items.length} problemi`, items }
}

function plain({ required = true, when, ...field }: Plain, partial: string, control: FieldView['control']): FieldView {
  const { name, label, hint = null, error = null } = field
  const described = [...(hint === null ? [] : [`${name}-hint`]), ...(error === null ? [] : [`${name}-error`])]
  return {
    partial: `components/forms/${partial}`,
    pointer: `/${name}`,
    id: name,
    ...{ name, label, required, control, hint, error },
    hintId: `${name}-hint`,
    help: null,
    errorId: `${name}-error`,
    describedBy: described.length > 0 ? described.join(' ') : null,
    ...{ hidden: false, disabled: false, locked: false },
    ...shownWhen(when),
  }
}

const shownWhen = (when: Plain['when']) => ({
  showWhen: when ? when.name : null,
  showValues: when ? when.values.join(' ') : null,
})
