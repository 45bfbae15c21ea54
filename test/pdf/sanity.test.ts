import { deflateSync } from 'node:zlib'
import { PDFDocument } from '@cantoo/pdf-lib'
import { expect } from 'chai'
import { BASE, lastXref, pdf, stream, type Objects } from '../signing/pdf-maker.ts'
import { check } from '../signing/pki.ts'

async function packedPdf(): Promise<Uint8Array> {
  const document = await PDFDocument.create()
  document.addPage().drawText('ciao')
  return document.save()
}

describe('PDF: loops and broken files', () => {
  const broken: Record<string, Buffer> = {
    'a page tree that bites its tail': pdf({ ...BASE, 3: '<< /Type /Pages /Parent 2 0 R /Kids [2 0 R] >>' }),
    'a cross-reference that bites its tail': Buffer.from(
      pdf()
        .toString('latin1')
        .replace('/Root 1 0 R', `/Root 1 0 R /Prev ${lastXref(pdf())}`),
      'latin1',
    ),
    'an object that is its own length': pdf({ ...BASE, 4: '<< /Length 4 0 R >>\nstream\nx\nendstream' }),
    'a thousand arrays': pdf({ ...BASE, 9: '['.repeat(1_000) }),
    'half a file': pdf().subarray(0, 300),
  }
  for (const [name, bytes] of Object.entries(broken)) {
    it(`survives ${name}`, () => {
      const report = check(bytes)
      expect(report.verdict).to.be.oneOf(['not-signed', 'unreadable'])
    })
  }

  it('reads a whole file whose cross-reference is wrong, as viewers do, and says so', async () => {
    const shifted = Buffer.from(
      pdf()
        .toString('latin1')
        .replace(/startxref\n(\d+)/, (_, at: string) => `startxref\n${Number(at) + 9}`),
      'latin1',
    )
    const packed = Buffer.from(await packedPdf())
    for (const bytes of [shifted, Buffer.concat([Buffer.from('\nintestazione\n'), packed])]) {
      const report = check(bytes)
      expect(report).to.include({ verdict: 'not-signed', format: 'PDF' })
      expect(report.warnings.join()).to.include('broken:')
    }
  })

  it('says when a file is cut', () => expect(check(pdf().subarray(0, 300)).verdict).to.equal('unreadable'))
  it('says when a name promises a PDF', () => expect(check(Buffer.from('ciao')).verdict).to.equal('unreadable'))
})

describe('PDF: what a person should know', () => {
  const with_ = (catalog: string, more: Objects = {}) =>
    check(pdf({ ...BASE, 1: `<< /Type /Catalog /Pages 2 0 R ${catalog} >>`, ...more })).warnings.join()
  it('scripts', () => expect(with_('/OpenAction << /S /JavaScript /JS (app.alert) >>')).to.include('javascript:'))
  it('programs to start', () => expect(with_('/OpenAction << /S /Launch /F (calc.exe) >>')).to.include('launch:'))
  it('dynamic forms', () => expect(with_('/AcroForm << /Fields [] /XFA (x) >>')).to.include('xfa:'))
  it('attached programs', () => {
    const names =
      '/Names << /EmbeddedFiles << /Names [(a) << /Type /Filespec /F (fattura.pdf.exe) /EF << /F 60 0 R >> >>] >> >>'
    expect(with_(names, { 60: stream('/Type /EmbeddedFile', 'MZ') })).to.include('executable:')
  })
  it('attached programs that are compressed, or only associated with the document', () => {
    const program = deflateSync(Buffer.from('MZ and what follows')).toString('latin1')
    const file = '<< /Type /Filespec /F (relazione.txt) /EF << /F 60 0 R >> >>'
    const objects = { 60: stream('/Type /EmbeddedFile /Filter /FlateDecode', program) }
    expect(with_(`/AF [${file}]`, objects)).to.include('executable:')
  })
  it('encryption', () => {
    const bytes = Buffer.from(
      pdf().toString('latin1').replace('/Root 1 0 R', '/Root 1 0 R /Encrypt << /Filter /Standard >>'),
      'latin1',
    )
    expect(check(bytes).warnings.join()).to.include('encrypted:')
  })
})
