import { expect } from 'chai'
import fc from 'fast-check'
import { isPartitaIva, normalisePartitaIva } from '../../../server/shared/italian/index.ts'

describe('the partita IVA', () => {
  for (const number of ['00488410010', '00743110157', '01114601006', '12485671007']) {
    it(`accepts ${number}`, () => expect(isPartitaIva(number)).to.equal(true))
  }

  for (const number of [
    '00488410011',
    '0048841001',
    '004884100100',
    '00000000000',
    'IT00488410010',
    '0048841001A',
    '',
  ]) {
    it(`refuses ${number || 'the empty text'}`, () => expect(isPartitaIva(number)).to.equal(false))
  }

  it('loses the country and the blanks of a copied number', () => {
    expect(normalisePartitaIva(' IT 00488 410010 ')).to.equal('00488410010')
  })

  it('finds any one digit that is wrong', () => {
    const position = fc.integer({ min: 0, max: 10 })
    const shift = fc.integer({ min: 1, max: 9 })
    fc.assert(
      fc.property(position, shift, (at, by) => {
        const digits = Array.from('00743110157')
        digits[at] = String((Number(digits[at]) + by) % 10)
        return !isPartitaIva(digits.join(''))
      }),
    )
  })
})
