import { expect } from 'chai'
import { createServer, type Server } from 'node:http'
import {
  crlAddress,
  extension,
  ocspAddress,
  purposes,
  usage,
  issueCrl,
} from '../../server/certificates/certificate-builder.ts'
import { encodeTime } from '../../server/shared/asn1/der-writer.ts'
import { parseOcsp } from '../../server/certificates/ocsp.ts'
import { OID } from '../../server/shared/asn1/oids.ts'
import { createRevocationDownload, withDownloads } from '../../server/certificates/revocation-download.ts'
import { memorySource } from '../../server/shared/source.ts'
import { readEvidence } from '../../server/certificates/evidence.ts'
import { missingOrder } from '../../server/certificates/missing-revocation.ts'
import { verify } from '../../server/signing/verify.ts'
import { fetchBytes } from '../../server/shared/web-fetch.ts'
import { p7m } from '../signing/openssl.ts'
import { authority, check, crlOf, later, NOW, otherAuthority, result, signer, stamper, trust } from '../signing/pki.ts'
import { ocspResponse } from '../signing/stamps.ts'
import type { Evidence } from '../../server/certificates/evidence.ts'

const mario = signer()
const bytes = () => p7m({ signers: [mario] })
const given = (evidence: Partial<Evidence>, more = {}) =>
  result(check(bytes(), 'a.p7m', { evidence: { crls: [], ocsps: [], ...evidence }, ...more }))
const revoked = (days: number, reason?: number) => ({
  certificate: mario.certificate,
  at: later(days),
  ...(reason === undefined ? {} : { reason }),
})

const answerer = (changes: Parameters<typeof signer>[0] = {}) =>
  signer({
    subject: { country: 'IT', commonName: 'OCSP' },
    extensions: [usage('digitalSignature'), purposes(OID.ocspSigning)],
    ...changes,
  })

describe('revocation lists', () => {
  it('passes a certificate that a current list does not name', () =>
    expect(given({ crls: [crlOf(authority)] })).to.equal('TOTAL-PASSED'))
  it('does not conclude without data', () => expect(given({})).to.equal('INDETERMINATE/TRY_LATER'))
  it('does not conclude from a list that is too old', () =>
    expect(given({ crls: [crlOf(authority, { thisUpdate: later(-40), nextUpdate: later(-10) })] })).to.equal(
      'INDETERMINATE/TRY_LATER',
    ))
  it('does not conclude from a list older than the certificate', () => {
    const begins = mario.certificate.notBefore
    const from = (days: number) =>
      given({ crls: [crlOf(authority, { thisUpdate: later(days, begins), nextUpdate: later(30) })] })
    expect(from(-1)).to.equal('INDETERMINATE/TRY_LATER')
    expect(from(0)).to.equal('TOTAL-PASSED')
  })
  it('does not believe another authority’s list', () =>
    expect(given({ crls: [crlOf(otherAuthority)] })).to.equal('INDETERMINATE/TRY_LATER'))
  it('does not believe a list that was altered', () => {
    const crl = crlOf(authority)
    crl.tbs[crl.tbs.length - 1]! ^= 1
    expect(given({ crls: [crl] })).to.equal('INDETERMINATE/TRY_LATER')
  })
  it('does not conclude from a list of some reasons only', () => {
    const partial = extension(OID.issuingDistributionPoint, Buffer.from('3004830206 40'.replace(' ', ''), 'hex'), true)
    expect(given({ crls: [crlOf(authority, { extensions: [partial] })] })).to.equal('INDETERMINATE/TRY_LATER')
  })

  it('tells a revoked certificate', () =>
    expect(given({ crls: [crlOf(authority, { revoked: [revoked(-5)] })] })).to.equal('INDETERMINATE/REVOKED_NO_POE'))
  it('takes a suspension as a revocation', () =>
    expect(given({ crls: [crlOf(authority, { revoked: [revoked(-5, 6)] })] })).to.equal('INDETERMINATE/REVOKED_NO_POE'))
  it('forgets a suspension that a newer list no longer names', () => {
    const older = crlOf(authority, { thisUpdate: later(-3), revoked: [revoked(-5, 6)] })
    expect(given({ crls: [older, crlOf(authority)] })).to.equal('TOTAL-PASSED')
  })
  it('never forgets a revocation', () => {
    const older = crlOf(authority, { thisUpdate: later(-3), revoked: [revoked(-5, 1)] })
    expect(given({ crls: [older, crlOf(authority)] })).to.equal('INDETERMINATE/REVOKED_NO_POE')
  })
  it('passes a signature that the register proves older', () => {
    expect(given({ crls: [crlOf(authority, { revoked: [revoked(-5)] })] }, { registeredAt: later(-6) })).to.equal(
      'TOTAL-PASSED',
    )
    expect(given({ crls: [crlOf(authority, { revoked: [revoked(-5)] })] }, { registeredAt: later(-4) })).to.equal(
      'INDETERMINATE/REVOKED_NO_POE',
    )
  })
  it('looks at the moment that it is told', () =>
    expect(given({ crls: [crlOf(authority, { revoked: [revoked(-5)] })] }, { at: later(-10) })).to.equal(
      'TOTAL-PASSED',
    ))

  it('does not take silence about an expired certificate for good', () => {
    const expired = p7m({ signers: [signer({ notAfter: later(-10) })] })
    const at = (crl: ReturnType<typeof crlOf>) =>
      result(check(expired, 'a.p7m', { evidence: { crls: [crl], ocsps: [] } }))
    expect(at(crlOf(authority))).to.equal('INDETERMINATE/OUT_OF_BOUNDS_NO_POE')
    const keeps = extension(
      OID.expiredCertsOnCrl,
      Buffer.from(`180f${Buffer.from('20200101000000Z').toString('hex')}`, 'hex'),
    )
    expect(at(crlOf(authority, { extensions: [keeps] }))).to.equal('INDETERMINATE/OUT_OF_BOUNDS_NOT_REVOKED')
    expect(encodeTime(NOW)[0]).to.equal(0x17)
  })

  it('asks about every certificate of the path', () => {
    const middle = signer({
      subject: { country: 'IT', commonName: 'Intermedia' },
      extensions: [
        extension(OID.basicConstraints, Buffer.from('30030101ff', 'hex'), true),
        usage('keyCertSign', 'cRLSign'),
      ],
    })
    const far = p7m({ signers: [signer({ issuer: middle })] })
    const judge = (revokedMiddle: boolean) =>
      result(
        check(far, 'a.p7m', {
          intermediates: [middle.certificate],
          evidence: {
            ocsps: [],
            crls: [
              crlOf(middle),
              crlOf(authority, revokedMiddle ? { revoked: [{ certificate: middle.certificate, at: later(-5) }] } : {}),
            ],
          },
        }),
      )
    expect(judge(false)).to.equal('TOTAL-PASSED')
    expect(judge(true)).to.equal('INDETERMINATE/REVOKED_CA_NO_POE')
  })
})

