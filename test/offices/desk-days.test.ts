import { expect } from 'chai'
import { answerInCase, answerInList } from '../../server/offices/answer-views.ts'
import { urgencyOf } from '../../server/offices/desk-views.ts'

describe('the last day of a filing at the desk', () => {
  for (const [due, text] of [
    ['2026-03-01', 'Scaduta da 2 giorni'],
    ['2026-03-02', 'Scaduta da 1 giorno'],
    ['2026-03-03', 'Scade oggi'],
    ['2026-03-04', 'Scade domani'],
    ['2026-03-05', 'Scade tra 2 giorni'],
    ['2026-03-08', 'Scade tra 5 giorni'],
    ['2026-03-09', undefined],
  ] as const)
    it(`${due}: ${text ?? 'nothing yet'}`, () => expect(urgencyOf(due, '2026-03-03')?.text).to.equal(text))
})

describe('an answer that the desk waits for', () => {
  const both = (today: string) => [answerInList('2026-03-10', today), answerInCase('2026-03-10', today)]

  it('is told with its last day, and from the next that it is not to be waited for', () => {
    expect(both('2026-03-10')).to.deep.equal([
      { isOver: false, text: 'Risposta entro il 10/03/2026' },
      'Entro martedì 10 marzo 2026: fino ad allora la richiesta non si può respingere.',
    ])
    expect(both('2026-03-11')).to.deep.equal([
      { isOver: true, text: 'Risposta non arrivata' },
      'Non è arrivata entro martedì 10 marzo 2026: si può decidere anche senza.',
    ])
    expect([answerInList(undefined, '2026-03-11'), answerInCase('', '2026-03-11')]).to.deep.equal([null, null])
  })
})
