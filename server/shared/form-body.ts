import { formatFigure } from './figure.ts'
import { charactersIn, plainLine, plainText } from './plain-text.ts'

/** A form as the browser sent it, by name of control: nothing in it was checked yet. */
export type FormBody = Readonly<Record<string, unknown>>

/** What is wrong in a form, by name of control, in Italian. Empty when nothing is. */
export type FormErrors = Readonly<Record<string, string>>

export const hasErrors = (errors: FormErrors): boolean => Object.keys(errors).length > 0

/** One thing to put right; `href` leads to its control, null when it has none. */
type Problem = Readonly<{ href: string | null; message: string }>

/** What stands at the head of a page that was sent back, in the same words on every page; null when nothing is wrong. */
export type ErrorSummary = Readonly<{ title: string; items: readonly Problem[] }>

export function summaryOf(items: readonly Problem[]): ErrorSummary | null {
  if (items.length === 0) return null
  return { title: items.length === 1 ? 'C’è un problema' : `Ci sono ${items.length} problemi`, items }
}

/** The same of a form whose controls have their names as ids. */
export const errorSummaryOf = (errors: FormErrors): ErrorSummary | null =>
  summaryOf(Object.entries(errors).map(([name, message]) => ({ href: `#${name}`, message })))

/** The errors as a page shows them: at its head, and by field. */
export const shownErrors = (errors: FormErrors) => ({ errorSummary: errorSummaryOf(errors), error: errors })

/** Characters of a reason that stays in the house. What goes to citizens with an act has a bound of its own (`workflow/step.ts`). */
const LONGEST_REASON = 2_000

/** What is wrong with a reason: `missing` where it is not there, or that it is too long, for nothing of it is cut; undefined when nothing is. */
export function reasonError(reason: string, missing: string): string | undefined {
  if (reason === '') return missing
  return charactersIn(reason) > LONGEST_REASON
    ? `Al massimo ${formatFigure(LONGEST_REASON)} caratteri: accorcia il testo.`
    : undefined
}

/** A field as plain text; empty when it is absent or came several times. */
export const textIn = (body: FormBody | undefined, name: string): string => plainText(typedIn(body, name))

/** The same of a field of one line. */
export const lineIn = (body: FormBody | undefined, name: string): string => plainLine(typedIn(body, name))

function typedIn(body: FormBody | undefined, name: string): string {
  const value = body?.[name]
  return typeof value === 'string' ? value : ''
}
