import { expect } from 'chai'
import { allSignatures, openPdf, revisionOf } from '../../server/pdf/index.ts'
import { memorySource } from '../../server/shared/source.ts'
import { pdf, showing, stream, update, type Objects } from '../signing/pdf-maker.ts'

describe('a file with many signatures that somebody made up', () => {
  it('is read and compared once for all that end at one place, and each is told', () => {
    const fields = Array.from({ length: 100 }, (_, at) => 1_000 + 2 * at)
    const range = '[0 ********** ********** **********]'
    const made = fields.flatMap((at) => [
      [at, `<< /Subtype /Widget /FT /Sig /T (F${at}) /Rect [0 0 0 0] /P 3 0 R /V ${at + 1} 0 R >>`],
      [at + 1, `<< /Type /Sig /SubFilter /ETSI.CAdES.detached /ByteRange ${range} /Contents <3000> >>`],
    ])
    const bytes = update(pdf(), { ...showing(...fields), ...(Object.fromEntries(made) as Objects) })
    for (let at = bytes.indexOf(range); at >= 0; at = bytes.indexOf(range, at)) {
      const start = bytes.indexOf('<3000>', at)
      bytes.write(`[0 ${start} ${start + 6} ${bytes.length - start - 6}]`.padEnd(range.length), at, 'latin1')
    }
    const { size, read } = memorySource(update(bytes, { 4: stream('', 'BT (Devo 900 euro) Tj ET') }))
    let taken = 0
    const source = { size, read: (offset: number, length: number) => ((taken += length), read(offset, length)) }
    const document = openPdf(source)
    const { signatures: all } = allSignatures(source, document, null)
    const revisions = all.map((signature) => revisionOf(document, signature, { all, defect: null }))
    expect(revisions).to.have.length(fields.length)
    for (const { findings } of revisions)
      expect(findings.map(({ message }) => message)).to.deep.equal([
        'Changed after signing: /Contents of page 1 changed',
      ])
    expect(taken / size, 'how often the file is read').to.be.below(200)
  })
})
