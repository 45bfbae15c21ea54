import type { ErrorRequestHandler, Request, Response } from 'express'
import { AppError, type ErrorCode } from '../errors.ts'
import { isDatabaseAway } from '../shared/database-failure.ts'
import { fieldsAgain, textsAgain } from './sent-again.ts'

export type Log = {
  info(o: object, m: string): void
  warn(o: object, m: string): void
  error(o: object, m: string): void
}

/** What a person reads for each code when the failure brings no sentence of its own: what happened, what to do. */
const TEXTS: Record<ErrorCode | 'UNEXPECTED', { title: string; text: string }> = {
  BAD_REQUEST: {
    title: 'Richiesta non comprensibile',
    text: 'Il tuo browser ha inviato una richiesta che non riusciamo a leggere. Torna indietro e riprova.',
  },
  NOT_LOGGED_IN: { title: 'Accesso necessario', text: 'Per continuare devi accedere con la tua identità digitale.' },
  NOT_ALLOWED: { title: 'Operazione non consentita', text: 'Non puoi fare questa operazione con la tua utenza.' },
  NOT_FOUND: {
    title: 'Pagina non trovata',
    text: 'La pagina che cerchi non esiste o non è tra quelle che puoi vedere. Controlla l’indirizzo o riparti dall’elenco dei servizi.',
  },
  CONFLICT: {
    title: 'Qualcosa è cambiato nel frattempo',
    text: 'Un’altra operazione ha modificato questi dati. Ricarica la pagina per vedere la situazione aggiornata.',
  },
  GONE: { title: 'Non più disponibile', text: 'Quello che cerchi non è più disponibile.' },
  TOO_LARGE: {
    title: 'Contenuto troppo grande',
    text: 'Hai inviato più dati di quanti possiamo ricevere in una volta. Riduci la dimensione e riprova: quello che avevi già salvato non è andato perso.',
  },
  UNSUPPORTED_TYPE: {
    title: 'Tipo di file non ammesso',
    text: 'Questo tipo di file non è tra quelli ammessi. Controlla i formati indicati nel modulo.',
  },
  INVALID_INPUT: { title: 'Dati da controllare', text: 'Alcuni dati non sono corretti. Torna indietro e controllali.' },
  TOO_MANY_REQUESTS: {
    title: 'Troppe richieste',
    text: 'Hai fatto troppe richieste in poco tempo. Aspetta un minuto e riprova.',
  },
  UPSTREAM_UNAVAILABLE: {
    title: 'Servizio momentaneamente non disponibile',
    text: 'Un sistema esterno non risponde. Riprova tra qualche minuto: quello che avevi salvato non è andato perso.',
  },
  UNEXPECTED: {
    title: 'Qualcosa non ha funzionato',
    text: 'C’è stato un problema da parte nostra e lo abbiamo registrato. Riprova tra qualche minuto: quello che avevi salvato non è andato perso.',
  },
}

/** Seconds, for balancers and programs: an election of the database, or a restart, takes less. */
export const RETRY_AFTER = 30

/** A session that could not be saved as its page ended. The page is whole, and may be on its way already. */
export class UnsavedSession extends Error {
  override readonly name = 'UnsavedSession'

  constructor(cause: unknown) {
    super('A session was not saved as its page ended', { cause })
  }
}

/** A failure as log and page need it. `unexpected` is what was thrown when nobody foresaw it. */
type Failure = Readonly<{
  code: ErrorCode | 'UNEXPECTED'
  status: number
  explanation?: string | undefined
  reason?: string
  details: Readonly<Record<string, unknown>>
  unexpected?: unknown
}>

/** What the desk shows around a page for who asks; throws for whoever has none. */
export type DeskFrameOf = (req: Request, res: Response) => Promise<object>

/**
 * The one end of every failure: one line in the log (with the request's id, without personal data) and one page for the person, in the
 * frame of the desk for an officer who is there.
 * "Log in first" becomes a redirect to the login, which brings the person back to the same place.
 */
export function errorHandler(log: Log, deskFrameOf: DeskFrameOf = nobodysDesk): ErrorRequestHandler[] {
  // eslint-disable-next-line @typescript-eslint/no-unused-vars -- Express knows it by its four parameters
  const end: ErrorRequestHandler = async (thrown: unknown, req, res, _next) => {
    const request = { requestId: requestIdOf(res), method: req.method, path: req.path }
    if (thrown instanceof UnsavedSession) {
      report(log, failureOf(thrown.cause), request)
      return
    }
    if (res.headersSent || isPrematureClose(thrown)) {
      reportCut(log, thrown, request)
      // Not left to Express, which prints a stack: an end that looks whole would be kept as the file.
      res.destroy()
      return
    }
    const failure = failureOf(thrown)
    report(log, failure, request)
    if (failure.code === 'NOT_LOGGED_IN') res.redirect(303, loginPath(req, failure.details['level']))
    else showPage(log, res, failure, await deskOf(res, failure, deskFrameOf))
  }
  // Once more for a session that could not be saved as the error's own page ended: Express would print it, with its stack.
  return [end, end]
}

