import { AppError, type ErrorCode } from '../errors.ts'
import { addDays, formatLongDate, type IsoDate } from '../shared/dates.ts'
import type { Closure, ServiceState } from './service-state.ts'

const since = (from: IsoDate | undefined): string => (from === undefined ? '' : ` da ${formatLongDate(from)}`)
const until = (to: IsoDate | undefined): string => (to === undefined ? '' : ` fino a ${formatLongDate(to)}`)
const on = (day: IsoDate | undefined): string => (day === undefined ? '' : ` ${formatLongDate(day)}`)

/** A closure that ends is a conflict with how things stand now, and no failure of ours: nothing here is repeated by itself (503). */
export const CLOSED_CODE = { suspended: 'CONFLICT', scheduled: 'CONFLICT', ended: 'GONE' } as const satisfies Record<
  Closure['status'],
  ErrorCode
>

type Words = Readonly<{
  /** In a list. */
  short: (closure: Closure) => string
  /** Alone, today; and when it is still to come. */
  now: (closure: Closure) => string
  next: (closure: Closure) => string
}>

const WORDS: Readonly<Record<Closure['status'], Words>> = {
  suspended: {
    short: ({ to }) => `Sospeso${until(to)}`,
    now: ({ from, to }) => `Il servizio è sospeso${since(from)}${until(to)}`,
    next: ({ from, to }) => `Il servizio sarà sospeso${since(from)}${until(to)}`,
  },
  scheduled: {
    short: ({ from }) => `Apre${on(from)}`,
    now: ({ from }) => `Il servizio apre${on(from)}`,
    next: ({ from }) => `Il servizio apre${on(from)}`,
  },
  ended: {
    short: () => 'Non più attivo',
    now: ({ from }) => `Il servizio non è più attivo${since(from)}`,
    next: ({ from }) => `Il servizio non sarà più attivo${since(from)}`,
  },
}

/** What a list says of a service that takes no requests; null for one that does. */
export const shortState = (state: ServiceState): string | null =>
  state.status === 'active' ? null : WORDS[state.status].short(state)

export const closedTitle = (closure: Closure): string => WORDS[closure.status].now(closure)

/** A message above a page: what is, or will be, and what follows from it for whoever reads there. */
export type StateNotice = Readonly<{ type: 'warning' | 'info'; title: string; texts: readonly string[] }>

/** For those who read about the service; null when there is nothing to say. */
export function serviceNotice(state: ServiceState): StateNotice | null {
  if (state.status !== 'active') return { type: 'warning', title: closedTitle(state), texts: reasonOf(state) }
  const { next } = state
  if (next?.from === undefined) return null
  const last = `Puoi inviare la richiesta fino a ${formatLongDate(addDays(next.from, -1))}.`
  return { type: 'info', title: WORDS[next.status].next(next), texts: [...reasonOf(next), last] }
}

/** For those who have a draft: that nothing is lost, and when it can be sent. */
export function draftNotice(state: ServiceState): StateNotice | null {
  const notice = serviceNotice(state)
  return notice && state.status !== 'active' ? { ...notice, texts: [...notice.texts, draftText(state)] } : notice
}

/** The same at a draft in a list, in one sentence; null while it can be sent. */
export function draftState(state: ServiceState): string | null {
  if (state.status === 'active') return null
  return `${closedTitle(state)}: ${state.status === 'ended' ? 'la richiesta non si può più inviare' : 'per ora la richiesta non si può inviare'}.`
}

const reasonOf = ({ reason }: Closure): string[] => (reason === '' ? [] : [reason])

function draftText(closure: Closure): string {
  if (closure.status === 'ended')
    return 'Questa richiesta non si può più inviare. Puoi ancora leggere la bozza, o eliminarla.'
  const day = reopening(closure)
  const when = day === undefined ? 'quando il servizio sarà di nuovo attivo' : `da ${formatLongDate(day)}`
  return `Per ora la richiesta non si può inviare. La bozza resta salvata: puoi continuare a compilarla, e inviarla ${when}.`
}

/** The first day on which requests are taken, if it is known. */
function reopening({ status, from, to }: Closure): IsoDate | undefined {
  if (status === 'scheduled') return from
  return to === undefined ? undefined : addDays(to, 1)
}

/** Refuses to begin a request that could not be sent. */
export function assertActive(state: ServiceState, back: string): void {
  if (state.status !== 'active') throw refusal(state, [closedTitle(state), ...reasonOf(state)], back)
}

/** Refuses to send a draft, which stays. */
export function assertSendable(state: ServiceState, back: string): void {
  if (state.status === 'active') return
  const texts = ['La richiesta non è stata inviata', closedTitle(state), ...reasonOf(state), draftText(state)]
  throw refusal(state, texts, back)
}

const refusal = ({ status }: Closure, texts: readonly string[], back: string): AppError =>
  new AppError(CLOSED_CODE[status], `Service is ${status}`, { explanation: texts.map(withStop).join(' '), back })

/** The office writes its reason as it likes. */
const withStop = (text: string): string => (/[.!?]$/.test(text) ? text : `${text}.`)
