import { may, type OfficerActor } from '../filings/index.ts'
import { DEAD_PAGE_SIZE, type DeadTask } from '../history/index.ts'
import { formatProtocol } from '../protocol/index.ts'
import { formatDateTime } from '../shared/dates.ts'
import { formatFigure } from '../shared/figure.ts'
import { pagesOf, paginationOf } from '../shared/pagination.ts'
import type { HouseVisit } from './desk-access-routes.ts'
import { deskFrame, GIVEN_UP } from './desk-views.ts'
import type { GivenUp, GivenUpList } from './given-up-service.ts'

/** What did not happen, by the kind of the task. */
const WHAT: Readonly<Record<string, string>> = {
  'filing-receipt': 'Ricevuta con il sigillo del Comune',
  'filing-told': 'Comunicazione di una novità sulla pratica',
  'message-mailed': 'Avviso per posta elettronica',
  'invitation-told': 'Comunicazione su un invito a firmare',
  'mandate-told': 'Comunicazione su una delega',
  'correction-told': 'Risposta a una richiesta di rettifica dei dati',
}

/** What it needs, where that is not ours. */
const NEEDS: Readonly<Record<string, string>> = {
  'filing-receipt': 'Il sigillo del Comune non era disponibile.',
  'message-mailed': 'Il server di posta non ha accettato il messaggio.',
}

/** Tasks that were given up, for who answers for the installation. No more of a filing than its number. */
export function givenUpPage(
  { municipality, desk }: HouseVisit,
  { all, total, retrying, page }: GivenUpList & { page: number },
) {
  return {
    ...deskFrame(municipality, desk, 'operazioni-non-riuscite'),
    title: 'Operazioni non riuscite',
    rows: all.map((one) => row(one, desk.actor)),
    retry: `${GIVEN_UP}/riprova`,
    total,
    several: total > 1,
    retrying: retrying > 0 ? retryingText(retrying) : null,
    pagination: paginationOf(page, pagesOf(total, DEAD_PAGE_SIZE), (number) => `${GIVEN_UP}?pagina=${number}`),
  }
}

function row({ task, filing }: GivenUp, actor: OfficerActor) {
  const { id, kind, attempts, putAt, diedAt } = task
  return {
    id,
    what: WHAT[kind] ?? 'Altra operazione',
    why: whyOf(task),
    attempts: attempts === 1 ? 'un tentativo' : `${attempts} tentativi`,
    asked: formatDateTime(putAt),
    since: formatDateTime(diedAt),
    filing: filing && {
      protocol: formatProtocol(filing.protocol),
      href: may(filing, 'see', actor) ? `/ufficio/pratiche/${filing.id}` : null,
    },
  }
}

function whyOf({ kind, failure }: DeadTask): string {
  if (failure.kind === 'INTERRUPTED') return 'Il programma si è interrotto ogni volta mentre la eseguiva.'
  if (failure.kind !== 'UPSTREAM_UNAVAILABLE') return 'Errore del programma: va segnalato a chi lo mantiene.'
  return NEEDS[kind] ?? 'Un servizio da cui dipende non ha risposto.'
}

const retryingText = (count: number): string =>
  count === 1
    ? 'Un’operazione che non era riuscita è in coda e viene riprovata da sola.'
    : `${formatFigure(count)} operazioni che non erano riuscite sono in coda e vengono riprovate da sole.`
