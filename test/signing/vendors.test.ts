import { expect } from 'chai'
import { filesOf } from './fixture-files.ts'
import { check, result } from './pki.ts'

const { read, known } = filesOf('vendors')
const ok = 'TOTAL-PASSED'

/** What others see in a message, and the level that it reaches (signatures-and-pdf.md §3.1). */
const ROWS: Record<string, readonly [result: string, level: string]> = {
  'v2-of-chain.p7m': [ok, 'B'],
  'v1-and-v2.p7m': [ok, 'none'],
  'v1-of-another.p7m': ['INDETERMINATE/SIG_CONSTRAINTS_FAILURE', 'none'],
  'v2-sha1.p7m': [ok, 'none'],
  'other-type.p7m': [ok, 'none'],
  'two-times.p7m': ['TOTAL-FAILED/FORMAT_FAILURE', 'B'],
}

describe('attributes that bind a message of BouncyCastle, as EU DSS reads them', () => {
  for (const [name, [expected, level]] of Object.entries(ROWS))
    it(`${name} is ${expected} of level ${level}`, () => {
      const report = check(read(name), 'a.p7m', known)
      expect(result(report)).to.equal(expected)
      expect(report.signatures[0]).to.include({ level, digestIntact: true, signatureValid: true })
    })
})

// Both halves of the P-521 value begin with a zero that EU DSS left out.
describe('SHA-3 in XML and in containers of EU DSS (RFC 9231 §2.1.5, §2.3.6)', () => {
  for (const name of ['ecdsa-sha3-512.xml', 'cades-sha3-384.asice', 'xades-sha3-384.asice'])
    it(name, () => {
      const bytes = read(name)
      const report = check(bytes, name, known)
      expect(report.verdict).to.equal('TOTAL-PASSED')
      expect(report.signatures[0]).to.include({ level: 'B', digestIntact: true, signatureValid: true })
      bytes.write('X', bytes.indexOf('CONTENUTO'), 'latin1')
      expect(check(bytes, name, known).verdict).to.equal('TOTAL-FAILED')
    })
})
