import { expect } from 'chai'
import { historyParts } from '../../server/filings/filing-views.ts'

const at = new Date('2026-03-02T09:00:00Z')

/** A filing that was assigned so many times. */
const history = (events: number) =>
  historyParts(
    {
      filing: { state: 'in-charge', due: '2026-04-01' },
      events: Array.from({ length: events }, () => ({
        type: 'assigned',
        at,
        by: { kind: 'officer', name: 'I' },
        data: {},
      })),
      procedure: { term: { silence: 'Niente' } },
    } as never,
    { inside: true },
  )

describe('the history that a page shows', () => {
  it('is open while one can take it in at a glance', () => {
    expect(history(11).earlier).to.deep.equal([])
    expect(history(11).milestones).to.have.length(12)
  })

  it('of many events has its end open, and the day of the answer, and loses none', () => {
    const { earlier, milestones } = history(60)
    expect([earlier.length, milestones.length]).to.deep.equal([55, 6])
    expect(milestones.at(-1)).to.include({ state: 'future', date: 'entro mercoledì 1 aprile 2026' })
  })
})
