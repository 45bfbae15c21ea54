import { expect } from 'chai'
import { declineError } from '../../server/cosigning/invitation.ts'
import { decodeParty } from '../../server/mandates/mandate-form.ts'
import { decodeAsked } from '../../server/personal-data/correction-form.ts'
import { readRating } from '../../server/ratings/rating.ts'
import { reasonError, textIn } from '../../server/shared/form-body.ts'
import { bodyText } from '../../server/web/request.ts'
import { assertContent, LONGEST_TEXT, type Step } from '../../server/workflow/step.ts'

/** However a text comes in, at the desk or from the citizen, one thing is made of it. */
const READERS: Readonly<Record<string, (typed: string) => string>> = {
  'a field of a page': (typed) => bodyText({ testo: typed }, 'testo'),
  'of a mandate': (typed) => textIn({ motivo: typed }, 'motivo'),
  'of a correction': (typed) => decodeAsked({ errato: typed }).asked.wrong,
}

describe('plain text', () => {
  for (const [name, read] of Object.entries(READERS)) {
    it(`${name}: lines and paragraphs end as letters know them, not as browsers send them`, () => {
      expect(read('Gentile,\r\n\r\nmanca la planimetria.\rGrazie\u2028a presto')).to.equal(
        'Gentile,\n\nmanca la planimetria.\nGrazie\na presto',
      )
    })

    it(`${name}: nothing that cannot be seen`, () => {
      expect(read(' N\u0000U\u0008L\u001b[31m \ufffe\uffff\udfff \u202egnp.exe\u202c \u2066x\u2069 ')).to.equal(
        'NUL[31m  gnp.exe x',
      )
      expect(read('\ufeffCNTGLI\u200b85H54\u00adG478\u2060Q')).to.equal('CNTGLI85H54G478Q')
    })

    it(`${name}: empty when there is nothing to read`, () => {
      expect(['\u200b\u200d', '\u3164 \ufeff', '\u2800', '\u0301'].map(read)).to.deep.equal(['', '', '', ''])
    })

    it(`${name}: composed letters, and scripts and pictures as they are`, () => {
      expect(read('Nicolo\u0300 Łódź 漢字 \u{1f469}\u200d\u{1f467}\tx')).to.equal(
        'Nicolò Łódź 漢字 \u{1f469}\u200d\u{1f467}\tx',
      )
    })

    it(`${name}: no more marks on a letter than any writing has`, () => {
      expect(read(`a${'\u0316\u0301'.repeat(20)} e\u0301`)).to.equal(
        `${`a${'\u0316\u0301'.repeat(15)}`.normalize('NFC')} é`,
      )
    })
  }
})

const asks = { reasons: 'required' } as unknown as Step['transition']

/** Whether a text is taken, and the most characters that it may have. */
const BOUNDS: Readonly<Record<string, [most: number, takes: (text: string) => boolean]>> = {
  'a reason that stays in the house': [2_000, (text) => reasonError(text, 'Manca') === undefined],
  'a reason to decline': [500, (text) => declineError(text) === undefined],
  'a name in a mandate': [
    100,
    (text) => !('nome' in decodeParty({ nome: text }, { isCompany: false, own: null }).errors),
  ],
  'a correction': [2_000, (text) => !('errato' in decodeAsked({ errato: text }).errors)],
  'a rating': [
    200,
    (text) => {
      const read = readRating({ oggetto: 'service:x', stelle: '5', dettaglio: text }, () => 'key')
      return read !== null && !('errors' in read)
    },
  ],
  'what goes with a step': [
    LONGEST_TEXT,
    (text) => {
      try {
        assertContent(asks, { reasons: text, days: null, files: [] })
        return true
      } catch {
        return false
      }
    },
  ],
}

describe('the length of a text', () => {
  for (const [name, [most, takes]] of Object.entries(BOUNDS))
    it(`${name}: a picture is one character, as the counter of the page says`, () => {
      expect([most, most + 1].map((length) => takes('\u{1f33b}'.repeat(length)))).to.deep.equal([true, false])
    })
})
