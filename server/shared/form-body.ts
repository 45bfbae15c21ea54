import { plainText } from './plain-text.ts'

/** A form as the browser sent it, by name of control: nothing in it was checked yet. */
export type FormBody = Readonly<Record<string, unknown>>

/** What is wrong in a form, by name of control, in Italian. Empty when nothing is. */
export type FormErrors = Readonly<Record<string, string>>

export const hasErrors = (errors: FormErrors): boolean => Object.keys(errors).length > 0

/** The errors as pages of the desk show them: at the head, each leading to its field, and by field. */
export const shownErrors = (errors: FormErrors) => ({
  errors: Object.entries(errors).map(([name, message]) => ({ href: `#${name}`, message })),
  error: errors,
})

/** A field as plain text; empty when it is absent or came several times. */
export function textIn(body: FormBody | undefined, name: string): string {
  const value = body?.[name]
  return typeof value === 'string' ? plainText(value) : ''
}
