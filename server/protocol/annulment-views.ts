import { shownErrors } from '../shared/form-body.ts'
import { BASE } from './register-views.ts'
import { formatProtocol } from '../shared/protocol-number.ts'
import type { RegisterEntry } from './register.ts'

export type AnnulmentForm = Readonly<{ motivo: string; numero: string; data: string }>

/** What was wrong with the last try: the sentence, and whether it speaks of the reason or of the act. */
export type AnnulmentError = Readonly<{ message: string; field: unknown }>

/** The page that asks why and by which act an entry is annulled. */
export function annulmentPage(entry: RegisterEntry, form: AnnulmentForm, error: AnnulmentError | null) {
  const heading = `Annulla il protocollo ${formatProtocol(entry)}`
  return {
    title: error ? `Errore: ${heading}` : heading,
    heading,
    back: { href: `${BASE}/${entry.id}`, text: 'Torna alla registrazione' },
    action: `${BASE}/${entry.id}/annulla`,
    subject: entry.subject,
    form,
    ...shownErrors(error ? { [fieldOf(error, form)]: error.message } : {}),
  }
}

/** The act has two fields: the one that is still empty, or the day when it is no day. */
const fieldOf = ({ field }: AnnulmentError, { numero }: AnnulmentForm): keyof AnnulmentForm => {
  if (field !== 'act') return 'motivo'
  return numero === '' ? 'numero' : 'data'
}