/** An answer that broke on its way: whoever stops a download is no defect of ours, nor is a database that went away meanwhile. */
function reportCut(log: Log, thrown: unknown, request: object): void {
  if (isPrematureClose(thrown)) log.info(request, 'answer not waited for')
  else report(log, failureOf(thrown), request)
}

const isPrematureClose = (thrown: unknown): boolean =>
  thrown instanceof Error && 'code' in thrown && thrown.code === 'ERR_STREAM_PREMATURE_CLOSE'

function report(log: Log, { code, status, reason, unexpected }: Failure, request: object): void {
  if (status >= 500)
    log.error({ ...request, code, ...(unexpected === undefined ? { reason } : { err: unexpected }) }, 'request failed')
  else log.info({ ...request, code, reason }, 'request refused')
}

function showPage(log: Log, res: Response, { code, status, explanation, details }: Failure, desk: object | null): void {
  const { text, ...usual } = TEXTS[code]
  const heading = headingOf(details['heading'], usual.title)
  // Heard first, and read in the list of open windows (WCAG 2.4.2).
  const title = `Errore: ${heading}`
  const requestId = requestIdOf(res)
  sayWhenAgain(res, status, details['retryAfter'])
  const again = status === 503 ? { wasTyped: res.req.method === 'POST', fields: fieldsAgain(res.req) } : null
  const typed = again ? [] : textsAgain(res.req)
  const page = {
    ...desk,
    title,
    heading,
    text: explanation ?? wordsAt(res, desk !== null)[code] ?? text,
    status,
    requestId,
    ways: waysFrom(res, desk !== null, { back: again ? null : backOf(details['back']), isAgain: again !== null }),
    again,
    typed,
  }
  res
    .status(status)
    .render(desk ? 'pages/offices/error' : 'pages/error', page, (error: Error | null, html?: string) => {
      if (error) log.error({ requestId, err: error }, 'error page failed')
      res
        .type('html')
        .send(html ?? `<!doctype html><html lang="it"><title>${title}</title><h1>${heading}</h1><p>${page.text}</p>`)
    })
}

/** What a failure calls itself, where its code says too little of it. */
const headingOf = (own: unknown, usual: string): string => (typeof own === 'string' ? own : usual)

function sayWhenAgain(res: Response, status: number, asked: unknown): void {
  const seconds = asked ?? (status === 503 ? RETRY_AFTER : undefined)
  if (typeof seconds === 'number') res.setHeader('retry-after', seconds)
}

type Way = Readonly<{ href: string; text: string }>

const DESK: Way = { href: '/ufficio', text: 'Vai alla scrivania dell’ufficio' }
const HOME: Way = { href: '/', text: 'Vai alla pagina iniziale' }
const AREA: Way = { href: '/area-personale', text: 'Vai all’area personale' }
const SERVICES: Way = { href: '/servizi', text: 'Vai ai servizi' }

/** What an officer at the desk reads instead. */
const AT_DESK: Partial<Record<Failure['code'], string>> = {
  NOT_FOUND:
    'Questa pagina non esiste, oppure il tuo incarico non la comprende o non la comprende più. Controlla l’indirizzo o riparti dalla scrivania.',
}

/** What a citizen reads of a filing: most likely a draft of theirs that is gone. The same for what is not theirs. */
const OF_FILING: typeof AT_DESK = {
  NOT_FOUND:
    'Questa pratica non c’è, o non è tra le tue. Se era una bozza è stata eliminata, oppure è scaduta e si è cancellata da sola. Le pratiche che hai sono nell’area personale.',
}

const isOfFiling = ({ req }: Response): boolean => req.originalUrl.startsWith('/pratiche/')

const wordsAt = (res: Response, atDesk: boolean): typeof AT_DESK => {
  if (atDesk) return AT_DESK
  return isOfFiling(res) ? OF_FILING : {}
}

/** What is known of the person by then; nothing when the failure came before. */
const personOn = ({ locals }: Response): Readonly<{ person?: string | null; officer?: boolean; isUnknown?: boolean }> =>
  (locals['site'] ?? {}) as ReturnType<typeof personOn>

const nobodysDesk: DeskFrameOf = () => Promise.reject(new AppError('NOT_FOUND', 'No desk'))

