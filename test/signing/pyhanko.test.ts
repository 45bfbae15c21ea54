import { expect } from 'chai'
import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { readCertificateFile } from '../../server/certificates/certificate-files.ts'
import { stream, update } from './pdf-maker.ts'
import { check, result } from './pki.ts'

const folder = join('test', 'signing', 'fixtures')
const read = (name: string): Buffer => readFileSync(join(folder, name))
const anchors = readCertificateFile(read('pyhanko-ca.pem'))
const verify = (bytes: Buffer) => check(bytes, 'a.pdf', { anchors, at: new Date('2026-12-01T00:00:00Z') })

describe('files of pyHanko', () => {
  const levels: Record<string, string> = { b: 'B', t: 'T', certified: 'B', p1: 'B', adobe: 'none', lta: 'T' }
  for (const [name, level] of Object.entries(levels)) {
    it(`pyhanko-${name}.pdf is accepted`, () => {
      const report = verify(read(`pyhanko-${name}.pdf`))
      expect(report.verdict).to.equal('TOTAL-PASSED')
      expect(report.signatures[0]).to.include({ level, digestIntact: true, signatureValid: true })
      expect(report.signatures[0]?.signedBy).to.include({ name: 'Mario Rossi', taxCode: 'RSSMRA80A01H501U' })
    })

    it(`pyhanko-${name}.pdf is refused when a byte of its page changes`, () => {
      const bytes = read(`pyhanko-${name}.pdf`)
      bytes.write('J', bytes.indexOf('(Istanza)') + 1, 'latin1')
      expect(result(verify(bytes))).to.equal('TOTAL-FAILED/HASH_FAILURE')
    })
  }

  it('a signature and a document time stamp after it prove its time twice', () => {
    const [report] = verify(read('pyhanko-lta.pdf')).signatures
    expect(report?.timestamps.map(({ kind, indication }) => [kind, indication])).to.deep.equal([
      ['signature', 'TOTAL-PASSED'],
      ['document', 'TOTAL-PASSED'],
    ])
    expect(report?.provedTime).to.equal(report?.timestamps[0]?.time)
    expect(report).to.include({ coversWholeDocument: false })
  })

  it('bytes after the last revision are nobody’s, with or without the end that they repeat', () => {
    const bytes = read('pyhanko-lta.pdf')
    const evil = { 4: stream('', 'BT /F1 18 Tf 20 100 Td (Devo 900 euro) Tj ET') }
    for (const end of [false, '\n'] as const)
      expect(result(verify(update(bytes, evil, { xref: false, end })))).to.equal('TOTAL-FAILED/FORMAT_FAILURE')
    expect(result(verify(Buffer.concat([bytes, Buffer.from('\n\0\n')])))).to.equal('TOTAL-PASSED')
  })

  it('a certified file may be signed again', () => {
    const { signatures, verdict } = verify(read('pyhanko-certified-then-signed.pdf'))
    expect(verdict).to.equal('TOTAL-PASSED')
    expect(signatures.map(({ docMdp, coversWholeDocument }) => [docMdp, coversWholeDocument])).to.deep.equal([
      [2, false],
      [null, true],
    ])
  })

  it('a file certified against any change may not get a note', () => {
    const bytes = read('pyhanko-p1.pdf')
    const root = Number(/\/Root (\d+) 0 R/.exec(bytes.toString('latin1'))?.[1])
    expect(result(verify(update(bytes, { [root]: '<< /Type /Catalog >>' }, { trailer: '' })))).to.equal(
      'TOTAL-FAILED/FORMAT_FAILURE',
    )
  })
})
