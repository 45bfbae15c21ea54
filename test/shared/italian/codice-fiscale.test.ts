import { expect } from 'chai'
import { isCodiceFiscale, isCodiceFiscaleEnte, normaliseCodiceFiscale } from '../../../server/shared/italian/index.ts'

describe('the codice fiscale', () => {
  const valid = {
    RSSMRA80A01H501U: 'a man born in Rome',
    RSSMRA80A41H501Y: 'a woman: day plus 40',
    RSSMRA80A01H50MM: 'omocodia of one digit',
    RSSMRAULAL1H50MF: 'omocodia of more digits, with letters in year and day',
    VRDLCU70A01H501E: 'another check letter',
    RSSMRA80A01Z404R: 'born abroad',
  }
  for (const [code, what] of Object.entries(valid)) {
    it(`accepts ${code}: ${what}`, () => expect(isCodiceFiscale(code)).to.equal(true))
  }

  const invalid = {
    RSSMRA80A01H501V: 'wrong check letter',
    RSSMRA80A01H501: '15 characters',
    RSSMRA80A01H501UU: '17 characters',
    rssmra80a01h501u: 'not normalised',
    RSSMRA80F01H501G: 'F is no month',
    RSSMRA80A00H501V: 'day 0; here and below the check letter is right',
    RSSMRA80A32H501C: 'day 32',
    RSSMRA80A40H501Z: 'day 40',
    RSSMRA80A72H501G: 'day 72',
    RSSMRA80AA1H501U: 'A never stands for a digit',
    '00488410010': 'the code of a body',
    '': 'nothing',
  }
  for (const [code, what] of Object.entries(invalid)) {
    it(`refuses ${code || 'the empty text'}: ${what}`, () => expect(isCodiceFiscale(code)).to.equal(false))
  }

  it('is compared in upper case without blanks', () => {
    expect(normaliseCodiceFiscale(' rss mra 80a01 h501u ')).to.equal('RSSMRA80A01H501U')
  })

  it('of a body has 11 digits with a check digit', () => {
    expect(isCodiceFiscaleEnte('00488410010')).to.equal(true)
    expect(isCodiceFiscaleEnte('00488410011')).to.equal(false)
  })
})
