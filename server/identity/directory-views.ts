import type { DirectoryRefusal } from './directory-service.ts'
import { accessPath, staffPath, type RefusedPage } from './identity-views.ts'
import type { Wishes } from './login-request.ts'

type Words = Readonly<{ title: string; text: string }>

const REFUSALS: Readonly<Record<DirectoryRefusal, Words>> = {
  lost: {
    title: 'Questo accesso non vale più',
    text: 'L’accesso è scaduto, è già stato usato o è stato iniziato in un altro browser. Ricomincia da qui.',
  },
  'given-up': {
    title: 'Accesso non riuscito',
    text: 'Il sistema degli account del Comune non ha completato l’accesso. Se l’avevi annullato, puoi riprovare.',
  },
  'not-believed': {
    title: 'Accesso non riuscito',
    text: 'La risposta del sistema degli account del Comune non è valida. Riprova; se succede di nuovo avvisa chi gestisce i sistemi.',
  },
  'not-an-officer': {
    title: 'Non hai incarichi su questa piattaforma',
    text: 'Il tuo account del Comune è valido, ma nessun incarico è registrato a tuo nome. Chiedi al tuo responsabile. Per le tue pratiche personali accedi con SPID, CIE o CNS.',
  },
  'too-weak': {
    title: 'Serve un accesso più sicuro',
    text: 'Sei entrato solo con la password. Per lavorare sulle pratiche serve anche un secondo fattore: attivalo sul tuo account, oppure accedi con SPID o CIE.',
  },
}

export function directoryRefusedPage(refusal: DirectoryRefusal, wishes: Wishes, requestId: string): RefusedPage {
  return {
    ...REFUSALS[refusal],
    code: `OIDC-${refusal}`,
    requestId,
    retry: staffPath(wishes),
    others: accessPath(wishes),
  }
}

type StaffPage = Readonly<{
  title: string
  breadcrumb: readonly Readonly<{ text: string; href?: string }>[]
  start: string
  others: string
}>

const STAFF = 'Accesso del personale'

/** The page for those who work for the municipality. */
export const staffPage = (wishes: Wishes): StaffPage => ({
  title: STAFF,
  breadcrumb: [{ text: 'Accedi ai servizi', href: accessPath(wishes) }, { text: STAFF }],
  start: staffPath(wishes, '/entra'),
  others: accessPath(wishes),
})
