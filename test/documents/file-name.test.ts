import { expect } from 'chai'
import { cleanName, downloadName } from '../../server/documents/file-name.ts'
import { attachmentHeader } from '../../server/shared/attachment.ts'

describe('the name of a file', () => {
  it('loses paths, controls and marks that turn the writing round', () => {
    expect(cleanName('C:\\Documenti\\pianta è.pdf')).to.equal('pianta è.pdf')
    expect(cleanName('../../etc/passwd')).to.equal('passwd')
    expect(cleanName('fattura\u202efdp.exe')).to.equal('fatturafdp.exe')
    expect(cleanName('a\r\nSet-Cookie: x.pdf')).to.equal('aSet-Cookie_ x.pdf')
    expect(cleanName(`e${'\u0301\0'.repeat(50)}.pdf`)).to.equal(`é${'\u0301'.repeat(29)}.pdf`)
    expect(cleanName('\ud800pianta\uffff\udc00.pdf')).to.equal('pianta.pdf')
    expect(cleanName('.htaccess')).to.equal('htaccess')
  })

  it('is never empty and never endless', () => {
    expect(cleanName('\u0000')).to.equal('documento')
    const long = cleanName(`${'à'.repeat(500)}.pdf`)
    expect(Array.from(long)).to.have.length.below(151)
    expect(long.endsWith('.pdf')).to.equal(true)
  })

  it('gets the true extension for saving when the given one lies', () => {
    expect(downloadName({ name: 'foto.pdf', mediaType: 'image/jpeg' })).to.equal('foto.pdf.jpg')
    expect(downloadName({ name: 'foto.JPEG', mediaType: 'image/jpeg' })).to.equal('foto.JPEG')
    expect(downloadName({ name: 'atto.pdf.p7m', mediaType: 'application/pkcs7-mime' })).to.equal('atto.pdf.p7m')
  })

  it('travels in a header in two forms, neither of which can end it', () => {
    expect(attachmentHeader('perché "no" 100%;x=\'1\'.pdf')).to.equal(
      `attachment; filename="perche _no_ 100_;x='1'.pdf"; filename*=UTF-8''perch%C3%A9%20%22no%22%20100%25%3Bx%3D%271%27.pdf`,
    )
  })
})
