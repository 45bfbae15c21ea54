import { expect } from 'chai'
import { createPrivateKey, generateKeyPairSync, sign } from 'node:crypto'
import { authorityConstraints, extension, purposes, usage } from '../../server/certificates/certificate-builder.ts'
import { memorySource } from '../../server/shared/source.ts'
import { verify } from '../../server/signing/verify.ts'
import { openssl, p7m, file, folder } from './openssl.ts'
import { check, curve, intermediate, later, otherAuthority, result, rsa, signer, trust } from './pki.ts'
import { readFileSync } from 'node:fs'
import { join } from 'node:path'

const mario = signer()
const verdict = (bytes: Buffer, name = 'atto.txt.p7m') => result(check(bytes, name))

describe('CAdES: messages of OpenSSL that are good', () => {
  const good = {
    'RSA PKCS#1': () => p7m({ signers: [signer({ key: rsa })] }),
    'RSA-PSS padding': () =>
      p7m({ signers: [signer({ key: rsa })], options: ['-md', 'sha256', '-cades', '-keyopt', 'rsa_padding_mode:pss'] }),
    'P-256': () => p7m({ signers: [mario] }),
    'P-384 with SHA-384': () =>
      p7m({ signers: [signer({ key: curve('secp384r1') })], options: ['-md', 'sha384', '-cades'] }),
    brainpoolP256r1: () => p7m({ signers: [signer({ key: curve('brainpoolP256r1') })] }),
    'brainpoolP256t1, its twist': () => p7m({ signers: [signer({ key: curve('brainpoolP256t1') })] }),
    'BER of a streaming signer': () =>
      p7m({ signers: [mario], content: Buffer.alloc(100_000, 'a'), options: ['-md', 'sha256', '-cades', '-stream'] }),
    PEM: () => p7m({ signers: [mario], options: ['-md', 'sha256', '-cades', '-outform', 'PEM'] }),
    base64: () => Buffer.from(p7m({ signers: [mario] }).toString('base64')),
    'base64 in lines with CR LF': () =>
      Buffer.from(
        (
          p7m({ signers: [mario] })
            .toString('base64')
            .match(/.{1,64}/g) ?? []
        ).join('\r\n'),
      ),
    'base64 twice': () => Buffer.from(Buffer.from(p7m({ signers: [mario] }).toString('base64')).toString('base64')),
    'a line end after the message': () => Buffer.concat([p7m({ signers: [mario] }), Buffer.from('\r\n')]),
    'a subject key identifier': () => p7m({ signers: [mario], options: ['-md', 'sha256', '-cades', '-keyid'] }),
  }
  for (const [name, make] of Object.entries(good)) {
    it(`accepts ${name}`, () => {
      const report = check(make(), 'atto.txt.p7m')
      expect(result(report)).to.equal('TOTAL-PASSED')
      expect(report.verdict).to.equal('TOTAL-PASSED')
      expect(report.signatures[0]).to.include({
        level: 'B',
        digestIntact: true,
        signatureValid: true,
        coversWholeDocument: true,
      })
    })
  }

  it('accepts an RSASSA-PSS key', () => {
    const path = join(folder, 'pss.key')
    openssl(
      'genpkey',
      '-algorithm',
      'RSA-PSS',
      '-pkeyopt',
      'rsa_keygen_bits:2048',
      '-pkeyopt',
      'rsa_pss_keygen_md:sha256',
      '-out',
      path,
    )
    const privateKey = createPrivateKey(readFileSync(path))
    expect(verdict(p7m({ signers: [signer({ key: privateKey })] }))).to.equal('TOTAL-PASSED')
  })

  it('names the signer by the certificate', () => {
    const [report] = check(p7m({ signers: [mario] }), 'a.p7m').signatures
    expect(report?.signedBy).to.include({
      name: 'Mario Rossi',
      taxCode: 'RSSMRA80A01H501U',
      issuer: 'Autorità di prova',
      sha256: mario.certificate.sha256,
    })
    expect(Date.parse(report?.signingTime ?? '')).to.be.closeTo(Date.now(), 60_000)
  })

  it('reports each of two parallel signers', () => {
    const { signatures } = check(p7m({ signers: [mario, signer({ key: rsa })] }), 'a.p7m')
    expect(signatures.map(({ indication }) => indication)).to.deep.equal(['TOTAL-PASSED', 'TOTAL-PASSED'])
  })

  it('describes what is inside', () => {
    const { content } = check(p7m({ signers: [mario], content: Buffer.from('ciao') }), 'a.txt.p7m')
    expect(content).to.include({ size: 4, sha256: 'b133a0c0e9bee3be20163d2ad31d6248db292aa6dcb1ee087a2aa50e0fc75ae2' })
    expect(content?.nested).to.equal(undefined)
  })

  it('follows a signature around a signature, and says what is worth what', () => {
    const inner = p7m({ signers: [signer({ issuer: otherAuthority })] })
    const report = check(p7m({ signers: [mario], content: inner }), 'a.txt.p7m.p7m')
    expect(report.verdict).to.equal('TOTAL-PASSED')
    expect(report.content?.nested).to.include({ file: 'a.txt.p7m', verdict: 'INDETERMINATE' })
  })

  it('gives up on the sixth layer', () => {
    let bytes = p7m({ signers: [mario] })
    for (let layer = 2; layer <= 6; layer++) bytes = p7m({ signers: [mario], content: bytes })
    let report = check(bytes, 'a.p7m')
    for (let layer = 2; layer <= 6; layer++) report = report.content!.nested!
    expect(report.verdict).to.equal('unreadable')
  })
})

