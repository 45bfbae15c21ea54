import { addMonths, nextNonHoliday } from '../shared/calendar.ts'
import { addDays, daysBetween, type IsoDate } from '../shared/dates.ts'

/** L. 241/1990 art. 2 c. 7: once, for thirty days at most. */
export const MAX_SUSPENSION_DAYS = 30
/** L. 241/1990 art. 10-bis: what the applicant has to answer the notice of refusal, and the office to read the answer. */
const OBSERVATION_DAYS = 10

/** What moves the clock of one filing, with the day in Rome on which it happened; for a notice, the day it was received. */
export type ClockEvent = Readonly<{
  kind: 'suspended' | 'resumed' | 'interrupted' | 'restarted' | 'refusal-announced' | 'observations-received'
  date: IsoDate
}>

export type Duration = Readonly<{ days: number } | { months: number }>

/**
 * A filing's clock as the facts it is computed from; a counter is never stored.
 * `silentApplicant`: the two readings of art. 10-bis c. 1 when no observations come. The term runs again from the end
 * of the window (default, the earlier), or ten days after it.
 */
export type ClockEvents = Readonly<{
  /** Day of filing (L. 241/1990 art. 2 c. 6), not of protocol work or payment checks. */
  start: IsoDate
  term: Duration
  /** In the order in which they happened. */
  events: readonly ClockEvent[]
  saturdayIsHoliday?: boolean
  silentApplicant?: 'window' | 'ten-days-after'
}>

export type ClockState = Readonly<{
  /** Last day for the answer; null while an interruption lasts, for then no term runs. */
  due: IsoDate | null
  state: 'running' | 'suspended' | 'interrupted' | 'expired'
  /** Whole days from today to the due day, negative after it. */
  daysLeft: number | null
}>

/** From `from` on the clock stands still; it runs again on `to`. */
type Pause = Readonly<{ from: IsoDate; to: IsoDate }>

/**
 * Last day for the answer. Calendar days, the first not counted and the last counted; a last day on a holiday moves to
 * the next day that is none (c.c. art. 2963). An open suspension counts whole, so the date shown can only come nearer.
 * Null while the term is interrupted.
 */
export function dueDate(clock: ClockEvents): IsoDate | null {
  const run = currentRun(clock)
  return run ? endOf(run, clock) : null
}

/** The clock as it stands on a day. */
export function clockState(clock: ClockEvents, today: IsoDate): ClockState {
  const known = { ...clock, events: clock.events.filter(({ date }) => date <= today) }
  const run = currentRun(known)
  const due = dueDate(known)
  if (!run || due === null) return { due: null, state: 'interrupted', daysLeft: null }
  const suspended = pauses(run.events, known).some(({ from, to }) => from <= today && today < to && from <= due)
  const state = suspended ? 'suspended' : today > due ? 'expired' : 'running'
  return { due, state, daysLeft: daysBetween(today, due) }
}

/** Last day for who decides in the place of an inert office: half the term, from the request (L. 241/1990 art. 2 c. 9-ter). */
export function substituteDueDate(requested: IsoDate, termDays: number): IsoDate {
  return nextNonHoliday(addDays(requested, Math.ceil(termDays / 2)))
}

type Run = Readonly<{ start: IsoDate; events: readonly ClockEvent[] }>

/**
 * The term since its last start from zero, or undefined while it is interrupted (DPR 380/2001 art. 20 c. 5, L. 241/1990
 * art. 19 c. 3). An interruption after the last day has no effect, as a late suspension has none.
 */
function currentRun(clock: ClockEvents): Run | undefined {
  let run: Run = { start: clock.start, events: [] }
  let interrupted = false
  for (const event of clock.events) {
    if (event.kind === 'restarted') {
      if (interrupted) run = { start: event.date, events: [] }
      interrupted = false
    } else if (event.kind === 'interrupted') {
      interrupted ||= event.date <= endOf(run, clock)
    } else if (!interrupted) {
      run = { start: run.start, events: [...run.events, event] }
    }
  }
  return interrupted ? undefined : run
}

function endOf(run: Run, clock: ClockEvents): IsoDate {
  let due = after(run.start, clock.term)
  let pausedUntil = run.start
  for (const pause of pauses(run.events, clock)) {
    // What has ended cannot be stopped: a request after the last day gives the office no more time.
    if (pause.from > roll(due, clock)) break
    const from = pause.from > pausedUntil ? pause.from : pausedUntil
    if (pause.to <= from) continue
    due = addDays(due, daysBetween(from, pause.to))
    pausedUntil = pause.to
  }
  return roll(due, clock)
}

/** Spans in which the clock stands still, in order of their beginning. */
function pauses(events: readonly ClockEvent[], clock: ClockEvents): Pause[] {
  const integration = suspension(events)
  const refusal = noticeOfRefusal(events, clock)
  return [integration, refusal].filter((pause) => pause !== undefined).sort((a, b) => (a.from < b.from ? -1 : 1))
}

/** Only the first request of integration suspends, and never for more than thirty days, whatever the applicant does. */
function suspension(events: readonly ClockEvent[]): Pause | undefined {
  const asked = events.findIndex(({ kind }) => kind === 'suspended')
  const request = events[asked]
  if (!request) return undefined
  const cap = addDays(request.date, MAX_SUSPENSION_DAYS)
  const answer = events.slice(asked).find(({ kind }) => kind === 'resumed')
  return { from: request.date, to: answer && answer.date < cap ? answer.date : cap }
}

/** Art. 10-bis, as DL 76/2020 made it: the notice suspends until ten days after the observations, or the end of the window. */
function noticeOfRefusal(events: readonly ClockEvent[], clock: ClockEvents): Pause | undefined {
  const notice = events.find(({ kind }) => kind === 'refusal-announced')
  if (!notice) return undefined
  const window = roll(addDays(notice.date, OBSERVATION_DAYS), clock)
  const observations = events.find(({ kind }) => kind === 'observations-received')
  if (observations && observations.date <= window)
    return { from: notice.date, to: addDays(observations.date, OBSERVATION_DAYS) }
  return {
    from: notice.date,
    to: clock.silentApplicant === 'ten-days-after' ? addDays(window, OBSERVATION_DAYS) : window,
  }
}

const after = (start: IsoDate, term: Duration): IsoDate =>
  'days' in term ? addDays(start, term.days) : addMonths(start, term.months)

const roll = (date: IsoDate, { saturdayIsHoliday = false }: ClockEvents): IsoDate =>
  nextNonHoliday(date, { saturday: saturdayIsHoliday })