describe('OCSP', () => {
  const responder = answerer()
  const answer = (more = {}) => parseOcsp(ocspResponse({ of: mario, responder, ...more }))

  it('passes a good certificate', () => expect(given({ ocsps: [answer()] })).to.equal('TOTAL-PASSED'))
  it('tells a revoked one', () =>
    expect(given({ ocsps: [answer({ revokedAt: later(-5) })] })).to.equal('INDETERMINATE/REVOKED_NO_POE'))
  it('does not believe a responder without the purpose', () => {
    expect(given({ ocsps: [answer({ responder: stamper() })] })).to.equal('INDETERMINATE/TRY_LATER')
    const foreign = answerer({ issuer: otherAuthority })
    expect(given({ ocsps: [answer({ responder: foreign })] })).to.equal('INDETERMINATE/TRY_LATER')
  })
  it('does not take an answer about another certificate', () =>
    expect(given({ ocsps: [answer({ of: signer() })] })).to.equal('INDETERMINATE/TRY_LATER'))
  it('does not pass a certificate by an answer older than it, but may revoke it', () => {
    const young = signer({ notBefore: later(1) })
    const judge = (more = {}) =>
      result(
        check(p7m({ signers: [young] }), 'a.p7m', {
          at: later(2),
          evidence: { crls: [], ocsps: [answer({ of: young, ...more })] },
        }),
      )
    expect(judge()).to.equal('INDETERMINATE/TRY_LATER')
    expect(judge({ revokedAt: later(-1) })).to.equal('INDETERMINATE/REVOKED_NO_POE')
  })
})

