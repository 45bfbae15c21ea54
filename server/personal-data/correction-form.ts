import { plainText } from '../shared/plain-text.ts'
import type { Answer, Asked } from './correction.ts'

/** A body as the browser sent it. */
export type Body = Readonly<Record<string, unknown>>
/** What is wrong, by the name of the control. */
export type Errors = Readonly<Record<string, string>>

/** Characters of each text, shown under its field. */
export const LONGEST = { dato: 200, errato: 2000, corretto: 2000, risposta: 2000 } as const

export type Field = keyof typeof LONGEST

/** A text as it was typed; a line end counts as one character, as in the browser. */
export function textOf(body: Body, name: Field): string {
  const value = body[name]
  return typeof value === 'string' ? plainText(value) : ''
}

/** `errors` is empty exactly when `asked` can be sent. */
export function decodeAsked(body: Body): { asked: Asked; errors: Errors } {
  const asked = { which: textOf(body, 'dato'), wrong: textOf(body, 'errato'), right: textOf(body, 'corretto') }
  const errors = {
    ...errorOf('dato', asked.which, 'Scrivi quale dato è sbagliato.'),
    ...errorOf('errato', asked.wrong, 'Scrivi che cosa c’è di sbagliato.'),
    ...errorOf('corretto', asked.right, 'Scrivi qual è il dato giusto.'),
  }
  return { asked, errors }
}

/** The answer of the office; reasons are owed for both outcomes (GDPR art. 12 c. 3 and 4). */
export function decodeAnswer(body: Body): { answer: Pick<Answer, 'outcome' | 'reasons'>; errors: Errors } {
  const outcome = body['esito'] === 'corretto' ? 'done' : 'refused'
  const reasons = textOf(body, 'risposta')
  const missing =
    outcome === 'done'
      ? 'Scrivi che cosa è stato corretto: la persona deve poterlo controllare.'
      : 'Scrivi perché la correzione non è possibile: la persona deve poter reclamare.'
  return { answer: { outcome, reasons }, errors: errorOf('risposta', reasons, missing) }
}

function errorOf(name: Field, value: string, missing: string): Errors {
  if (value === '') return { [name]: missing }
  return value.length > LONGEST[name] ? { [name]: `Al massimo ${LONGEST[name]} caratteri.` } : {}
}
