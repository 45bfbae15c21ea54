import type { HTMLElement } from 'node-html-parser'

/** What a person puts into a form, by name of field: text, several ticked boxes, or a file. */
export type Entries = Readonly<Record<string, string | readonly string[] | File | readonly File[]>>

type Sent = readonly [name: string, value: string | File]

const BUTTONS = 'submit button image reset'

/**
 * What a browser would send for this form: what is in the page already (hidden, prefilled, ticked), with `entries` in place
 * of it, and the pressed button. A name that the form does not have is a mistake of the test and throws.
 */
export function formData(form: HTMLElement, entries: Entries, pressed?: HTMLElement): FormData {
  const fields = form.querySelectorAll('input[name], textarea[name], select[name]').filter(isEnabled)
  const names = [...new Set(fields.map(nameOf))]
  const unknown = Object.keys(entries).filter((name) => !names.includes(name))
  if (unknown.length > 0) throw new Error(`The form has no ${unknown.join(', ')}; it has ${names.join(', ')}`)

  const inPage = (name: string) => fields.filter((field) => nameOf(field) === name).flatMap(valuesOf)
  const sent = names.flatMap((name) => [entries[name] ?? inPage(name)].flat().map((value): Sent => [name, value]))
  const button: Sent[] = pressed && nameOf(pressed) ? [[nameOf(pressed), pressed.getAttribute('value') ?? '']] : []
  const data = new FormData()
  for (const [name, value] of [...sent, ...button]) data.append(name, value)
  return data
}

/** Whether the form has a control of that name that a person can use. */
export const asks = (form: HTMLElement, name: string): boolean =>
  form
    .querySelectorAll('input[name], textarea[name], select[name]')
    .some((one) => nameOf(one) === name && isEnabled(one))

const nameOf = (field: HTMLElement): string => field.getAttribute('name') ?? ''
const isEnabled = (field: HTMLElement): boolean =>
  !field.hasAttribute('disabled') && !field.closest('fieldset[disabled]')

function valuesOf(field: HTMLElement): (string | File)[] {
  if (field.tagName === 'TEXTAREA') return [field.text]
  if (field.tagName === 'SELECT') return chosen(field)
  const type = (field.getAttribute('type') ?? 'text').toLowerCase()
  if (BUTTONS.includes(type)) return []
  if (type === 'file') return [new File([], '')]
  return type === 'radio' || type === 'checkbox' ? ticked(field) : [field.getAttribute('value') ?? '']
}

const ticked = (box: HTMLElement): string[] => (box.hasAttribute('checked') ? [box.getAttribute('value') ?? 'on'] : [])

/** A list without a choice sends its first line, one for many choices sends nothing. */
function chosen(select: HTMLElement): string[] {
  const options = select.querySelectorAll('option')
  const marked = options.filter((option) => option.hasAttribute('selected'))
  const sent = marked.length > 0 || select.hasAttribute('multiple') ? marked : options.slice(0, 1)
  return sent.map((option) => option.getAttribute('value') ?? option.text.trim())
}
