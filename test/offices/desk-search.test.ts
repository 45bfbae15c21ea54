import { expect } from 'chai'
import { isName, withSearch, type DeskSearches } from '../../server/offices/desk-search.ts'

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

  it('has a number of its own in the addresses of a session, and the oldest are forgotten', () => {
    const names = Array.from({ length: 30 }, (_, index) => `Rossi ${index + 1}`)
    const kept = names.reduce<DeskSearches>(withSearch, [])
    expect(kept).to.have.length(10)
    for (const { number, name } of kept) expect(name).to.equal(`Rossi ${number}`)
  })
})
