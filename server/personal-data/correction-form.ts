import { lineIn, textIn, type FormBody, type FormErrors } from '../shared/form-body.ts'
import { charactersIn } from '../shared/plain-text.ts'
import type { Answer, Asked } from './correction.ts'

/** Characters of each text, shown under its field. */
export const LONGEST = { dato: 200, errato: 2000, corretto: 2000, risposta: 2000 } as const

export type Field = keyof typeof LONGEST

/** `errors` is empty exactly when `asked` can be sent. */
export function decodeAsked(body: FormBody): { asked: Asked; errors: FormErrors } {
  const asked = { which: lineIn(body, 'dato'), wrong: textIn(body, 'errato'), right: textIn(body, 'corretto') }
  const errors = {
    ...errorOf('dato', asked.which, 'Scrivi quale dato è sbagliato.'),
    ...errorOf('errato', asked.wrong, 'Scrivi che cosa c’è di sbagliato.'),
    ...errorOf('corretto', asked.right, 'Scrivi qual è il dato giusto.'),
  }
  return { asked, errors }
}

/** The answer of the office; reasons are owed for both outcomes (GDPR art. 12 c. 3 and 4). */
export function decodeAnswer(body: FormBody): { answer: Pick<Answer, 'outcome' | 'reasons'>; errors: FormErrors } {
  const outcome = body['esito'] === 'corretto' ? 'done' : 'refused'
  const reasons = textIn(body, 'risposta')
  const missing =
    outcome === 'done'
      ? 'Scrivi che cosa è stato corretto: la persona deve poterlo controllare.'
      : 'Scrivi perché la rettifica non è possibile: la persona deve poter reclamare.'
  return { answer: { outcome, reasons }, errors: errorOf('risposta', reasons, missing) }
}

function errorOf(name: Field, value: string, missing: string): FormErrors {
  if (value === '') return { [name]: missing }
  return charactersIn(value) > LONGEST[name] ? { [name]: `Al massimo ${LONGEST[name]} caratteri.` } : {}
}
