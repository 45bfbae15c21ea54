import { expect } from 'chai'
import fc from 'fast-check'
import { dueDate, type ClockEvent, type ClockEvents } from '../../server/procedures/term.ts'
import { isHoliday } from '../../server/shared/calendar.ts'
import { addDays } from '../../server/shared/dates.ts'

const clock = (start: string, days: number, ...events: [ClockEvent['kind'], string][]): ClockEvents => ({
  start,
  term: { days },
  events: events.map(([kind, date]) => ({ kind, date })),
})
const filed = (...events: [ClockEvent['kind'], string][]): ClockEvents => clock('2026-03-02', 30, ...events)

describe('the last day for the answer', () => {
  const cases: [string, ClockEvents, string | null][] = [
    // The worked examples of protocol-and-procedure.md §3.2.
    ['is the thirtieth day after filing', filed(), '2026-04-01'],
    [
      'waits while an integration is awaited',
      filed(['suspended', '2026-03-12'], ['resumed', '2026-03-27']),
      '2026-04-16',
    ],
    ['waits thirty days at most, and not on 1 May', filed(['suspended', '2026-03-12']), '2026-05-02'],
    [
      'runs again ten days after observations',
      filed(['refusal-announced', '2026-03-20'], ['observations-received', '2026-03-28']),
      '2026-04-20',
    ],
    [
      'runs again at the end of the window without observations',
      filed(['refusal-announced', '2026-03-20']),
      '2026-04-11',
    ],
    ['is never Easter Monday', clock('2026-03-07', 30), '2026-04-07'],
    ['is the forty-fifth day for a change of residence', clock('2026-03-02', 45), '2026-04-16'],
    // Rules without an example there.
    [
      'does not wait for an answer after the thirty days',
      filed(['suspended', '2026-03-12'], ['resumed', '2026-04-20']),
      '2026-05-02',
    ],
    [
      'waits once only',
      filed(['suspended', '2026-03-04'], ['resumed', '2026-03-09'], ['suspended', '2026-03-20']),
      '2026-04-07',
    ],
    ['is not moved by a request after it', filed(['suspended', '2026-04-02']), '2026-04-01'],
    ['is moved by a request made on it', filed(['suspended', '2026-04-01'], ['resumed', '2026-04-08']), '2026-04-08'],
    [
      'is moved by a request made on the day to which a holiday puts it off',
      clock('2026-03-07', 30, ['suspended', '2026-04-07'], ['resumed', '2026-04-10']),
      '2026-04-10',
    ],
    [
      'is not before the end of the ten days of the citizen, told on the day to which a holiday puts it off',
      clock('2026-03-07', 30, ['refusal-announced', '2026-04-07']),
      '2026-04-17',
    ],
    [
      'counts anew from a restart, where it was interrupted on its last day',
      filed(['interrupted', '2026-04-01'], ['restarted', '2026-04-10']),
      '2026-05-11',
    ],
    [
      'waits for observations that come on the last day of the window',
      filed(['refusal-announced', '2026-03-20'], ['observations-received', '2026-03-30']),
      '2026-04-21',
    ],
    [
      'counts overlapping pauses once, whichever began first',
      filed(['refusal-announced', '2026-03-12'], ['suspended', '2026-03-20'], ['resumed', '2026-03-27']),
      '2026-04-16',
    ],
    [
      'counts overlapping pauses once',
      filed(['suspended', '2026-03-12'], ['refusal-announced', '2026-03-20'], ['resumed', '2026-03-27']),
      '2026-04-20',
    ],
    [
      'does not wait for observations after the window',
      filed(['refusal-announced', '2026-03-20'], ['observations-received', '2026-04-03']),
      '2026-04-11',
    ],
    ['lets the window of ten days end on a working day', filed(['refusal-announced', '2026-03-05']), '2026-04-13'],
    ['does not exist while the term is interrupted', filed(['interrupted', '2026-03-12']), null],
    [
      'starts from zero after an interruption',
      filed(['interrupted', '2026-03-12'], ['restarted', '2026-03-20']),
      '2026-04-20',
    ],
    [
      'forgets what was before an interruption',
      filed(
        ['suspended', '2026-03-04'],
        ['resumed', '2026-03-09'],
        ['interrupted', '2026-03-12'],
        ['restarted', '2026-03-20'],
      ),
      '2026-04-20',
    ],
    [
      'is not taken away by an interruption after it',
      filed(['interrupted', '2026-04-02'], ['restarted', '2026-04-10']),
      '2026-04-01',
    ],
    ['is never the new holiday of 4 October', clock('2026-09-05', 29), '2026-10-05'],
  ]
  for (const [name, given, due] of cases) {
    it(name, () => expect(dueDate(given)).to.equal(due))
  }
})

describe('any clock', () => {
  const day = fc.integer({ min: 0, max: 4000 }).map((days) => addDays('2024-01-01', days))
  const term = fc.integer({ min: 1, max: 180 })
  const gap = fc.integer({ min: 0, max: 40 })
  const kinds = fc.constantFrom<ClockEvent['kind']>(
    'suspended',
    'resumed',
    'interrupted',
    'restarted',
    'refusal-announced',
    'observations-received',
  )
  const story = fc
    .record({ start: day, days: term, steps: fc.array(fc.tuple(kinds, gap), { maxLength: 6 }) })
    .map(({ start, days, steps }): ClockEvents => {
      let date = start
      return {
        start,
        term: { days },
        events: steps.map(([kind, wait]) => ({ kind, date: (date = addDays(date, wait)) })),
      }
    })

  it('never ends on a holiday, nor before the plain term', () => {
    fc.assert(
      fc.property(story, ({ start, term: duration, events }) => {
        const due = dueDate({ start, term: duration, events })
        if (due === null) return
        expect(isHoliday(due)).to.equal(false)
        expect(due >= dueDate({ start, term: duration, events: [] })!).to.equal(true)
      }),
    )
  })

  it('ends later or on the same day when the term is longer, or when the answer comes later', () => {
    fc.assert(
      fc.property(day, term, fc.tuple(gap, gap, gap), (start, days, [wait, shorter, longer]) => {
        const due = (length: number, answer: number) => {
          const asked = addDays(start, wait)
          return dueDate(clock(start, length, ['suspended', asked], ['resumed', addDays(asked, answer)]))!
        }
        expect(due(days + 1, shorter) >= due(days, shorter)).to.equal(true)
        expect(due(days, shorter + longer) >= due(days, shorter)).to.equal(true)
      }),
    )
  })

  it('is not moved by what happens after its end', () => {
    fc.assert(
      fc.property(day, term, kinds, gap, (start, days, kind, wait) => {
        const due = dueDate(clock(start, days))!
        expect(dueDate(clock(start, days, [kind, addDays(due, 1 + wait)]))).to.equal(due)
      }),
    )
  })
})