const isOfDesk = ({ req }: Response): boolean => /^\/ufficio(?![^/?])/.test(req.originalUrl)

/**
 * What the desk shows around the page of a failure; null elsewhere, and for whoever is no officer: to them a page of the desk looks as one
 * that does not exist. Bare where nothing can be asked of the database: whoever is at the desk then is likely an officer.
 */
async function deskOf(res: Response, { status }: Failure, frameOf: DeskFrameOf): Promise<object | null> {
  const { officer, isUnknown } = personOn(res)
  if (!isOfDesk(res) || !(officer || isUnknown)) return null
  if (status === 503) return {}
  try {
    return await frameOf(res.req, res)
  } catch (error) {
    return error instanceof AppError ? null : {}
  }
}

/** Where one may go on, the likely way first: what leads citizens on is of no use to an officer at the desk. */
function waysFrom(
  res: Response,
  atDesk: boolean,
  { back, isAgain }: { back: Way | null; isAgain: boolean },
): (Way & { main: boolean })[] {
  const { person, officer } = personOn(res)
  const main = back ?? (atDesk ? DESK : isOfFiling(res) ? AREA : SERVICES)
  // To whom a page of the desk is closed it may be closed altogether, since a moment ago.
  const own = officer && !isOfDesk(res) ? [DESK] : person ? [AREA] : []
  const ways = atDesk ? [main, DESK] : [main, HOME, ...own]
  return [...new Set(isAgain ? ways.slice(1) : ways)].map((way) => ({ ...way, main: way === main }))
}

/** Where the failure leads back to, and how that is called: a filing's own page, or the one that the person comes from. */
function backOf(href: unknown): Way | null {
  if (typeof href !== 'string') return null
  const [, text = 'Torna alla pagina precedente'] = BACK.find(([place]) => place.test(href)) ?? []
  return { href, text }
}

const BACK: readonly (readonly [place: RegExp, text: string])[] = [
  [/^\/(ufficio\/)?pratiche\/[^/]+$/, 'Torna alla pratica'],
  [/^\/area-personale\/firme$/, 'Vai ai documenti da firmare'],
]

const requestIdOf = (res: Response): string =>
  typeof res.locals['requestId'] === 'string' ? res.locals['requestId'] : ''

function failureOf(thrown: unknown): Failure {
  const error = passing(thrown) ?? known(thrown)
  if (!error) return { code: 'UNEXPECTED', status: 500, details: {}, unexpected: thrown }
  const { code, status, explanation, details, message } = error
  return { code, status, explanation, details, reason: message }
}

/** What is no defect of ours and will do again a little later. */
function passing(thrown: unknown): AppError | undefined {
  if (isDatabaseAway(thrown)) return databaseAway(thrown.name, thrown)
  return isWithoutRoom(thrown) ? withoutRoom(thrown) : undefined
}

/** Failures that express and its body parsers foresee, in our own terms. */
function known(thrown: unknown): AppError | undefined {
  if (thrown instanceof AppError) return thrown
  const status = thrown instanceof Error && 'status' in thrown ? thrown.status : undefined
  if (status === 413) return new AppError('TOO_LARGE', 'Body over the limit')
  if (status === 415) return new AppError('UNSUPPORTED_TYPE', 'Body encoding not supported')
  if (thrown instanceof URIError || (typeof status === 'number' && status >= 400 && status < 500))
    return new AppError('BAD_REQUEST', 'Malformed request')
  return undefined
}

export const databaseAway = (reason: string, cause?: Error): AppError =>
  new AppError('UPSTREAM_UNAVAILABLE', `The database does not answer (${reason})`, {
    explanation:
      'In questo momento non riusciamo a leggere e a salvare i dati. Riprova tra un minuto: quello che avevi salvato non è andato perso.',
    cause,
  })

/** A full disk of ours, where large files stand while they are checked. */
const isWithoutRoom = (thrown: unknown): thrown is Error =>
  thrown instanceof Error && 'code' in thrown && (thrown.code === 'ENOSPC' || thrown.code === 'EDQUOT')

const withoutRoom = (cause: Error): AppError =>
  new AppError('UPSTREAM_UNAVAILABLE', `The disk has no room (${cause.message})`, {
    explanation:
      'In questo momento non abbiamo spazio per lavorare sui file. Riprova tra un minuto: quello che avevi salvato non è andato perso.',
    cause,
  })

function loginPath(req: Request, level: unknown): string {
  const back = req.method === 'GET' ? req.originalUrl : (req.session.returnTo ?? '/area-personale')
  const query = new URLSearchParams({ ritorno: back, ...(typeof level === 'number' ? { livello: String(level) } : {}) })
  return `/accesso?${query.toString()}`
}
