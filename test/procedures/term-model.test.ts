import { expect } from 'chai'
import Holidays from 'date-holidays'
import fc from 'fast-check'
import { dueDate, type ClockEvent, type ClockEvents } from '../../server/procedures/term.ts'

const DAY = 86_400_000
/** Days are counted as whole numbers from here, with nothing of the platform's own arithmetic of dates. */
const FIRST = Date.UTC(2023, 0, 1)
const LAST_YEAR = 2034
const numbered = (date: string): number => (Date.parse(date) - FIRST) / DAY
const dated = (day: number): string => new Date(FIRST + day * DAY).toISOString().slice(0, 10)

/** L. 260/1949, as an independent calendar has it. */
const holidays = new Set(
  Array.from({ length: LAST_YEAR - 2022 }, (_, index) => new Holidays('IT').getHolidays(2023 + index))
    .flat()
    .filter(({ type }) => type === 'public')
    .map(({ date }) => numbered(date.slice(0, 10))),
)
const rests = (day: number): boolean => new Date(FIRST + day * DAY).getUTCDay() === 0 || holidays.has(day)

type Fact = Readonly<{ kind: ClockEvent['kind']; day: number }>
/** The clock stands in each night from that of `from` to that before `to`. */
type Pause = Readonly<{ from: number; to: number }>

/** c.c. art. 2963 c. 2 and 3: the day itself does not count, the last one does, and if it is a holiday the next that is none. */
function ofCitizen(from: number, days: number): number {
  let day = from
  for (let left = days; left > 0; left -= 1) day += 1
  while (rests(day)) day += 1
  return day
}

/** L. 241/1990 art. 2 c. 7: one suspension, for thirty days at most. */
function ofIntegration(facts: readonly Fact[]): Pause[] {
  const request = facts.findIndex(({ kind }) => kind === 'suspended')
  const from = facts[request]?.day
  if (from === undefined) return []
  const answer = facts.find(({ kind }, index) => kind === 'resumed' && index > request)?.day
  return [{ from, to: Math.min(from + 30, answer ?? Infinity) }]
}

/** L. 241/1990 art. 10-bis: until ten days after the observations, or to the end of the ten days in which none came. */
function ofNotice(facts: readonly Fact[]): Pause[] {
  const notice = facts.findIndex(({ kind }) => kind === 'refusal-announced')
  const from = facts[notice]?.day
  if (from === undefined) return []
  const last = ofCitizen(from, 10)
  const came = facts.find(({ kind }, index) => kind === 'observations-received' && index > notice)?.day
  return [{ from, to: came !== undefined && came <= last ? came + 10 : last }]
}

/** Walks from the start, night by night, and asks each day whether it is the last. */
function walked(start: number, days: number, facts: readonly Fact[]): number {
  const pauses = [...ofIntegration(facts), ...ofNotice(facts)]
  const standsAfter = (day: number): boolean => pauses.some(({ from, to }) => from <= day && day < to)
  let left = days
  for (let day = start; ; day += 1) {
    // L. 241/1990 art. 2 c. 6: from the day of the filing, which does not count; nor does one whose night before stood still.
    if (day > start && left > 0 && !standsAfter(day - 1)) left -= 1
    if (left === 0 && !rests(day) && !standsAfter(day)) return day
  }
}

/** The whole story: an interruption within the term ends it, and what starts it again starts it from zero (DPR 380/2001 art. 20 c. 5). */
function lastDay(start: number, days: number, facts: readonly Fact[]): number | null {
  for (const [index, { kind, day }] of facts.entries()) {
    if (kind !== 'interrupted' || day > walked(start, days, facts.slice(0, index))) continue
    const again = facts.findIndex((fact, at) => at > index && fact.kind === 'restarted')
    const restart = facts[again]
    return restart ? lastDay(restart.day, days, facts.slice(again + 1)) : null
  }
  return walked(start, days, facts)
}

/** Days around which a count goes wrong, of several years. */
const AWKWARD = [
  // Both changes of the hour, the leap day, the end of the year.
  ...['2024-03-31', '2024-10-27', '2025-03-30', '2025-10-26', '2026-03-29', '2026-10-25', '2027-03-28', '2027-10-31'],
  ...['2024-02-28', '2024-02-29', '2024-03-01', '2025-02-28', '2028-02-29', '2023-12-31', '2024-12-31', '2027-01-01'],
  // Easter with its Monday, holidays in a row, the new one of October, a patron saint.
  ...['2024-04-01', '2025-04-20', '2025-04-21', '2026-04-05', '2026-04-06', '2026-12-25', '2026-10-04', '2026-06-24'],
].map(numbered)

describe('the last day for the answer, beside a count day by day', () => {
  const near = fc
    .tuple(fc.constantFrom(...AWKWARD), fc.integer({ min: -3, max: 3 }))
    .map(([day, away]) => Math.max(0, day + away))
  const day = fc.oneof(near, fc.integer({ min: 0, max: 2500 }))
  const term = fc.oneof(fc.constantFrom(5, 15, 20, 30, 45, 60, 90, 180), fc.integer({ min: 1, max: 180 }))
  const kind = fc.constantFrom<ClockEvent['kind']>(
    ...(['suspended', 'resumed', 'refusal-announced', 'observations-received', 'interrupted', 'restarted'] as const),
  )

  const compare = (start: number, days: number, facts: readonly Fact[]): void => {
    const events = facts.map((fact) => ({ kind: fact.kind, date: dated(fact.day) }))
    const clock: ClockEvents = { start: dated(start), term: { days }, events }
    const expected = lastDay(start, days, facts)
    expect(dueDate(clock), JSON.stringify(clock)).to.equal(expected === null ? null : dated(expected))
  }

  it('is the same for any story', () => {
    const gaps = fc.array(fc.tuple(kind, fc.integer({ min: 0, max: 40 })), { maxLength: 8 })
    fc.assert(
      fc.property(day, term, gaps, (start, days, steps) => {
        let at = start
        compare(
          start,
          days,
          steps.map(([what, gap]): Fact => ({ kind: what, day: (at += gap) })),
        )
      }),
      { numRuns: 3_000 },
    )
  })

  it('is the same where a suspension begins or ends on an awkward day, or on the last one', () => {
    const facts = fc.array(fc.tuple(kind, near), { minLength: 1, maxLength: 5 })
    const onTheLast = fc.tuple(kind, fc.integer({ min: -2, max: 3 }), fc.integer({ min: 0, max: 12 }))
    fc.assert(
      fc.property(near, term, facts, onTheLast, (start, days, some, [what, away, answered]) => {
        const known = some.map(([fact, at]): Fact => ({ kind: fact, day: at }))
        const inOrder = known.filter((fact) => fact.day >= start).sort((a, b) => a.day - b.day)
        compare(start, days, inOrder)
        const last = walked(start, days, [])
        const asked = Math.max(start, last + away)
        const answer = what === 'refusal-announced' ? 'observations-received' : 'resumed'
        compare(start, days, [
          { kind: what, day: asked },
          { kind: answer, day: asked + answered },
        ])
      }),
      { numRuns: 3_000 },
    )
  })
})
