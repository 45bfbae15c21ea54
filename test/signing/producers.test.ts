import { expect } from 'chai'
import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { readCertificateFile } from '../../server/certificates/certificate-files.ts'
import { p7m } from './openssl.ts'
import { check, result, rsa, signer } from './pki.ts'

const folder = join('test', 'signing', 'fixtures')
const read = (name: string): Buffer => readFileSync(join(folder, name))
const anchors = readCertificateFile(read('python-ca.pem'))
const verify = (bytes: Buffer, name: string) => check(bytes, name, { anchors, at: new Date('2026-12-01T00:00:00Z') })

/** The level of each file. */
const FILES = {
  'signxml-comments.xml': 'B',
  'signxml-pss.xml': 'B',
  'xmlsec-p521.xml': 'B',
  'xmlsec-latin1.xml': 'B',
  'endesive-t.xml': 'T',
  'endesive-enveloping.xml': 'T',
  'endesive-t.pdf': 'none',
  'pyhanko-ed25519.p7m': 'B',
}

describe('files of signxml, xmlsec, endesive and pyHanko', () => {
  for (const [name, level] of Object.entries(FILES))
    it(name, () => {
      const bytes = read(name)
      const report = verify(bytes, name)
      expect(report.verdict).to.equal('TOTAL-PASSED')
      expect(report.signatures[0]).to.include({ level, signatureValid: true })
      const at = bytes.indexOf('CONTENUTO')
      expect(at).to.be.greaterThan(0)
      bytes.write('X', at, 'latin1')
      expect(result(verify(bytes, name))).to.equal('TOTAL-FAILED/HASH_FAILURE')
    })
})

it('XML in UTF-16, in either order of its octets', () => {
  const bytes = read('xmlsec-utf16.xml')
  const judged = (file: Buffer) => result(verify(file, 'a.xml'))
  expect(judged(bytes)).to.equal('TOTAL-PASSED')
  expect(judged(Buffer.from(bytes).swap16())).to.equal('TOTAL-PASSED')
  bytes.write('X', bytes.indexOf(Buffer.from('CONTENUTO', 'utf16le')), 'utf16le')
  expect(judged(bytes)).to.equal('TOTAL-FAILED/HASH_FAILURE')
})

describe('XML that readers would not read alike', () => {
  const changed = (name: string, from: string, to: string) => {
    const text = read(name).toString('latin1')
    expect(text).to.include(from)
    return verify(Buffer.from(text.replace(from, to), 'latin1'), name).verdict
  }

  it('is not read: without quotes, in octets that its encoding does not know, in an encoding that nobody knows', () => {
    expect(changed('signxml-pss.xml', 'Id="o1"', 'Id=o1')).to.equal('unreadable')
    expect(changed('signxml-pss.xml', 'CONTENUTO', 'CONTENUT\xff')).to.equal('unreadable')
    expect(changed('xmlsec-latin1.xml', 'ISO-8859-1', 'X-UNKNOWN-1')).to.equal('unreadable')
  })

  it('inherits language, blanks and base where its canonical form is inclusive (Canonical XML §2.4)', () => {
    const bare = read('endesive-enveloping.xml')
      .toString('utf8')
      .replace(/^<\?xml.*?\?>\s*/, '')
    const inside = (attributes: string) => verify(Buffer.from(`<a${attributes}>${bare}</a>`), 'a.xml').verdict
    expect(inside('')).to.equal('TOTAL-PASSED')
    for (const attribute of ['xml:lang="it"', 'xml:space="preserve"', 'xml:base="urn:x"'])
      expect(inside(` ${attribute}`), attribute).to.equal('TOTAL-FAILED')
  })

  it('is another document when it declares another encoding', () =>
    expect(changed('xmlsec-latin1.xml', 'ISO-8859-1', 'ISO-8859-7')).to.equal('TOTAL-FAILED'))
})

it('RSASSA-PSS whose mask has another hash is neither accepted nor called forged: Node cannot check it', () => {
  const pss = ['-keyopt', 'rsa_padding_mode:pss', '-keyopt', 'rsa_mgf1_md:sha512']
  const message = p7m({ signers: [signer({ key: rsa })], options: ['-md', 'sha256', '-cades', ...pss] })
  expect(result(check(message, 'a.p7m'))).to.equal('INDETERMINATE/CRYPTO_CONSTRAINTS_FAILURE_NO_POE')
})
