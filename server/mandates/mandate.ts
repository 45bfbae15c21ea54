import { AppError } from '../errors.ts'
import { romeDate, type IsoDate } from '../shared/dates.ts'
import { partyName, type Author, type Party } from '../shared/party.ts'
import type { Transaction } from '../shared/transaction.ts'

export type MandateId = string & { readonly brand: 'MandateId' }

/** What the proxy may do in the principal's place. */
export type Scope =
  | Readonly<{ kind: 'all' }>
  | Readonly<{ kind: 'procedures'; procedures: readonly string[] }>
  /** One filing that the principal already sent: to follow it and to answer the office. */
  | Readonly<{ kind: 'filing'; filing: string }>

export type MandateEvent = Readonly<{
  type: 'given' | 'shown' | 'approved' | 'refused' | 'revoked' | 'used'
  at: Date
  by: Author
  reason?: string
  filing?: string
}>

/**
 * The power to act for somebody (procura, art. 1387 c.c.). Given on line by the principal after their own login, or on a
 * signed paper that an officer approved: both are ways of DPR 445/2000 art. 38 c. 3-bis.
 */
export type Mandate = Readonly<{
  id: MandateId
  municipality: string
  origin: 'online' | 'document'
  principal: Party
  /** Account key of the principal: their tax code, if they have one. */
  principalKey: string
  /** Who gave it in the name of a company, and as what: the business register confirmed it then, and is asked again at each use. */
  giver?: Readonly<{ cf: string; name: string; role: string; email?: string }>
  proxy: Party
  proxyKey: string
  scope: Scope
  /** First and last day in Rome on which it holds, both included. */
  from: IsoDate
  to: IsoDate
  /** Only what is shown on paper is reviewed. */
  review: 'not-needed' | 'waiting' | 'approved' | 'refused'
  revokedAt: Date | null
  events: readonly MandateEvent[]
}>

export type MandateState = 'waiting' | 'refused' | 'revoked' | 'future' | 'expired' | 'valid'

/** Mandates on whose `side` is this account, as they stand `on` that day. */
export type PageAsked = Readonly<{
  side: 'principalKey' | 'proxyKey'
  key: string
  on: IsoDate
  page: number
  size: number
}>
export type MandatePage = Readonly<{ mandates: readonly Mandate[]; total: number }>

/** Port to the database. A change is written only while the mandate is not revoked and reviewed as it was read. */
export type MandateStore = {
  add(mandate: Mandate, transaction: Transaction): Promise<void>
  find(municipality: string, id: string, transaction?: Transaction): Promise<Mandate | undefined>
  /** Given by and received by this person or company, or given by this person for a company; newest first. */
  ofPerson(municipality: string, key: string): Promise<Mandate[]>
  /** A page of those on one side of which this person or company is: what holds first, then the newest. */
  page(municipality: string, asked: PageAsked): Promise<MandatePage>
  /** Received by this person, neither revoked nor waiting for a review nor refused. */
  heldBy(municipality: string, proxyKey: string, transaction?: Transaction): Promise<Mandate[]>
  waiting(municipality: string): Promise<Mandate[]>
  /** Those of them that this person has shown. */
  waitingOf(municipality: string, proxyKey: string): Promise<Mandate[]>
  /** How many wait in which this person is not named; beyond `most` none is counted. */
  waitingCount(municipality: string, key: string, most: number): Promise<number>
  change(mandate: Mandate, event: MandateEvent, transaction: Transaction): Promise<boolean>
}

/** The mandate's state on that day. */
export function stateOf({ review, revokedAt, from, to }: Mandate, at: Date): MandateState {
  if (revokedAt) return 'revoked'
  if (review === 'waiting' || review === 'refused') return review
  const today = romeDate(at)
  if (today < from) return 'future'
  return today > to ? 'expired' : 'valid'
}

/** Whether one may act by it on that day. */
export const isValid = (mandate: Mandate, at: Date): boolean => stateOf(mandate, at) === 'valid'

