import { expect } from 'chai'
import { historyParts } from '../../server/filings/filing-views.ts'

const at = new Date('2026-03-02T09:00:00Z')

/** What the page of a filing shows of these events: to the office, or to the filer. */
const shown = (events: object[], { inside, state = 'in-charge' }: { inside: boolean; state?: string }) =>
  historyParts(
    {
      filing: { state, due: '2026-04-01' },
      events: events.map((event) => ({
        type: 'assigned',
        at,
        by: { kind: 'citizen', name: 'Giulia' },
        data: {},
        ...event,
      })),
      procedure: { term: { silence: 'Niente' } },
    } as never,
    { inside },
  ).milestones

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

  it('tells the office what goes on inside it, and the filer nothing that is no answer yet', () => {
    const events = [
      { type: 'taken-in-charge', data: { unconfirmed: true } },
      { type: 'signature-asked' },
      { type: 'signature-refused', note: 'Manca un visto.' },
    ]
    const ours = shown(events, { inside: true })
    expect(ours.map(({ title, by }) => [title, by])).to.deep.equal([
      ['Presa in carico', 'Delega da verificare: il Registro imprese non rispondeva'],
      ['Messa alla firma', null],
      ['Restituita senza firma', null],
      ['Risposta del Comune', null],
    ])
    expect(ours.map(({ text }) => text)).to.include('Manca un visto.')
    expect(shown(events, { inside: false }).map(({ title, by }) => [title, by])).to.deep.equal([
      ['Presa in carico', null],
      ['Risposta del Comune', null],
    ])
  })

  it('names the officer and the number, gives the reasons, else what the person was told', () => {
    const by = { kind: 'officer', name: 'Ilaria Fontana' }
    const protocol = { number: 7, year: 2026 }
    const [asked, noted] = shown(
      [
        {
          type: 'integration-requested',
          by,
          data: { protocol, reasons: 'Manca la pianta.', told: 'Scritto a Giulia.' },
        },
        { type: 'message-sent', data: { reasons: '', told: 'Scritto a Giulia.' } },
      ],
      { inside: false },
    )
    expect(asked).to.include({
      by: 'Ilaria Fontana · Protocollo n. 0000007/2026',
      text: 'Manca la pianta.',
      state: 'done',
    })
    expect(noted).to.include({ by: null, text: 'Scritto a Giulia.' })
  })

  it('promises no answer any more once there is one', () => {
    for (const state of ['accepted', 'refused', 'closed'])
      expect(
        shown([{}], { inside: false, state }).map((one) => one.state),
        state,
      ).to.deep.equal(['done'])
  })
})
