import { expect } from 'chai'
import fc from 'fast-check'
import { formatIban, isIban, normaliseIban } from '../../../server/shared/italian/index.ts'

const ITALIAN = 'IT60X0542811101000000123456'

describe('the IBAN', () => {
  // Examples of the SWIFT registry.
  const valid = [
    ITALIAN,
    'SM86U0322509800000000270100',
    'DE89370400440532013000',
    'FR1420041010050500013M02606',
    'GB29NWBK60161331926819',
    'NO9386011117947',
    'MT84MALT011000012345MTLCAST001S',
    'VA59001123000012345678',
  ]
  for (const iban of valid) it(`accepts ${iban}`, () => expect(isIban(iban)).to.equal(true))

  const invalid = {
    IT61X0542811101000000123456: 'check digits',
    IT60X054281110100000012345: 'too short for Italy',
    IT64Y0542811101000000123456: 'CIN wrong though the check digits fit',
    XX60X0542811101000000123456: 'no such country',
    'IT60 X054 2811 1010 0000 0123 456': 'not normalised',
    it60x0542811101000000123456: 'small letters',
    '': 'nothing',
  }
  for (const [iban, what] of Object.entries(invalid)) {
    it(`refuses ${iban || 'the empty text'}: ${what}`, () => expect(isIban(iban)).to.equal(false))
  }

  it('is stored without blanks and printed in groups of four', () => {
    expect(normaliseIban('it60 x054 2811 1010 0000 0123 456')).to.equal(ITALIAN)
    expect(normaliseIban('IBAN: IT60-X054-2811-1010-0000-0123-456')).to.equal(ITALIAN)
    expect(formatIban(ITALIAN)).to.equal('IT60 X054 2811 1010 0000 0123 456')
  })

  it('finds any two digits that changed places', () => {
    fc.assert(
      fc.property(fc.integer({ min: 5, max: 25 }), (at) => {
        const swapped = Array.from(ITALIAN)
        ;[swapped[at], swapped[at + 1]] = [ITALIAN.charAt(at + 1), ITALIAN.charAt(at)]
        return swapped.join('') === ITALIAN || !isIban(swapped.join(''))
      }),
    )
  })
})