/** Does the scope take in this filing, or one of this procedure that is yet to be begun (`id` null)? */
export function covers({ scope }: Pick<Mandate, 'scope'>, filing: { id: string | null; procedure: string }): boolean {
  if (scope.kind === 'all') return true
  if (scope.kind === 'procedures') return scope.procedures.includes(filing.procedure)
  return scope.filing === filing.id
}

/** The mandate after the event; the same rules for every way in. Throws what fits when the event may not happen. */
export function changed(mandate: Mandate, event: MandateEvent): Mandate {
  const events = [...mandate.events, event]
  if (event.type === 'revoked') return { ...mandate, events, revokedAt: event.at }
  if (event.type === 'approved' || event.type === 'refused') return { ...mandate, events, review: event.type }
  return { ...mandate, events }
}

/** Of one giver to one proxy: more than a company gives for single filings to whoever follows them. */
export const MOST_RUNNING = 200

/**
 * Each mandate tells whoever receives it: nobody can fill the list and the mail of another with them. `held` is what the proxy has.
 * Throws TOO_MANY_REQUESTS.
 */
export function assertRoom({ id, principalKey, proxy }: Mandate, held: readonly Mandate[], at: Date): void {
  const today = romeDate(at)
  const running = held.filter((one) => one.principalKey === principalKey && today <= one.to)
  // Sent once more, the last for which there was room is not refused.
  if (running.length < MOST_RUNNING || running.some((one) => one.id === id)) return
  throw new AppError('TOO_MANY_REQUESTS', 'Too many mandates of one giver to one proxy', {
    explanation: `${partyName(proxy)} ha già ${MOST_RUNNING} tue deleghe non ancora scadute: è il massimo. Revoca quelle che non servono più, poi dai questa.`,
    back: '/area-personale/deleghe',
  })
}

/** Papers of one person that wait for a review: more than a studio brings in the days that a review takes. */
export const MOST_WAITING = 50

/** Officers read each paper, and each is kept: nobody fills their list alone. Throws TOO_MANY_REQUESTS. */
export function assertFewWaiting({ id }: Mandate, waiting: readonly Pick<Mandate, 'id'>[]): void {
  // Sent once more, the last for which there was room is not refused.
  if (waiting.length < MOST_WAITING || waiting.some((one) => one.id === id)) return
  throw new AppError('TOO_MANY_REQUESTS', 'Too many papers of one person wait for a review', {
    explanation: `Hai già ${MOST_WAITING} procure in esame: è il massimo. Aspetta che l’ufficio ne esamini qualcuna, o ritira quelle che non servono più.`,
    back: '/area-personale/deleghe',
  })
}

/** Whoever gave it may take it back, whoever has it may give it up (artt. 1723 and 1727 c.c.): at once, without reasons. */
export function assertRevocable(mandate: Mandate, key: string): void {
  if (![mandate.principalKey, mandate.proxyKey].includes(key))
    throw new AppError('NOT_FOUND', 'Not a party of the mandate')
  if (mandate.review === 'refused')
    throw new AppError('CONFLICT', 'Mandate never held', { explanation: 'Questa delega non è più attiva.' })
}

/** L. 241/1990 art. 6-bis: nobody reviews a paper in which they are named. To such an officer it does not exist. */
export function assertReviewable(mandate: Mandate, officerKey: string): void {
  if (mandate.origin !== 'document' || [mandate.principalKey, mandate.proxyKey].includes(officerKey))
    throw new AppError('NOT_FOUND', 'Not a mandate for this reviewer')
  if (mandate.review !== 'waiting' || mandate.revokedAt)
    throw new AppError('CONFLICT', 'Mandate is not waiting for a review', {
      explanation:
        'Questa procura è già stata esaminata o ritirata. Torna all’elenco per vedere la situazione aggiornata.',
      back: '/ufficio/deleghe',
    })
}
