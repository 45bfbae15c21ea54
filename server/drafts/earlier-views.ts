import { formatDate, romeDate, withDay } from '../shared/dates.ts'
import type { Earlier } from './earlier-service.ts'

/** What of an earlier request a step offers, as components/earlier wants it. */
export const earlierView = ({ from, values }: Earlier) => ({
  request: from.procedure.title,
  date: sentOn(from),
  action: `reuse:${from.id}`,
  rows: values.map(({ label, text }) => ({ label, value: text })),
})

/** What is said once it was taken. */
export const takenConfirmation = ({ from, values }: Earlier) => ({
  title: `Abbiamo riportato i dati della richiesta ${withDay('del', sentOn(from))}`,
  // The labels alone: what they hold stays out of the session.
  text: [
    `In questa pagina: ${values.map(({ label }) => label).join(', ')}.`,
    'Controllali: se qualcosa è cambiato, correggilo prima di continuare.',
  ],
})

const sentOn = ({ protocol }: Earlier['from']): string => formatDate(romeDate(protocol.at))
