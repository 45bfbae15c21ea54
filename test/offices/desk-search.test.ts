import { expect } from 'chai'
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
