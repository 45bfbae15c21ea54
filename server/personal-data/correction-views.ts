import { plainInput, plainTextarea } from '../forms/index.ts'
import { formatDate, formatDateTime, withDay } from '../shared/dates.ts'
import { errorSummaryOf, summaryOf, textIn, type FormBody, type FormErrors } from '../shared/form-body.ts'
import { LONGEST, type Field } from './correction-form.ts'
import { REMEDIES } from './correction-task.ts'
import { formatNumber, mayAnswer, MOST_OPEN, type Correction, type CorrectionOfficer } from './correction.ts'

export const BASE = '/area-personale/i-miei-dati'
const FORM = `${BASE}/rettifica`

type Tabs = readonly object[]

/** Who answers today, and for whom they may not. */
export type Holder = Readonly<{ name: string }> & Pick<CorrectionOfficer, 'closed'>

/** Who will treat a request of this person; `problem` when nobody may, and another holder must be named. */
export function treatmentOf(
  person: Pick<Correction['person'], 'key'>,
  holders: readonly Holder[],
  { pec }: Readonly<{ pec: string }>,
): { text: string; problem: string | null } {
  const names = holders.filter((holder) => mayAnswer({ person }, holder)).map(({ name }) => name)
  const urge = `Fino ad allora la richiesta resta in attesa: per sollecitare scrivi a ${pec}.`
  if (names.length > 0)
    return {
      text: `Della richiesta si occupa ${names.join(' o ')}, responsabile della protezione dei dati.`,
      problem: null,
    }
  const text =
    holders.length === 0
      ? `Oggi nel Comune nessuno è responsabile della protezione dei dati: deve essere nominato. ${urge}`
      : `Chi oggi è responsabile della protezione dei dati non può trattare questa richiesta: la legge vieta di decidere su di sé e sulle persone vicine (L. 241/1990 art. 6-bis). Il Comune deve nominare anche un’altra persona. ${urge}`
  return { text, problem: 'Nessuno può ancora trattare la richiesta' }
}

type Treatment = ReturnType<typeof treatmentOf>

/** State as a person reads it. */
export function stateOf({ answer }: Correction): { text: string; tone: string } {
  if (!answer) return { text: 'In esame', tone: 'waiting' }
  return answer.outcome === 'done' ? { text: 'Accolta', tone: 'success' } : { text: 'Non accolta', tone: 'danger' }
}

/** The person’s requests, for the page of their data, and the way to a further one. */
export const correctionsPart = (corrections: readonly Correction[]) => ({
  ask: corrections.filter(({ answer }) => !answer).length < MOST_OPEN ? FORM : null,
  corrections: corrections.map((correction) => ({
    href: `${BASE}/rettifiche/${correction.id}`,
    title: `Richiesta n. ${formatNumber(correction)} ${withDay('del', formatDate(correction.at))}`,
    which: correction.asked.which,
    state: stateOf(correction),
    note: correction.answer
      ? `Risposta ${withDay('del', formatDate(correction.answer.at))}`
      : `Il Comune risponde entro ${withDay('il', formatDate(correction.due))}`,
  })),
})

/** The form, as it was filled in. `problem` is wrong with no field of its own. */
export function correctionForm(input: {
  body: FormBody
  errors: FormErrors
  problem: string | null
  tabs: Tabs
  treatment: Treatment
}) {
  const { body, errors, problem, tabs, treatment } = input
  const heading = 'Chiedi la rettifica di un dato'
  const common = (name: Field, label: string) => ({ name, label, value: textIn(body, name), error: errors[name] })
  const errorSummary = problem ? summaryOf([{ href: null, message: problem }]) : errorSummaryOf(errors)
  return {
    title: errorSummary ? `Errore: ${heading}` : heading,
    heading,
    tabs,
    errorSummary,
    treatment,
    action: FORM,
    back: BASE,
    fields: [
      plainInput({
        ...common('dato', 'Quale dato è sbagliato'),
        hint: 'Per esempio: il numero di telefono nella pratica protocollo n. 0000012/2026',
      }),
      plainTextarea({ ...common('errato', 'Che cosa c’è di sbagliato'), counter: LONGEST.errato }),
      plainTextarea({ ...common('corretto', 'Qual è il dato giusto'), counter: LONGEST.corretto }),
    ],
  }
}

/** One request with its answer, as the person sees it. */
export function correctionPage(
  correction: Correction,
  { tabs, treatment }: Readonly<{ tabs: Tabs; treatment: Treatment }>,
) {
  const { answer } = correction
  return {
    title: `Richiesta di rettifica n. ${formatNumber(correction)}`,
    tabs,
    state: stateOf(correction),
    rows: factsOf(correction),
    treatment,
    answer: answer && {
      title: answer.outcome === 'done' ? 'Che cosa è stato corretto' : 'Perché non è stata accolta',
      text: answer.reasons,
      remedies: answer.outcome === 'refused' ? REMEDIES : null,
    },
    back: BASE,
  }
}

/** What was asked and when, the same for the person and for the officer. */
export const factsOf = ({ at, due, asked, answer }: Correction) => [
  { label: 'Ricevuta il', value: formatDateTime(at) },
  answer
    ? { label: 'Risposta del', value: formatDateTime(answer.at) }
    : { label: 'Risposta entro il', value: formatDate(due) },
  { label: 'Dato', value: asked.which },
  { label: 'Che cosa c’è di sbagliato', value: asked.wrong },
  { label: 'Dato giusto', value: asked.right },
]
