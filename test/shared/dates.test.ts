import { expect } from 'chai'
import fc from 'fast-check'
import { addMonths } from '../../server/shared/calendar.ts'
import { addDays, daysBetween, romeDate, romeTime, startOfDay, withDay } from '../../server/shared/dates.ts'

const HOUR = 3_600_000
const DAY = 24 * HOUR

/** Directive 2000/84/EC: summer time lasts from the last Sunday of March to that of October, each at 01:00 of Greenwich. */
function lastSunday(year: number, month: number): number {
  let day = Date.UTC(year, month, 31, 1)
  while (new Date(day).getUTCDay() !== 0) day -= DAY
  return day
}
const inRome = (at: number): Date => {
  const year = new Date(at).getUTCFullYear()
  const isSummer = at >= lastSunday(year, 2) && at < lastSunday(year, 9)
  return new Date(at + (isSummer ? 2 : 1) * HOUR)
}

describe('days of Rome', () => {
  const changes = Array.from({ length: 40 }, (_, index) => [lastSunday(2002 + index, 2), lastSunday(2002 + index, 9)])
  const ends = Array.from({ length: 40 }, (_, index) => Date.UTC(2002 + index, 0, 1) - HOUR)
  const near = fc
    .tuple(fc.constantFrom(...changes.flat(), ...ends), fc.integer({ min: -30 * HOUR, max: 30 * HOUR }))
    .map(([at, away]) => at + away)
  const instant = fc.oneof(near, fc.integer({ min: Date.UTC(2002, 0, 2), max: Date.UTC(2041, 11, 30) }))

  it('and its time are those of the law on summer time, at both changes and at the end of a year', () => {
    fc.assert(
      fc.property(instant, (at) => {
        const [day, time] = inRome(at).toISOString().split('T')
        expect(romeDate(new Date(at))).to.equal(day)
        expect(romeTime(new Date(at))).to.equal(time?.slice(0, 8))
      }),
      { numRuns: 2_000 },
    )
  })

  it('begin when the one before ends: a day of 23 or of 25 hours has no hole and no overlap', () => {
    fc.assert(
      fc.property(instant, (at) => {
        const day = romeDate(new Date(at))
        const [begin, end] = [startOfDay(day), startOfDay(addDays(day, 1))]
        expect(begin.getTime() <= at && at < end.getTime(), day).to.equal(true)
        expect([romeDate(begin), romeDate(new Date(end.getTime() - 1))]).to.deep.equal([day, day])
        expect([23, 24, 25]).to.include((end.getTime() - begin.getTime()) / HOUR)
      }),
      { numRuns: 2_000 },
    )
  })

  it('are counted one by one', () => {
    fc.assert(
      fc.property(instant, fc.integer({ min: 0, max: 500 }), (at, days) => {
        const day = romeDate(new Date(at))
        let walked = startOfDay(day)
        for (let step = 0; step < days; step += 1) walked = startOfDay(romeDate(new Date(walked.getTime() + 30 * HOUR)))
        expect(addDays(day, days)).to.equal(romeDate(walked))
        expect(daysBetween(day, romeDate(walked))).to.equal(days)
      }),
      { numRuns: 200 },
    )
  })

  it('of a term in months: the same number, or the last of a month that has none (c.c. art. 2963 c. 4 and 5)', () => {
    fc.assert(
      fc.property(instant, fc.integer({ min: 0, max: 40 }), (at, months) => {
        const day = romeDate(new Date(at))
        const [year = 0, month = 0, number = 0] = day.split('-').map(Number)
        const wanted = (year * 12 + month - 1 + months) % 12
        // Walks through the months until it is in the right one, and there to the number or to the end.
        let walked = day
        for (let passed = 0; passed < months;) {
          const next = addDays(walked, 1)
          if (next.slice(0, 7) !== walked.slice(0, 7)) passed += 1
          walked = next
        }
        walked = `${walked.slice(0, 7)}-01`
        while (Number(walked.slice(8)) < number && addDays(walked, 1).slice(0, 7) === walked.slice(0, 7))
          walked = addDays(walked, 1)
        expect(Number(walked.slice(5, 7)) - 1).to.equal(wanted)
        expect(addMonths(day, months)).to.equal(walked)
      }),
      { numRuns: 500 },
    )
  })
})

describe('the word before a day', () => {
  it('is elided before eight and eleven, as one reads them', () => {
    const written = ['il', 'del', 'dal', 'al'].map((word) => [withDay(word, '11/01/2027'), withDay(word, '12/01/2027')])
    expect(written).to.deep.equal([
      ['l’11/01/2027', 'il 12/01/2027'],
      ['dell’11/01/2027', 'del 12/01/2027'],
      ['dall’11/01/2027', 'dal 12/01/2027'],
      ['all’11/01/2027', 'al 12/01/2027'],
    ])
    expect(withDay('il', '08/03/2026, 10:15')).to.equal('l’08/03/2026, 10:15')
    expect(withDay('il', 'lunedì 11 gennaio 2027')).to.equal('il lunedì 11 gennaio 2027')
  })
})