describe('CAdES: detached messages', () => {
  const bytes = () => p7m({ signers: [mario], content: Buffer.from('il documento'), detached: true })
  const withData = (data: string) =>
    verify({ source: memorySource(bytes()), name: 'a.p7s', detached: memorySource(Buffer.from(data)) }, trust())

  it('accepts the right file', () => expect(result(withData('il documento'))).to.equal('TOTAL-PASSED'))
  it('refuses another one', () => expect(result(withData('un altro'))).to.equal('TOTAL-FAILED/HASH_FAILURE'))
  it('asks for the file when it is missing', () =>
    expect(verdict(bytes())).to.equal('INDETERMINATE/SIGNED_DATA_NOT_FOUND'))
})

describe('CAdES: messages that are not what they were', () => {
  it('a byte of the content', () => {
    const bytes = p7m({ signers: [mario] })
    bytes[bytes.indexOf('contenuto')] = 0x43
    expect(verdict(bytes)).to.equal('TOTAL-FAILED/HASH_FAILURE')
  })

  it('a byte of the signed attributes', () => {
    const bytes = p7m({ signers: [mario] })
    const signingTime = bytes.indexOf(Buffer.from('06092a864886f70d010905310f170d', 'hex')) + 15
    bytes[signingTime + 1] = bytes[signingTime + 1] === 0x30 ? 0x31 : 0x30
    expect(verdict(bytes)).to.equal('TOTAL-FAILED/SIG_CRYPTO_FAILURE')
  })

  it('a byte of the signature', () => {
    const bytes = p7m({ signers: [signer({ key: rsa })] })
    bytes[bytes.length - 10]! ^= 1
    expect(verdict(bytes)).to.equal('TOTAL-FAILED/SIG_CRYPTO_FAILURE')
  })

  it('bytes after the end', () =>
    expect(verdict(Buffer.concat([p7m({ signers: [mario] }), Buffer.from('dopo')]))).to.equal(
      'TOTAL-FAILED/FORMAT_FAILURE',
    ))

  it('an end that is missing', () => {
    const whole = p7m({ signers: [mario] })
    for (const part of [0.3, 0.6, 0.9, 0.99])
      expect(verdict(whole.subarray(0, Math.floor(whole.length * part)))).to.equal('unreadable')
  })

  it('no message at all', () => {
    expect(verdict(Buffer.from('solo testo'))).to.equal('unreadable')
    expect(verdict(Buffer.from('solo testo'), 'a.txt')).to.equal('not-signed')
    expect(verdict(Buffer.alloc(0))).to.equal('unreadable')
  })

  it('an ASN.1 of 5 000 levels', () => {
    let bytes = Buffer.alloc(0)
    for (let level = 0; level < 5_000; level++)
      bytes = Buffer.concat([
        Buffer.from([0x30, 0x83, bytes.length >> 16, (bytes.length >> 8) & 255, bytes.length & 255]),
        bytes,
      ])
    expect(verdict(bytes)).to.equal('unreadable')
    expect(
      verdict(
        Buffer.concat([
          Buffer.from('30800609', 'hex'),
          Buffer.from('2a864886f70d010702', 'hex'),
          Buffer.alloc(20_000, Buffer.from('a080', 'hex')),
        ]),
      ),
    ).to.equal('unreadable')
  })
})

