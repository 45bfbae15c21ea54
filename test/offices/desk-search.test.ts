import { expect } from 'chai'
import { urgencyOf } from '../../server/offices/desk-views.ts'
import { isName } from '../../server/offices/desk-search.ts'

describe('what is looked for at the desk', () => {
  for (const [text, is] of [
    ['Re', true],
    ['D’Angelo', true],
    ['BRNLNE79L52L219V', true],
    ['B', false],
    ['di', false],
    ['« »', false],
  ] as const)
    it(`${is ? 'is' : 'is not'} a name: «${text}»`, () => expect(isName(text)).to.equal(is))
})

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
