import { expect } from 'chai'
import { parseCrl } from '../../server/certificates/crl.ts'
import { memorySource } from '../../server/shared/source.ts'
import { verify } from '../../server/signing/verify.ts'
import { filesOf } from './fixture-files.ts'
import { check, result, trust } from './pki.ts'

const { read, known } = filesOf('bouncycastle')
const of = (bytes: Buffer) => check(bytes, 'doc.txt.p7m', known)
const content = Buffer.from('CONTENUTO del documento di prova, firmato.\n')
const ok = 'TOTAL-PASSED'

/** Rows of the table of tests of signatures-and-pdf.md §15. */
const ROWS: Record<string, string> = {
  'rsa.p7m': ok,
  'pss.p7m': ok,
  'p256.p7m': ok,
  'p384.p7m': ok,
  'brainpool.p7m': ok,
  'ski.p7m': ok,
  'two-signers.p7m': ok,
  'nested-2.p7m': ok,
  'ber-stream.p7m': ok,
  'v1-sha1.p7m': ok,
  't.p7m': ok,
  'no-v2.p7m': 'INDETERMINATE/SIG_CONSTRAINTS_FAILURE',
  'v2-wrong-hash.p7m': 'INDETERMINATE/SIG_CONSTRAINTS_FAILURE',
  'v2-of-another.p7m': 'INDETERMINATE/SIG_CONSTRAINTS_FAILURE',
  'no-attributes.p7m': 'INDETERMINATE/SIG_CONSTRAINTS_FAILURE',
  'digest-not-of-signature.p7m': 'INDETERMINATE/SIG_CONSTRAINTS_FAILURE',
  'duplicate-attribute.p7m': 'TOTAL-FAILED/FORMAT_FAILURE',
  'sha1.p7m': 'INDETERMINATE/CRYPTO_CONSTRAINTS_FAILURE_NO_POE',
  'md5.p7m': 'INDETERMINATE/CRYPTO_CONSTRAINTS_FAILURE_NO_POE',
  'short.p7m': 'INDETERMINATE/CRYPTO_CONSTRAINTS_FAILURE_NO_POE',
  'self.p7m': 'INDETERMINATE/NO_CERTIFICATE_CHAIN_FOUND',
  'usage.p7m': 'INDETERMINATE/CHAIN_CONSTRAINTS_FAILURE',
  'eeca.p7m': 'INDETERMINATE/CERTIFICATE_CHAIN_GENERAL_FAILURE',
  'expired.p7m': 'INDETERMINATE/OUT_OF_BOUNDS_NO_POE',
  'future.p7m': 'INDETERMINATE/OUT_OF_BOUNDS_NO_POE',
  'no-certificates.p7m': 'INDETERMINATE/NO_SIGNING_CERTIFICATE_FOUND',
  'no-signers.p7m': 'not-signed',
}

describe('messages of BouncyCastle', () => {
  for (const [name, expected] of Object.entries(ROWS))
    it(`${name} is ${expected}`, () => {
      const report = of(read(name))
      expect(result(report)).to.equal(expected)
      if (expected === ok) expect(report.verdict).to.equal(ok)
    })

  it('are judged signer by signer, and layer by layer to the fifth', () => {
    expect(of(read('two-signers.p7m')).signatures.map(({ indication }) => indication)).to.deep.equal([ok, ok])
    expect(of(read('nested-2.p7m')).content?.nested?.verdict).to.equal(ok)
    let layer = of(read('nested-6.p7m'))
    for (let depth = 2; depth <= 5; depth++) layer = layer.content!.nested!
    expect(layer.verdict).to.equal(ok)
    expect(layer.content?.nested?.verdict).to.equal('unreadable')
  })

  it('are about the file beside them and no other', () => {
    const beside = (data: Buffer) =>
      result(
        verify(
          { source: memorySource(read('detached.p7s')), name: 'a.p7s', detached: memorySource(data) },
          trust(known),
        ),
      )
    expect(beside(content)).to.equal(ok)
    expect(beside(Buffer.from('altro'))).to.equal('TOTAL-FAILED/HASH_FAILURE')
  })

  const dresses: Record<string, (message: Buffer) => Buffer | string> = {
    base64: (message) => message.toString('base64'),
    'base64 in lines': (message) => message.toString('base64').replace(/.{64}/g, '$&\r\n'),
    'base64 twice': (message) => Buffer.from(message.toString('base64')).toString('base64'),
    PEM: (message) =>
      `-----BEGIN PKCS7-----\n${message.toString('base64').replace(/.{64}/g, '$&\n')}\n-----END PKCS7-----\n`,
    'with a line end after it': (message) => Buffer.concat([message, Buffer.from('\r\n')]),
  }
  for (const [dress, put] of Object.entries(dresses))
    it(`are read in ${dress}`, () => expect(result(of(Buffer.from(put(read('rsa.p7m')))))).to.equal(ok))

  it('fail by one byte of content, of an attribute, of the end', () => {
    const flipped = (marker: string | Buffer, offset: number) => {
      const bytes = read('rsa.p7m')
      const at = bytes.indexOf(marker) + offset
      bytes[at] = (bytes[at] ?? 0) ^ 1
      return result(of(bytes))
    }
    expect(flipped('CONTENUTO', 0)).to.equal('TOTAL-FAILED/HASH_FAILURE')
    expect(flipped(Buffer.from('2a864886f70d010905310f170d', 'hex'), 14)).to.equal('TOTAL-FAILED/SIG_CRYPTO_FAILURE')
    expect(result(of(read('rsa.p7m').subarray(0, -30)))).to.equal('unreadable')
    expect(result(of(Buffer.concat([read('rsa.p7m'), Buffer.from('junk')])))).to.equal('TOTAL-FAILED/FORMAT_FAILURE')
  })
})

describe('revocation lists of BouncyCastle', () => {
  const by = (message: string, ...lists: string[]) => {
    const crls = lists.map((name) => parseCrl(read(name)))
    return result(check(read(message), 'a.p7m', { ...known, evidence: { crls, ocsps: [] } }))
  }

  it('revoke what no time stamp proves older', () => {
    expect(by('p256.p7m', 'good.crl')).to.equal(ok)
    expect(by('p256.p7m', 'revoked-after.crl')).to.equal('INDETERMINATE/REVOKED_NO_POE')
    expect(by('t.p7m', 'revoked-after.crl')).to.equal(ok)
    expect(by('t.p7m', 'revoked-before.crl')).to.equal('INDETERMINATE/REVOKED_NO_POE')
  })

  it('suspend (certificateHold), until a later one no longer does', () => {
    expect(by('p256.p7m', 'suspended.crl')).to.equal('INDETERMINATE/REVOKED_NO_POE')
    expect(by('p256.p7m', 'suspended.crl', 'good.crl')).to.equal(ok)
    expect(by('p256.p7m', 'revoked-before.crl', 'good.crl')).to.equal('INDETERMINATE/REVOKED_NO_POE')
  })
})