describe('revocation data from the network', () => {
  let server: Server
  let base = ''
  const asked: string[] = []
  const responder = answerer()
  let online: ReturnType<typeof signer>

  before(async () => {
    server = createServer((request, response) => {
      asked.push(`${request.method} ${request.url}`)
      if (request.url === '/crl') response.end(issueCrl(authority, { thisUpdate: later(-1), nextUpdate: later(30) }))
      else if (request.url === '/ocsp') response.end(ocspResponse({ of: online, responder }))
      else if (request.url === '/mute') return
      else if (request.url === '/huge') response.end(Buffer.alloc(11 << 20))
      else response.writeHead(302, { location: '/crl' }).end()
    })
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
    base = `http://127.0.0.1:${(server.address() as { port: number }).port}`
  })
  after(() => {
    server.close()
    server.closeAllConnections()
  })

  const download = ({ now = () => NOW, timeout = 5_000 } = {}) =>
    createRevocationDownload({
      now,
      fetch: (address, options) => fetchBytes(address, { ...options, privateHosts: ['127.0.0.1'], timeout }),
    })
  async function validate(message: Buffer, fetch = download()): Promise<string> {
    const { verification } = await withDownloads((extra) => {
      const given = trust({ evidence: readEvidence(extra) })
      return {
        verification: verify({ source: memorySource(message), name: 'a.p7m' }, given),
        missing: given.missing.map(missingOrder),
      }
    }, fetch)
    return result(verification)
  }

  it('is fetched where the certificate says, once', async () => {
    asked.length = 0
    const fetch = download()
    const message = p7m({ signers: [signer({ extensions: [usage('nonRepudiation'), crlAddress(`${base}/crl`)] })] })
    expect(await validate(message, fetch)).to.equal('TOTAL-PASSED')
    expect(await validate(message, fetch)).to.equal('TOTAL-PASSED')
    expect(asked).to.deep.equal(['GET /crl'])
  })

  it('is fetched again for a certificate that is younger than the list at hand, now and then', async () => {
    asked.length = 0
    let clock = NOW
    const fetch = download({ now: () => clock })
    const message = (notBefore: Date) =>
      p7m({ signers: [signer({ notBefore, extensions: [usage('nonRepudiation'), crlAddress(`${base}/crl`)] })] })
    for (const [minutes, begins, verdict, expected] of [
      [0, -400, 'TOTAL-PASSED', 1],
      [1, -0.5, 'INDETERMINATE/TRY_LATER', 1],
      [6, -0.5, 'INDETERMINATE/TRY_LATER', 2],
      [7, -0.5, 'INDETERMINATE/TRY_LATER', 2],
      [12, -400, 'TOTAL-PASSED', 2],
    ] as const) {
      clock = new Date(NOW.getTime() + minutes * 60_000)
      expect(await validate(message(later(begins)), fetch)).to.equal(verdict)
      expect(asked, `after ${minutes} minutes`).to.have.length(expected)
    }
  })

  it('is not asked for when what is at hand answers', async () => {
    asked.length = 0
    const message = p7m({ signers: [signer({ extensions: [usage('nonRepudiation'), crlAddress(`${base}/crl`)] })] })
    const { missing } = await withDownloads(() => {
      const given = trust({ evidence: { crls: [crlOf(authority)], ocsps: [] } })
      verify({ source: memorySource(message), name: 'a.p7m' }, given)
      return { missing: given.missing.map(missingOrder) }
    }, download())
    expect(missing).to.deep.equal([])
    expect(asked).to.deep.equal([])
  })

  it('comes from the OCSP responder first', async () => {
    online = signer({ extensions: [usage('nonRepudiation'), ocspAddress(`${base}/ocsp`)] })
    expect(await validate(p7m({ signers: [online] }))).to.equal('TOTAL-PASSED')
    expect(asked.at(-1)).to.equal('POST /ocsp')
  })

  it('is TRY_LATER when nobody answers', async () => {
    const dead = p7m({
      signers: [signer({ extensions: [usage('nonRepudiation'), crlAddress('http://127.0.0.1:9/crl')] })],
    })
    expect(await validate(dead)).to.equal('INDETERMINATE/TRY_LATER')
  })

  it('is not waited for again, for another certificate, while an authority is silent', async () => {
    asked.length = 0
    let clock = NOW
    const fetch = download({ now: () => clock, timeout: 200 })
    const message = () =>
      p7m({ signers: [signer({ extensions: [usage('nonRepudiation'), ocspAddress(`${base}/mute`)] })] })
    for (const [minutes, expected] of [
      [0, 1],
      [1, 1],
      [6, 2],
    ] as const) {
      clock = new Date(NOW.getTime() + minutes * 60_000)
      expect(await validate(message(), fetch)).to.equal('INDETERMINATE/TRY_LATER')
      expect(asked, `after ${minutes} minutes`).to.have.length(expected)
    }
  })

  it('is not fetched for a certificate that leads to no authority of ours', async () => {
    asked.length = 0
    await validate(
      p7m({
        signers: [signer({ issuer: otherAuthority, extensions: [usage('nonRepudiation'), crlAddress(`${base}/crl`)] })],
      }),
    )
    expect(asked).to.deep.equal([])
  })

  it('is never asked of our own network', async () => {
    const failure = (address: string) =>
      fetchBytes(address).then(
        () => 'fetched',
        (error: unknown) => (error as Error).message,
      )
    for (const address of [
      `${base}/crl`,
      'http://10.1.2.3/',
      'http://169.254.169.254/latest',
      'http://[::1]/',
      'http://[::ffff:127.0.0.1]/',
      'http://localhost/',
      'http://0x7f000001/',
      'http://[::127.0.0.1]/',
      'http://[2002:7f00:1::]/',
      'http://[2001:0:7f00:1::]/',
      'http://[64:ff9b:1::7f00:1]/',
      'http://[fec0::1]/',
    ]) {
      expect(await failure(address), address).to.match(/private/)
    }
    expect(await failure('file:///etc/passwd')).to.match(/Only http/)
    expect(
      await fetchBytes(`${base}/altrove`, { privateHosts: ['127.0.0.1'] }).catch(
        (error: unknown) => (error as Error).message,
      ),
    ).to.equal('Answer 302')
    expect(
      await fetchBytes(`${base}/huge`, { privateHosts: ['127.0.0.1'] }).catch(
        (error: unknown) => (error as Error).message,
      ),
    ).to.match(/too large/)
  })
})
