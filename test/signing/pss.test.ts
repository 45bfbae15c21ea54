import { expect } from 'chai'
import { filesOf } from './fixture-files.ts'
import { check, result } from './pki.ts'

const { read, known } = filesOf('pss')

const ok = 'TOTAL-PASSED'
const wrong = 'TOTAL-FAILED/SIG_CRYPTO_FAILURE'
const unknown = 'INDETERMINATE/CRYPTO_CONSTRAINTS_FAILURE_NO_POE'

/**
 * RSASSA-PSS by BouncyCastle and pyHanko: with a plain RSA key, a key for PSS alone (`key`), one bound to SHA-256 and a salt of at
 * least 32 octets (`bound`, RFC 4055 §3.3) and one bound to SHA-384. In brackets what EU DSS 6.4 says where it says otherwise: it does not look at
 * what a key is bound to, and takes another hash of the mask for a forgery.
 */
const ROWS: Record<string, string> = {
  'plain-sha256.p7m': ok,
  'plain-salt-0.p7m': ok,
  'plain-salt-most.p7m': ok,
  'plain-sha384.p7m': ok,
  'plain-sha3.p7m': ok,
  'plain-sha256.pdf': ok,
  'key-sha256.p7m': ok,
  'key-salt-0.p7m': ok,
  'key-sha512.p7m': ok,
  'key-sha256.pdf': ok,
  'key-salt-0.pdf': ok,
  'bound-sha256.p7m': ok,
  'bound-salt-64.p7m': ok,
  'bound384-sha384.p7m': ok,
  'pyhanko-plain-sha256.p7m': ok,
  'pyhanko-plain-sha512.p7m': ok,
  'pyhanko-plain-sha512.pdf': ok,
  'pyhanko-key-salt-0.p7m': ok,
  'pyhanko-key-salt-0.pdf': ok,
  'plain-sha1.p7m': unknown,
  // [TOTAL-FAILED] Signed so, and valid by RFC 8017; Node cannot check it.
  'plain-mask-sha1.p7m': unknown,
  'key-mask-sha512.p7m': unknown,
  'key-mask-sha1.pdf': unknown,
  'pyhanko-plain-mask-sha1.p7m': unknown,
  // [TOTAL-FAILED] Not signed so.
  'plain-says-mask-sha1.p7m': unknown,
  // [TOTAL-PASSED] RFC 4055 §3.1: the trailer shall be 1.
  'plain-trailer-2.p7m': unknown,
  'plain-says-salt-20.p7m': wrong,
  'key-says-salt-20.p7m': wrong,
  'plain-says-pkcs1.p7m': wrong,
  'key-says-pkcs1.p7m': wrong,
  'plain-no-parameters.p7m': wrong,
  // [TOTAL-PASSED] A key for PSS signs nothing else.
  'key-pkcs1.p7m': wrong,
  'bound-pkcs1.p7m': wrong,
  // [TOTAL-PASSED] Less than what the key is bound to.
  'bound-salt-0.p7m': wrong,
  'bound-salt-0.pdf': wrong,
  'bound-sha512.p7m': wrong,
  'bound384-sha256.p7m': wrong,
}

describe('RSASSA-PSS of BouncyCastle and pyHanko', () => {
  for (const [name, expected] of Object.entries(ROWS))
    it(`${name} is ${expected}`, () => expect(result(check(read(name), name, known))).to.equal(expected))

  for (const name of Object.keys(ROWS).filter((name) => ROWS[name] === ok))
    it(`${name} fails by one octet of its content`, () => {
      const bytes = read(name)
      bytes.write('X', bytes.indexOf('CONTENUTO'), 'latin1')
      expect(result(check(bytes, name, known))).to.equal('TOTAL-FAILED/HASH_FAILURE')
    })
})
