import { isIsoDate, type IsoDate } from '../shared/dates.ts'
import { hasErrors, shownErrors, type FormErrors } from '../shared/form-body.ts'
import { amendmentReasonError } from './amendment.ts'
import { BASE, entryAddress } from './register-views.ts'
import { formatProtocol } from '../shared/protocol-number.ts'
import type { RegisterEntry } from './register.ts'

export type AnnulmentForm = Readonly<{ motivo: string; numero: string; data: string }>

/** Everything that is wrong with the form, in the order of the page: an annulment needs a reason and the act that authorises it. */
export function annulmentErrors({ motivo, numero, data }: AnnulmentForm, today: IsoDate): FormErrors {
  const reason = amendmentReasonError(motivo)
  return {
    ...(reason && { motivo: reason }),
    ...(numero === '' && { numero: `Scrivi il numero ${OF_THE_ACT}` }),
    ...(!isIsoDate(data) && { data: `Scrivi la data ${OF_THE_ACT}` }),
    ...(isIsoDate(data) && data > today && { data: 'Questo giorno non è ancora arrivato: controlla la data.' }),
  }
}

const OF_THE_ACT = 'del provvedimento che autorizza l’annullamento (DPR 445/2000, art. 54).'

type Annulled = Readonly<{ entry: RegisterEntry; search: string }>

/** The page that asks why and by which act an entry is annulled; `search` as `searchIn` gives it. */
export function annulmentPage({ entry, search }: Annulled, form: AnnulmentForm, errors: FormErrors) {
  const heading = `Annulla il protocollo ${formatProtocol(entry)}`
  return {
    title: hasErrors(errors) ? `Errore: ${heading}` : heading,
    heading,
    back: { href: entryAddress(entry, search), text: 'Torna alla registrazione' },
    action: `${BASE}/${entry.id}/annulla${search}`,
    subject: entry.subject,
    form,
    ...shownErrors(errors),
  }
}
