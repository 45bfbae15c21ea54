import { expect } from 'chai'
import { p7m } from '../signing/openssl.ts'
import { check, curve, later, result, rsa, signer } from '../signing/pki.ts'

describe('algorithms have their day (ETSI TS 119 312)', () => {
  const long = { notAfter: later(2_000) }
  const at = (day: string, more = {}) => ({ at: new Date(day), ...more })
  const weak = 'INDETERMINATE/CRYPTO_CONSTRAINTS_FAILURE_NO_POE'

  it('RSA PKCS#1 until 2028, unless something proves the signature older', () => {
    const message = p7m({ signers: [signer({ key: rsa, ...long })] })
    const judged = (given: object) => result(check(message, 'a.p7m', given))
    expect(judged(at('2028-12-31'))).to.equal('TOTAL-PASSED')
    expect(judged(at('2029-01-02'))).to.equal(weak)
    expect(judged(at('2029-01-02', { registeredAt: new Date('2028-12-30') }))).to.equal('TOTAL-PASSED')
  })

  it('SHA-224 until 2028; P-256 with SHA-256 without an end', () => {
    const elliptic = signer({ key: curve('prime256v1'), ...long })
    const of = (hash: string) => p7m({ signers: [elliptic], options: ['-md', hash, '-cades'] })
    expect(result(check(of('sha224'), 'a.p7m', at('2028-12-31')))).to.equal('TOTAL-PASSED')
    expect(result(check(of('sha224'), 'a.p7m', at('2029-01-02')))).to.equal(weak)
    expect(result(check(of('sha256'), 'a.p7m', at('2029-01-02')))).to.equal('TOTAL-PASSED')
  })
})
