import { expect } from 'chai'
import { PDF_WARNINGS } from '../../server/pdf/sanity.ts'
import { signatureWords, verificationWords, warningWords } from '../../server/signing/verification-words.ts'
import { p7m } from './openssl.ts'
import { pdf } from './pdf-maker.ts'
import { check, otherAuthority, signer } from './pki.ts'

describe('what a clerk reads', () => {
  const words = (bytes: Buffer, name = 'a.p7m') => verificationWords(check(bytes, name))

  it('says what a file is worth, and why', () => {
    const good = p7m({ signers: [signer()] })
    expect(words(good)).to.deep.equal({ light: 'green', title: 'Firma elettronica avanzata valida', reason: '' })
    expect(words(p7m({ signers: [signer({ issuer: otherAuthority })] }))).to.deep.include({
      light: 'yellow',
      title: 'Verifica non conclusa',
    })
    expect(words(Buffer.concat([good, Buffer.from('x')]))).to.deep.include({ light: 'red', title: 'Firma non valida' })
    expect(words(pdf(), 'a.pdf')).to.deep.include({ light: 'grey', title: 'Nessuna firma' })
    expect(words(Buffer.from('x'))).to.deep.include({ light: 'red', title: 'File non leggibile' })
  })

  it('is as good as the worst signature', () => {
    expect(words(p7m({ signers: [signer(), signer({ issuer: otherAuthority })] }))).to.include({ light: 'yellow' })
  })

  it('never says that a signature is digital unless a trusted list says so', () => {
    const [report] = check(p7m({ signers: [signer()] }), 'a.p7m').signatures
    expect(signatureWords(report!).title).to.not.include('digitale')
    expect(signatureWords({ ...report!, qualification: 'QESig' }).title).to.equal('Firma digitale valida')
  })

  it('has a sentence for every warning', () => {
    const report = { ...check(pdf()), warnings: Object.values(PDF_WARNINGS) }
    expect(warningWords(report)).to.have.length(Object.keys(PDF_WARNINGS).length)
  })
})
