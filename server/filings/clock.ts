import type { HistoryEvent } from '../history/index.ts'
import { dueDate, type ClockEvent, type ClockEvents, type Term } from '../procedures/index.ts'
import { romeDate, type IsoDate } from '../shared/dates.ts'

type Moment = Pick<HistoryEvent, 'type' | 'at'>
type Kinds = Readonly<Partial<Record<HistoryEvent['type'], ClockEvent['kind']>>>

const REFUSAL: Kinds = { 'refusal-announced': 'refusal-announced', 'observations-received': 'observations-received' }

const KINDS: Readonly<Record<Term['mode'], Kinds>> = {
  suspend: { 'integration-requested': 'suspended', 'integration-received': 'resumed', ...REFUSAL },
  interrupt: { 'integration-requested': 'interrupted', 'integration-received': 'restarted', ...REFUSAL },
}

/** A filing's clock, read from its history: what asks the citizen for something stops it, what answers starts it again. */
function clockOf(events: readonly Moment[], { days, mode }: Term): ClockEvents {
  const submitted = events.find(({ type }) => type === 'submitted')
  if (!submitted) throw new Error('A clock starts with the filing: no submission in this history')
  const moves = events.flatMap(({ type, at }) => {
    const kind = KINDS[mode][type]
    return kind ? [{ kind, date: romeDate(at) }] : []
  })
  return { start: romeDate(submitted.at), term: { days }, events: moves }
}

/**
 * Last day for the answer as the events stand. While an interruption lasts there is none: then the day that it would be
 * without.
 */
export function dueOf(events: readonly Moment[], term: Term): IsoDate {
  const clock = clockOf(events, term)
  return dueDate(clock) ?? dueDate({ ...clock, events: [] }) ?? clock.start
}