describe('CAdES: certificates', () => {
  const with_ = (changes: Parameters<typeof signer>[0]) => p7m({ signers: [signer(changes)] })
  const cases: Record<string, [() => Buffer, string]> = {
    'an unknown authority': [() => with_({ issuer: otherAuthority }), 'INDETERMINATE/NO_CERTIFICATE_CHAIN_FOUND'],
    'a signer who certifies himself': [
      () => p7m({ signers: [selfSigned()] }),
      'INDETERMINATE/NO_CERTIFICATE_CHAIN_FOUND',
    ],
    'a key for encryption only': [
      () => with_({ extensions: [usage('keyEncipherment')] }),
      'INDETERMINATE/CHAIN_CONSTRAINTS_FAILURE',
    ],
    'a web server’s certificate': [
      () => with_({ extensions: [usage('digitalSignature'), purposes('1.3.6.1.5.5.7.3.1')] }),
      'INDETERMINATE/CHAIN_CONSTRAINTS_FAILURE',
    ],
    'a critical extension that nobody knows': [
      () => with_({ extensions: [usage('nonRepudiation'), extension('1.2.3.4.5', Buffer.from('0500', 'hex'), true)] }),
      'INDETERMINATE/CHAIN_CONSTRAINTS_FAILURE',
    ],
    'an expired certificate': [() => with_({ notAfter: later(-10) }), 'INDETERMINATE/OUT_OF_BOUNDS_NO_POE'],
    'a certificate of next month': [() => with_({ notBefore: later(30) }), 'INDETERMINATE/OUT_OF_BOUNDS_NO_POE'],
    'a citizen who issues certificates': [
      () =>
        p7m({
          signers: [signer({ issuer: { certificate: mario.certificate, key: mario.key } })],
          options: ['-md', 'sha256', '-cades', '-certfile', file(mario.certificatePem)],
        }),
      'INDETERMINATE/CERTIFICATE_CHAIN_GENERAL_FAILURE',
    ],
    'no certificate in the message': [
      () => p7m({ signers: [mario], options: ['-md', 'sha256', '-cades', '-nocerts'] }),
      'INDETERMINATE/NO_SIGNING_CERTIFICATE_FOUND',
    ],
    'SHA-1': [
      () => p7m({ signers: [mario], options: ['-md', 'sha1', '-cades'] }),
      'INDETERMINATE/CRYPTO_CONSTRAINTS_FAILURE_NO_POE',
    ],
    MD5: [
      () => p7m({ signers: [signer({ key: rsa })], options: ['-md', 'md5', '-cades'] }),
      'INDETERMINATE/CRYPTO_CONSTRAINTS_FAILURE_NO_POE',
    ],
    'no signing-certificate attribute': [
      () => p7m({ signers: [mario], options: ['-md', 'sha256'] }),
      'INDETERMINATE/SIG_CONSTRAINTS_FAILURE',
    ],
    'no signed attributes': [
      () => p7m({ signers: [mario], options: ['-md', 'sha256', '-noattr'] }),
      'INDETERMINATE/SIG_CONSTRAINTS_FAILURE',
    ],
    'an RSA key of 1024 bits': [
      () => with_({ key: generateKeyPairSync('rsa', { modulusLength: 1024 }).privateKey }),
      'INDETERMINATE/CRYPTO_CONSTRAINTS_FAILURE_NO_POE',
    ],
  }
  for (const [name, [make, expected]] of Object.entries(cases)) {
    it(`judges ${name}`, () => expect(verdict(make())).to.equal(expected))
  }

  it('follows an authority between, whether in the message or given', () => {
    const middle = intermediate()
    const far = signer({ issuer: middle })
    expect(verdict(p7m({ signers: [far] }))).to.equal('INDETERMINATE/NO_CERTIFICATE_CHAIN_FOUND')
    expect(result(check(p7m({ signers: [far] }), 'a.p7m', { intermediates: [middle.certificate] }))).to.equal(
      'TOTAL-PASSED',
    )
    const pem = `-----BEGIN CERTIFICATE-----\n${middle.certificate.der.toString('base64')}\n-----END CERTIFICATE-----\n`
    expect(verdict(p7m({ signers: [far], options: ['-md', 'sha256', '-cades', '-certfile', file(pem)] }))).to.equal(
      'TOTAL-PASSED',
    )
  })

  it('trusts a signer who is the anchor himself', () => {
    expect(result(check(p7m({ signers: [mario] }), 'a.p7m', { anchors: [mario.certificate] }))).to.equal('TOTAL-PASSED')
  })

  it('takes the moment that it is told', () => {
    const old = with_({ notAfter: later(-10) })
    expect(result(check(old, 'a.p7m', { at: later(-20) }))).to.equal('TOTAL-PASSED')
    expect(result(check(old, 'a.p7m', { registeredAt: later(-20) }))).to.equal('TOTAL-PASSED')
    expect(result(check(old, 'a.p7m', { registeredAt: later(-5) }))).to.equal('INDETERMINATE/OUT_OF_BOUNDS_NO_POE')
  })
})

