import { daysBetween, formatDate, type IsoDate } from '../shared/dates.ts'
import { errorSummaryOf, textIn, type FormBody, type FormErrors } from '../shared/form-body.ts'
import { factsOf, stateOf } from './correction-views.ts'
import { formatNumber, type Correction } from './correction.ts'

export const DESK_BASE = '/ufficio/rettifiche'

type Lists = Readonly<{ waiting: readonly Correction[]; answered: readonly Correction[] }>

/** Near enough to be worth a colour. */
const SOON = 7

/** Requests that wait, the nearest last day first. The list names nobody: whose they are is said by the opened one. */
export const deskListPage = ({ waiting, answered }: Lists, today: IsoDate) => ({
  title: 'Richieste di rettifica',
  waiting: waiting.map((correction) => ({
    ...rowOf(correction),
    due: formatDate(correction.due),
    left: leftOf(correction.due, today),
  })),
  answered: answered.map((correction) => ({
    ...rowOf(correction),
    state: stateOf(correction),
    answeredOn: correction.answer ? formatDate(correction.answer.at) : '',
  })),
})

const rowOf = (correction: Correction) => ({
  href: `${DESK_BASE}/${correction.id}`,
  number: formatNumber(correction),
  date: formatDate(correction.at),
})

function leftOf(due: IsoDate, today: IsoDate): { text: string; tone: string } {
  const left = daysBetween(today, due)
  const days = Math.abs(left) === 1 ? '1 giorno' : `${Math.abs(left)} giorni`
  if (left < 0) return { text: `Scaduta da ${days}`, tone: 'danger' }
  if (left === 0) return { text: 'Scade oggi', tone: 'danger' }
  return { text: days, tone: left <= SOON ? 'waiting' : 'neutral' }
}

/** One request, and the form of the answer while there is none. */
export function deskPage(correction: Correction, { body, errors }: { body: FormBody; errors: FormErrors }) {
  const heading = `Richiesta di rettifica n. ${formatNumber(correction)}`
  const { person, answer } = correction
  const errorSummary = errorSummaryOf(errors)
  return {
    title: errorSummary ? `Errore: ${heading}` : heading,
    heading,
    back: { href: DESK_BASE, text: 'Torna all’elenco' },
    state: stateOf(correction),
    rows: [
      { label: 'Chi la chiede', value: person.cf ? `${person.name}, ${person.cf}` : person.name },
      ...factsOf(correction),
      ...(answer
        ? [
            { label: 'Risposta', value: answer.reasons },
            { label: 'Ha risposto', value: answer.by.name },
          ]
        : []),
    ],
    form: answer
      ? null
      : {
          action: `${DESK_BASE}/${correction.id}`,
          value: textIn(body, 'risposta'),
          error: errors['risposta'] ?? null,
        },
    errorSummary,
  }
}
