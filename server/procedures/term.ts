import { nextNonHoliday } from '../shared/calendar.ts'
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

/** Last of the days that a person has to answer what was asked of them: a holiday puts it off like any last day (c.c. art. 2963 c. 3). */
export const lastDayToAnswer = (asked: IsoDate, days: number): IsoDate => nextNonHoliday(addDays(asked, days))

/** A filing's clock as the facts it is computed from; a counter is never stored. */
export type ClockEvents = Readonly<{
  /** Day of filing (L. 241/1990 art. 2 c. 6), not of protocol work or payment checks. */
  start: IsoDate
  term: Readonly<{ days: number }>
  /** In the order in which they happened. */
  events: readonly ClockEvent[]
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
  return run ? endOf(run, clock.term) : null
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
      interrupted ||= event.date <= endOf(run, clock.term)
    } else if (!interrupted) {
      run = { start: run.start, events: [...run.events, event] }
    }
  }
  return interrupted ? undefined : run
}

function endOf(run: Run, term: ClockEvents['term']): IsoDate {
  let due = addDays(run.start, term.days)
  let pausedUntil = run.start
  for (const pause of pauses(run.events)) {
    // What has ended cannot be stopped: a request after the last day gives the office no more time.
    if (pause.from > nextNonHoliday(due)) break
    const from = pause.from > pausedUntil ? pause.from : pausedUntil
    if (pause.to <= from) continue
    // Begun while a holiday puts off the last day, when no day was left: it ends with the pause.
    due = from > due ? pause.to : addDays(due, daysBetween(from, pause.to))
    pausedUntil = pause.to
  }
  return nextNonHoliday(due)
}

/** Spans in which the clock stands still, in order of their beginning. */
function pauses(events: readonly ClockEvent[]): Pause[] {
  const integration = suspension(events)
  const refusal = noticeOfRefusal(events)
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

/**
 * Art. 10-bis, as DL 76/2020 made it: the notice suspends until ten days after the observations. Where none come the law has
 * two readings, the end of the window and ten days after it: the earlier is promised.
 */
function noticeOfRefusal(events: readonly ClockEvent[]): Pause | undefined {
  const announced = events.findIndex(({ kind }) => kind === 'refusal-announced')
  const notice = events[announced]
  if (!notice) return undefined
  const window = lastDayToAnswer(notice.date, OBSERVATION_DAYS)
  const observations = events.slice(announced).find(({ kind }) => kind === 'observations-received')
  const answered = observations && observations.date <= window
  return { from: notice.date, to: answered ? addDays(observations.date, OBSERVATION_DAYS) : window }
}
