import { expect } from 'chai'
import { changesBesidesSigning } from '../../server/pdf/additions.ts'
import { memorySource } from '../../server/shared/source.ts'
import { makePdf } from '../documents/files.ts'
import { personalSigner } from '../support/personal-signer.ts'
import { BASE, pdf, stream, update, type Objects } from '../signing/pdf-maker.ts'

describe('what was added to a PDF that waits for signatures', () => {
  const mario = personalSigner({ givenName: 'Mario', familyName: 'Rossi', cf: 'RSSMRA80A01H501U' })
  const changed = (before: Buffer, after: Buffer) => changesBesidesSigning(memorySource(after), before.length)

  it('is nothing but a signature: on a file without one, and on one that has one', async () => {
    for (const unsigned of [pdf(), await makePdf('Procura')]) {
      const once = await mario.signPdf(unsigned)
      expect(changed(unsigned, once), 'the first').to.deep.equal([])
      expect(changed(once, await mario.signPdf(once)), 'the second').to.deep.equal([])
    }
  })

  it('may be the signing of a field that waits for it', async () => {
    const waiting = { ...BASE, 5: '<< /Fields [6 0 R 9 0 R] >>', 9: '<< /FT /Sig /T (firma) >>' }
    const before = pdf(waiting)
    const filled = update(before, { 9: '<< /FT /Sig /T (firma) /V 10 0 R >>', 10: '<< /Type /Sig >>' })
    expect(changed(before, filled)).to.deep.equal([])
  })

  const note = '<< /Type /Annot /Subtype /FreeText /Rect [0 0 300 200] /Contents (Altro) >>'
  const cases: [string, Objects, RegExp][] = [
    [
      'other words on the page',
      { 4: stream('', 'BT /F1 18 Tf 20 100 Td (Devo 900 euro) Tj ET') },
      /Contents of page 1/,
    ],
    ['a field filled in', { 6: BASE[6]!.replace('(Mario)', '(Luigi)') }, /filled in/],
    ['an annotation', { 3: BASE[3]!.replace('[6 0 R]', '[6 0 R 9 0 R]'), 9: note }, /annotation FreeText/],
    ['another page', { 2: '<< /Type /Pages /Kids [3 0 R 9 0 R] /Count 2 >>', 9: BASE[3]! }, /pages added/],
    ['other words of the font', { 7: '<< /Type /Font /Subtype /Type1 /BaseFont /Symbol >>' }, /page 1|DR|form/],
  ]
  for (const [what, objects, told] of cases) {
    it(`is told: ${what}, also under a signature`, async () => {
      const altered = update(pdf(), objects)
      expect(changed(pdf(), altered).join()).to.match(told)
      expect(changed(pdf(), await mario.signPdf(altered)).join()).to.match(told)
    })
  }

  it('is told of bytes that nobody can read', () => {
    expect(changed(pdf(), Buffer.concat([pdf(), Buffer.from('startxref\n9\n%%EOF')]))).to.have.length(1)
  })
})
