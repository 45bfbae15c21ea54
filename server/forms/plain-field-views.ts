import { noticesOf } from './step-views.ts'
import type { ChoiceView, FieldView } from './view-model.ts'

/** A field of a page that no schema describes, such as that of a mandate: it looks like the fields of a form. */
type Plain = Readonly<{
  name: string
  label: string
  hint?: string
  error?: string | undefined
  required?: boolean
  /** Shown only while the choice of that name, on the same page, has one of the values. */
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
export const plainTextarea = (field: Plain & Readonly<{ value: string; counter: number; rows?: number }>): FieldView =>
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
    value,
    label,
    hint,
    checked: field.chosen.includes(value),
  }))
  return plain(field, 'choices', { options, multiple: field.multiple ?? false, ...(field.when && { shownAs: SHOWN }) })
}

/** Boxes and radios that come with a choice say by it that they were there: a browser sends none that is not chosen. */
const SHOWN = 'mostrati'

type PlainErrors = Readonly<Record<string, string>>
type PlainSection = Readonly<{ title: string | null; fields: readonly FieldView[] }>
type Sent = Readonly<{ body: Readonly<Record<string, unknown>>; errors: PlainErrors }>

/**
 * Draws such a page as its choices stand. Fields that the choices do not call for are drawn hidden and disabled, as in a
 * form: without a script they are neither seen nor sent, and appear once the choice was sent. A field that has just appeared
 * was not left empty by the person: it is missing in `errors`, and `notices` announces it.
 */
export function plainPage(draw: (errors: PlainErrors) => readonly PlainSection[], { body, errors }: Sent) {
  const unasked = settled(draw({}))
    .flatMap(({ fields }) => fields)
    .filter((field) => isNew(field, body))
  const told = Object.fromEntries(
    Object.entries(errors).filter(([name]) => !unasked.some((field) => field.name === name)),
  )
  const revealed = unasked.filter(({ name }) => Object.hasOwn(errors, name)).map(({ pointer }) => pointer)
  return { sections: settled(draw(told)), errors: told, notices: noticesOf({ revealed }) }
}

function settled(sections: readonly PlainSection[]): PlainSection[] {
  const choices = new Map(sections.flatMap(({ fields }) => fields.map(({ name, control }) => [name, control.options])))
  const isCalledFor = ({ showWhen, showValues }: FieldView): boolean =>
    showWhen === null ||
    (choices.get(showWhen) ?? []).some(({ checked, value }) => checked && showValues?.split(' ').includes(value))
  return sections.map((section) => ({
    ...section,
    fields: section.fields.map((field) => (isCalledFor(field) ? field : { ...field, hidden: true, disabled: true })),
  }))
}

/** Whether the field has just appeared. */
function isNew({ showWhen, hidden, control, name }: FieldView, body: Sent['body']): boolean {
  const wasShown = control.shownAs ? [body[control.shownAs]].flat().includes(name) : Object.hasOwn(body, name)
  return showWhen !== null && !hidden && !wasShown
}

function plain({ required = true, when, ...field }: Plain, partial: string, control: FieldView['control']): FieldView {
  const { name, label, hint = null, error = null } = field
  const described = [...(hint === null ? [] : [`${name}-hint`]), ...(error === null ? [] : [`${name}-error`])]
  return {
    partial: `components/forms/${partial}`,
    pointer: `/${name}`,
    id: name,
    name,
    label,
    required,
    control,
    hint,
    error,
    hintId: `${name}-hint`,
    help: null,
    errorId: `${name}-error`,
    describedBy: described.length > 0 ? described.join(' ') : null,
    hidden: false,
    disabled: false,
    locked: false,
    ...shownWhen(when),
  }
}

const shownWhen = (when: Plain['when']) => ({
  showWhen: when ? when.name : null,
  showValues: when ? when.values.join(' ') : null,
})