function selfSigned() {
  const made = signer()
  const path = join(folder, 'own.pem')
  openssl('req', '-x509', '-new', '-key', file(made.keyPem), '-subj', '/CN=Io stesso', '-out', path, '-days', '10')
  return { ...made, certificatePem: readFileSync(path, 'utf8') }
}

describe('CAdES: order of the signed attributes (RFC 5652 §5.4)', () => {
  it('accepts a set written in another order when the signature is over the sorted one', () => {
    const bytes = p7m({ signers: [mario] })
    expect(verdict(swapAttributes(bytes))).to.equal('TOTAL-PASSED')
  })

  it('refuses one that is signed as it is written, which other readers show as valid, and says so', () => {
    const bytes = swapAttributes(p7m({ signers: [signer({ key: rsa })] }))
    // [0], two octets of length, and in it first the attribute that was moved; the signature ends the message.
    const attributes = bytes.indexOf(Buffer.from('301c06092a864886f70d010905', 'hex'))
    expect(bytes.readUInt16BE(attributes - 4)).to.equal(0xa082)
    const length = bytes.readUInt16BE(attributes - 2)
    const written = Buffer.concat([Buffer.from([0x31]), bytes.subarray(attributes - 3, attributes + length)])
    sign('sha256', written, rsa).copy(bytes, bytes.length - 256)
    const report = check(bytes, 'a.p7m')
    expect(result(report)).to.equal('TOTAL-FAILED/SIG_CRYPTO_FAILURE')
    expect(report.signatures[0]?.errors.join()).to.include('some readers show it as valid')
  })
})

describe('CAdES: 30 MB', () => {
  for (const [name, options] of Object.entries({ DER: [], 'BER of a streaming signer': ['-stream'] }))
    it(`accepts ${name}, and refuses it when one byte changes`, () => {
      const content = Buffer.alloc(30 << 20, 'a')
      const bytes = p7m({ signers: [mario], content, options: ['-md', 'sha256', '-cades', ...options] })
      const report = check(bytes, 'a.p7m')
      expect(report.verdict).to.equal('TOTAL-PASSED')
      expect(report.content?.size).to.equal(content.length)
      bytes[bytes.indexOf('aaaa', 15 << 20) + 1] = 0x62
      expect(verdict(bytes)).to.equal('TOTAL-FAILED/HASH_FAILURE')
    })
})

/** Puts the first signed attribute after the second, in place. */
function swapAttributes(bytes: Buffer): Buffer {
  const first = Buffer.from('301806092a864886f70d010903310b06092a864886f70d010701', 'hex')
  const second = Buffer.from('301c06092a864886f70d010905310f170d', 'hex')
  const at = bytes.indexOf(Buffer.concat([first, second]))
  expect(at).to.be.greaterThan(0)
  const length = second.length + 13
  const moved = Buffer.from(bytes)
  bytes.copy(moved, at, at + first.length, at + first.length + length)
  first.copy(moved, at + length)
  return moved
}

describe('CAdES: authorities', () => {
  it('lets a path be as long as its authorities allow, and no longer', () => {
    const under = (middle: ReturnType<typeof intermediate>) => {
      const lower = intermediate({ issuer: middle, subject: { country: 'IT', commonName: 'Più in basso' } })
      const bytes = p7m({ signers: [signer({ issuer: lower })] })
      return result(check(bytes, 'a.p7m', { intermediates: [middle.certificate, lower.certificate] }))
    }
    expect(under(intermediate())).to.equal('TOTAL-PASSED')
    expect(under(intermediate({ extensions: [authorityConstraints(0), usage('keyCertSign')] }))).to.equal(
      'INDETERMINATE/CERTIFICATE_CHAIN_GENERAL_FAILURE',
    )
  })
})
