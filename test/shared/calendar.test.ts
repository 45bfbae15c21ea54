import { expect } from 'chai'
import Holidays from 'date-holidays'
import { addMonths, easter, isHoliday, nextNonHoliday } from '../../server/shared/calendar.ts'
import { addDays } from '../../server/shared/dates.ts'

describe('the Italian calendar', () => {
  it('has the holidays that an independent calendar has, each day of thirty years', () => {
    const independent = new Holidays('IT')
    const wrong: string[] = []
    for (let year = 2012; year < 2042; year += 1) {
      const theirs = new Set(
        independent
          .getHolidays(year)
          .filter(({ type }) => type === 'public')
          .map(({ date }) => date.slice(0, 10)),
      )
      for (let day = `${year}-01-01`; day <= `${year}-12-31`; day = addDays(day, 1)) {
        const sunday = new Date(`${day}T12:00:00Z`).getUTCDay() === 0
        if (isHoliday(day) !== (sunday || theirs.has(day))) wrong.push(day)
      }
    }
    expect(wrong).to.deep.equal([])
  })

  it('knows Easter', () => {
    expect([2019, 2024, 2025, 2026, 2038].map(easter)).to.deep.equal([
      '2019-04-21',
      '2024-03-31',
      '2025-04-20',
      '2026-04-05',
      '2038-04-25',
    ])
  })

  it('counts Saturday as a holiday only where told', () => {
    expect(isHoliday('2026-05-02')).to.equal(false)
    expect(isHoliday('2026-05-02', { saturday: true })).to.equal(true)
  })

  it('moves on over several holidays in a row', () => {
    expect(nextNonHoliday('2026-12-25')).to.equal('2026-12-28')
    expect(nextNonHoliday('2026-12-28')).to.equal('2026-12-28')
  })

  it('keeps the day number over months, or takes the last day', () => {
    expect(addMonths('2026-01-15', 2)).to.equal('2026-03-15')
    expect(addMonths('2024-01-31', 1)).to.equal('2024-02-29')
    expect(addMonths('2026-11-30', 3)).to.equal('2027-02-28')
  })
})
