import type { Request, RequestHandler, Response } from 'express'
import { networkOf, type AttemptLimit, type Attempts } from '../shared/attempts.ts'
import { confirmAt, tellHere } from './confirmation.ts'
import { isSentFromHere, seeOther } from './request.ts'

type Parked = Record<string, string | string[]>

declare module 'express-session' {
  // eslint-disable-next-line @typescript-eslint/consistent-type-definitions -- only an interface can be merged
  interface SessionData {
    /** Local path to continue at after login. */
    returnTo: string
    /** The form that was being sent when the session ended: shown again to the owner after login. */
    parked: { path: string; body: Parked }
  }
}

/** In bytes, as JSON: several times the longest form. Of a larger one nothing is kept. */
const LARGEST = 64 * 1024

/**
 * By network, because a parked form takes room and nobody is logged in yet: enough for an office whose sessions all ended
 * over lunch. Not by session cookie: whoever lost theirs has typed as much.
 */
const LIMIT: AttemptLimit = { most: 60, window: 15 * 60_000 }

/** Whether a form of this request may be parked, or too many came from its network. */
type MayPark = () => Promise<boolean>

/** Mounted after the session. */
export function parking(attempts: Pick<Attempts, 'take'>): RequestHandler {
  return (req, res, next) => {
    const network = networkOf(req.ip ?? '')
    res.locals['mayPark'] = (() => attempts.take(`park ${network}`, LIMIT)) satisfies MayPark
    next()
  }
}

const mayPark = async (res: Response): Promise<boolean> => (res.locals['mayPark'] as MayPark | undefined)?.() ?? false

/**
 * Keeps what a person was sending when their session had ended, so that it is still there after the login.
 * It changes nothing by itself: the page at the same path shows it again, to the owner of that page only.
 * Nothing is stored of what another site sent: the cookie of the session has not come along (`SameSite`), and a new one
 * would take its place, so that any page on the web could log people out.
 * `read` gives the body of a request that no parser before has read.
 */
export function parkWithout(
  login: (req: Request) => unknown,
  read: (req: Request) => unknown = (req) => req.body,
): RequestHandler {
  return async (req, res, next) => {
    if (req.method === 'POST' && !login(req) && isSentFromHere(req)) {
      const body = await read(req)
      if (await mayPark(res)) {
        park(req, body)
        req.session.returnTo = req.originalUrl
      }
    }
    next()
  }
}

/** Fields that are never kept: what opens a signature is for the moment in which it is typed. */
const SECRETS: ReadonlySet<string> = new Set(['pin', 'codice'])

/** A form as it may be kept. */
export const withoutSecrets = (body: object): Parked =>
  Object.fromEntries(Object.entries(body as Parked).filter(([name]) => !SECRETS.has(name)))

/** Keeps a form in the session. Never one that another site sent. */
export function park(req: Request, body: unknown): void {
  if (!isSentFromHere(req)) return
  const kept = withoutSecrets((body as Parked | undefined) ?? {})
  if (Buffer.byteLength(JSON.stringify(kept)) > LARGEST) return
  req.session.parked = { path: req.originalUrl, body: kept }
}

/** What was parked for this very path, once. */
export function takeParked(req: Request): Parked | undefined {
  const { parked } = req.session
  if (parked?.path !== req.originalUrl) return undefined
  delete (req.session as Partial<typeof req.session>).parked
  return parked.body
}

/** The same of a form that does something: its page says that nothing was done, which the filled fields do not. */
export function takeUnsent(req: Request, res: Response): Parked | undefined {
  const parked = takeParked(req)
  if (parked) tellHere(res, UNSENT)
  return parked
}

/**
 * What is at an address at which something is only done, for whoever comes there after a login or a refusal: the page from which it is
 * done, which says that it was not.
 */
export const insteadAt =
  (page: string): RequestHandler =>
  (req, res) => {
    if (takeParked(req)) confirmAt(req, res, page, { ...UNSENT, text: ['Se serve ancora, ripeti l’operazione.'] })
    else seeOther(res, page)
  }

const UNSENT = {
  type: 'warning',
  title: 'Non abbiamo ancora ricevuto quello che stavi inviando',
  text: ['Lo ritrovi qui sotto: controllalo e conferma di nuovo. Se avevi scelto dei file, allegali di nuovo.'],
} as const
