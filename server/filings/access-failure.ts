import { AppError, type ErrorCode } from '../errors.ts'
import { MANDATE_ENDED } from '../mandates/index.ts'
import { denial, type Action, type Denial } from './access.ts'
import type { Actor, CitizenActor } from './actor.ts'
import type { Filing } from './filing.ts'

/** Throws the failure of `denied` when the actor may not. */
export function assertMay(filing: Filing, action: Action, actor: Actor): void {
  const reason = denial(filing, action, actor)
  if (reason) throw denied(reason, filing, actor)
}

export const GONE_ON =
  'Nel frattempo la pratica è andata avanti: questa operazione non è più possibile. Riapri la pratica per vedere la situazione aggiornata.'

const ABSTAIN = 'per legge (art. 6-bis L. 241/1990) deve occuparsene un’altra persona dell’ufficio.'

const FAILURES: Record<Denial, readonly [ErrorCode, explanation?: string]> = {
  'not-found': ['NOT_FOUND'],
  'not-allowed': ['NOT_ALLOWED'],
  'login-too-weak': ['NOT_LOGGED_IN'],
  'own-filing': ['NOT_ALLOWED', `Questa pratica è tua o ti riguarda: ${ABSTAIN}`],
  family: ['NOT_ALLOWED', `Questa pratica riguarda una persona che hai dichiarato vicina a te: ${ABSTAIN}`],
  'declared-conflict': ['NOT_ALLOWED', `Hai dichiarato un conflitto di interessi su questa pratica: ${ABSTAIN}`],
  named: [
    'NOT_ALLOWED',
    'Nelle risposte di questa pratica c’è il tuo codice fiscale. Se te ne puoi occupare lo stesso lo decide il responsabile dell’ufficio, che te la può assegnare (art. 6-bis L. 241/1990, art. 7 DPR 62/2013).',
  ],
  'mandate-ended': ['NOT_ALLOWED', MANDATE_ENDED],
  'wrong-state': ['CONFLICT', GONE_ON],
}

/** The Italian sentence of a refusal; undefined where the page of the error code says enough. */
export const explanationOf = (reason: Denial): string | undefined => FAILURES[reason][1]

/** The failure that tells a person why they may not, with the way back. */
export function denied(reason: Denial, filing: Filing, actor: Actor): AppError {
  const why = reason === 'mandate-ended' && actor.kind === 'citizen' ? whyEnded(actor) : undefined
  if (why) return notConfirmed(filing, why)
  const [code, explanation] = FAILURES[reason]
  // With the level, so that the way to a stronger login leads back here.
  if (reason === 'login-too-weak' && actor.kind === 'citizen')
    return new AppError(code, `Refused: ${reason}`, { level: actor.wanted })
  return new AppError(code, `Refused: ${reason}`, explanation ? { explanation, back: filingPath(filing, actor) } : {})
}

const whyEnded = ({ mandates }: CitizenActor): string | undefined =>
  mandates.flatMap(({ confirmation }) => (confirmation?.kind === 'ended' ? confirmation.why : []))[0]

/**
 * The failure when whoever gave the mandate no longer acts for the company; `why` is what the business register says, in
 * Italian.
 */
export const notConfirmed = ({ id, state }: Filing, why: string): AppError =>
  new AppError('NOT_ALLOWED', 'Mandate of a company is not confirmed', {
    explanation: `${why} Non abbiamo inviato niente${state === 'draft' ? ': la bozza resta nella tua area personale' : ''}.`,
    back: `/pratiche/${id}`,
  })

/** Address of the page on which the actor sees the filing. */
export const filingPath = ({ id }: Pick<Filing, 'id'>, actor: Actor): string =>
  actor.kind === 'officer' ? `/ufficio/pratiche/${id}` : `/pratiche/${id}`
