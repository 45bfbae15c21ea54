import { expect } from 'chai'
import {
  isCap,
  isComune,
  isEmail,
  isFoglio,
  isParticella,
  isProvincia,
  isSezione,
  isStatoEstero,
  isSubalterno,
  isTarga,
  isTelefono,
  normaliseEmail,
  normaliseTarga,
  normaliseTelefono,
} from '../../../server/shared/italian/index.ts'

type Table = Readonly<{ check: (text: string) => boolean; yes: readonly string[]; no: readonly string[] }>

const TABLES: Readonly<Record<string, Table>> = {
  'a plate': {
    check: isTarga,
    yes: ['AB123CD', 'AB12345', 'X2XY12', 'ROMA12345', 'EE123AB'],
    no: ['AB 123 CD', 'ABC', 'ABCDEF', 'ab123cd', 'AB123CD45678', 'AB-123', ''],
  },
  'a postal code': { check: isCap, yes: ['00184', '98168'], no: ['0018', '001844', '0018A', '00000', ''] },
  'a province': { check: isProvincia, yes: ['RM', 'FC', 'FO', 'SU', 'EE', 'BT'], no: ['XX', 'rm', 'ROM', 'R', ''] },
  'a municipality': {
    check: isComune,
    yes: ['H501', 'F205', 'M432'],
    no: ['Z110', 'H50', 'h501', 'H5011', '5011', ''],
  },
  'a foreign state': { check: isStatoEstero, yes: ['Z110', 'Z404'], no: ['H501', 'Z11', ''] },
  'a sheet of the cadastre': { check: isFoglio, yes: ['1', '1284', '12A'], no: ['12845', 'A', '12AB', ''] },
  'a parcel': {
    check: isParticella,
    yes: ['457', '123/2', '12A'],
    no: ['A', '1234567890', '12-3', ''],
  },
  'a unit': { check: isSubalterno, yes: ['1', '1234'], no: ['12345', 'A', ''] },
  'a section': { check: isSezione, yes: ['A', 'ABC'], no: ['ABCD', '1', ''] },
  'a telephone number': {
    check: isTelefono,
    yes: ['+393331234567', '+390612345', '+41446681800'],
    no: ['3331234567', '+39', '+39333123456789012', '+0612345678', 'casa', ''],
  },
  'an e-mail address': {
    check: isEmail,
    yes: ['nome@esempio.it', 'nome.cognome+ufficio@posta.esempio.it', "d'amico@esempio.it", 'a@b.co'],
    no: [
      'nome', 'nome@', '@esempio.it', 'nome@esempio', 'nome@@esempio.it', '.nome@esempio.it', 'nome..x@esempio.it',
      'nome@-esempio.it', 'nome@esempio..it', 'nome @esempio.it', 'nome@127.0.0.1', 'à@esempio.it',
      `${'a'.repeat(65)}@esempio.it`, `a@${'b'.repeat(64)}.it`, `a@${'b.'.repeat(130)}it`, '<a@b.it>', 'a@b.it\nbcc:c@d.it', '',
    ], // prettier-ignore
  },
}

for (const [name, { check, yes, no }] of Object.entries(TABLES)) {
  describe(name, () => {
    for (const text of yes) it(`may be ${text}`, () => expect(check(text)).to.equal(true))
    for (const text of no) it(`is not ${JSON.stringify(text).slice(0, 40)}`, () => expect(check(text)).to.equal(false))
  })
}

describe('provinces', () => {
  it('are the 107 of today, the suppressed ones where people were born, and abroad', () => {
    const letters = Array.from('ABCDEFGHIJKLMNOPQRSTUVWXYZ')
    const known = letters.flatMap((first) => letters.map((second) => first + second)).filter(isProvincia)
    expect(known).to.have.length(107 + 9 + 1)
  })
})

describe('what is typed in other ways', () => {
  it('gives the same plate', () => expect(normaliseTarga(' ab 123-cd ')).to.equal('AB123CD'))

  const phones = {
    '333 123 4567': '+393331234567',
    '06/12345678': '+390612345678',
    '(06) 1234.5678': '+390612345678',
    '0039 333 1234567': '+393331234567',
    '+41 44 668 18 00': '+41446681800',
    '393331234567': '+393331234567',
    '3931234567': '+393931234567',
    'chiamami ': 'chiamami ',
  }
  for (const [typed, stored] of Object.entries(phones)) {
    it(`makes ${typed} the number ${stored}`, () => expect(normaliseTelefono(typed)).to.equal(stored))
  }

  it('keeps the mailbox and lowers the domain', () => {
    expect(normaliseEmail('Mario.Rossi@Esempio.IT')).to.equal('Mario.Rossi@esempio.it')
    expect(normaliseEmail('senza chiocciola')).to.equal('senza chiocciola')
  })

  it('drops what telephones and sentences add to an address, and joins no two', () => {
    for (const typed of ['nome@pec.esempio.it.', 'nome @pec.esempio.it', 'nome@ pec.Esempio.it ,'])
      expect(normaliseEmail(typed)).to.equal('nome@pec.esempio.it')
    expect(isEmail(normaliseEmail('nome@esempio.it oppure'))).to.equal(false)
    expect(isEmail(normaliseEmail('a@esempio.it b@esempio.it'))).to.equal(false)
  })

  it('reads an e-mail address of blanks once: half a megabyte of them held the process for half an hour', () => {
    const blanks = `a${' '.repeat(500_000)}b`
    expect(normaliseEmail(blanks)).to.equal(blanks)
    expect(normaliseEmail(`${blanks} @ Esempio.it${' '.repeat(500_000)},`)).to.equal(`${blanks}@esempio.it`)
  })
})
