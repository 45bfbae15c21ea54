import { expect } from 'chai'
import fc from 'fast-check'
import { formatEuro, parseEuro } from '../../../server/shared/italian/index.ts'

describe('an amount in euro', () => {
  const amounts: Record<string, number | null> = {
    '0': 0,
    '12': 1200,
    '12,5': 1250,
    '12.5': 1250,
    '12,50': 1250,
    '1.234,50': 123450,
    '1234,50': 123450,
    '1.500': 150000,
    '1.234.567': 123456700,
    '€ 1.250,00': 125000,
    '1 250,00 €': 125000,
    '1.250,00 Euro': 125000,
    'EUR 50': 5000,
    '0,29': 29,
    '12,345': null,
    '1.23.4': null,
    '1,234.50': null,
    '-5': null,
    ',50': null,
    dodici: null,
    '1e3': null,
    '': null,
    '99999999999999999': null,
  }
  for (const [typed, cents] of Object.entries(amounts)) {
    it(`typed ${typed || 'as nothing'} is ${cents === null ? 'refused' : `${cents} cents`}`, () =>
      expect(parseEuro(typed)).to.equal(cents))
  }

  it('is written with thousands and two decimals', () => {
    expect([0, 5, 123450, 123456789].map(formatEuro)).to.deep.equal(['0,00', '0,05', '1.234,50', '1.234.567,89'])
    expect(formatEuro(-1250)).to.equal('-12,50')
  })

  it('is read back as it was written', () => {
    fc.assert(
      fc.property(fc.integer({ min: 0, max: 9_000_000_000_000 }), (cents) => parseEuro(formatEuro(cents)) === cents),
    )
  })
})
