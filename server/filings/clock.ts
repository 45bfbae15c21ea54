import type { HistoryEvent } from '../history/index.ts'
import { clockEvents, dueDate, type Term } from '../procedures/index.ts'
import type { IsoDate } from '../shared/dates.ts'

/** Last day for the answer as the events stand; while an interruption lasts, the day it would be without it. */
export function dueOf(events: readonly Pick<HistoryEvent, 'type' | 'at'>[], term: Term): IsoDate {
  const clock = clockEvents(term, events)
  return dueDate(clock) ?? dueDate({ ...clock, events: [] }) ?? clock.start
}
