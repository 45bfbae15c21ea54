import { expect } from 'chai'
import { createServer, type Server } from 'node:http'
import { buffer } from 'node:stream/consumers'
import { createTimestampClient } from '../../server/signing/timestamp-client.ts'
import { issueCrl, type Authority } from '../../server/certificates/certificate-builder.ts'
import type { DownloadRevocation } from '../../server/certificates/index.ts'
import { createSigning, type Signing } from '../../server/signing/signing-service.ts'
import { file, run } from './openssl.ts'
import { pdf } from './pdf-maker.ts'
import { authority, later, otherAuthority, sealKeyOf, signer, stamper, type Signer } from './pki.ts'
import { reply } from './stamps.ts'

const now = () => new Date()

describe('time-stamped seals', () => {
  const tsa = stamper()
  let server: Server
  let url = ''
  let answer: (query: Buffer) => Buffer

  before(async () => {
    server = createServer((request, response) => void buffer(request).then((query) => response.end(answer(query))))
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
    url = `http://127.0.0.1:${(server.address() as { port: number }).port}/tsa`
  })
  beforeEach(() => {
    answer = (query) => reply(query, tsa)
  })
  after(() => server.close())

  it('are PAdES baseline T, with the time proved', async () => {
    const timestamp = createTimestampClient({ url, privateHosts: ['127.0.0.1'], now })
    const signing = createSigning({
      trustAnchors: [authority.certificate],
      sealKeys: { of: () => sealKeyOf(signer()) },
      timestamp,
    })
    const { bytes: sealed } = await signing.seal(pdf(), { reason: 'Ricevuta', name: 'Comune' })
    const [report] = (await signing.verify(sealed, 'a.pdf', { revocation: false })).signatures
    expect(report).to.include({ indication: 'TOTAL-PASSED', level: 'T' })
    expect(Date.parse(report?.provedTime ?? '')).to.be.closeTo(Date.now(), 60_000)
    expect(run('pdfsig', file(sealed, '.pdf'))).to.include('Signature is Valid')
  })

  describe('where validation data can be had', () => {
    const authorities = [authority, otherAuthority]
    const crlOf = (one: Authority) => issueCrl(one, { thisUpdate: later(-1), nextUpdate: later(30) })
    let steps: string[] = []
    const download: DownloadRevocation = async (missing) => {
      steps.push('asked')
      const asked = authorities.filter(({ certificate: { der } }) => missing.some(({ issuer }) => der.equals(issuer)))
      return { crls: asked.map(crlOf), ocsps: [] }
    }
    const stampedBy = (stamping: Signer) => (query: Buffer) => {
      steps.push('stamped')
      return reply(query, stamping)
    }
    const key = sealKeyOf(signer())
    const parts = {
      trustAnchors: authorities.map(({ certificate }) => certificate),
      sealKeys: { of: () => key },
    }
    const offline = createSigning(parts)
    let signing: Signing
    beforeEach(() => {
      const timestamp = createTimestampClient({ url, privateHosts: ['127.0.0.1'], now })
      signing = createSigning({ ...parts, timestamp, download })
    })

    /** A seal as it is seen without any network, and in which order it came about. */
    async function sealed(bytes: Uint8Array = pdf()) {
      steps = []
      const seal = await signing.seal(bytes, { reason: 'Ricevuta', name: 'Comune' })
      const { signatures, ...report } = await offline.verify(seal.bytes, 'a.pdf')
      expect({ ...seal.report, file: 'a.pdf', validatedAt: report.validatedAt }).to.deep.equal({
        signatures,
        ...report,
      })
      const seen = run('pdfsig', file(Buffer.from(seal.bytes), '.pdf'))
      expect(seen.match(/Signature is Valid/g)).to.have.length(signatures.length)
      return { bytes: seal.bytes, signatures, steps: steps.join(', ') }
    }
    const valid = { indication: 'TOTAL-PASSED', level: 'LT' }

    it('the seal carries it: baseline LT, and valid without any network', async () => {
      answer = stampedBy(tsa)
      const [first, second] = [await sealed(), await sealed()]
      for (const { signatures } of [first, second]) {
        expect(signatures[0]).to.include({ ...valid, coversWholeDocument: false })
        expect(signatures[0]?.modifications).to.deep.equal([{ what: 'validation data added', allowed: true }])
      }
      expect([first.steps, second.steps]).to.deep.equal(['stamped, asked', 'asked, stamped'])
    })

    it('what is stamped under another authority by turns needs no second look, once both were seen', async () => {
      const [one, other] = [stampedBy(tsa), stampedBy(stamper({ issuer: otherAuthority }))]
      const seals = []
      for (const turn of [one, other, one, other]) {
        answer = turn
        seals.push(await sealed())
      }
      for (const { signatures } of seals) expect(signatures[0]).to.include(valid)
      const expected = ['stamped, asked', 'asked, stamped, asked', 'asked, stamped', 'asked, stamped']
      expect(seals.map((seal) => seal.steps)).to.deep.equal(expected)
    })

    it('what an earlier signature carries stays', async () => {
      const first = await sealed()
      const second = await sealed(first.bytes)
      expect(second.signatures.map(({ level, indication }) => ({ level, indication }))).to.deep.equal([valid, valid])
      const lists = /\/Certs \[([^\]]*)\]/g
      const [before = '', after = ''] = [...Buffer.from(second.bytes).toString('latin1').matchAll(lists)].map(
        ([, references]) => references,
      )
      expect(before).to.match(/\d+ 0 R/)
      expect(after.startsWith(before.trimEnd())).to.equal(true)
      expect(after.length).to.be.greaterThan(before.length)
    })
  })

  it('do not keep a seal back when their authority is down: baseline B, and whoever watches is told', async () => {
    const told: unknown[] = []
    const signing = createSigning({
      trustAnchors: [authority.certificate],
      sealKeys: { of: () => sealKeyOf(signer()) },
      timestamp: createTimestampClient({ url: 'http://127.0.0.1:9/', privateHosts: ['127.0.0.1'], now }),
      unstamped: (error) => told.push(error),
    })
    const { bytes: sealed } = await signing.seal(pdf(), { reason: 'Ricevuta', name: 'Comune' })
    const [report] = (await signing.verify(sealed, 'a.pdf', { revocation: false })).signatures
    expect(report).to.include({ indication: 'TOTAL-PASSED', level: 'B', coversWholeDocument: true })
    expect(told).to.have.length(1)
  })

  it('wait once a minute for an authority that hangs', async () => {
    let clock = 0
    let asked = 0
    const hanging = createServer(() => (asked += 1))
    await new Promise<void>((resolve) => hanging.listen(0, '127.0.0.1', resolve))
    const stamp = createTimestampClient({
      url: `http://127.0.0.1:${(hanging.address() as { port: number }).port}/`,
      privateHosts: ['127.0.0.1'],
      timeout: 100,
      now: () => new Date(clock),
    })
    for (const [seconds, expected] of [
      [0, 1],
      [59, 1],
      [60, 2],
    ] as const) {
      clock = seconds * 1_000
      const failure = await stamp(Buffer.from('a')).catch((error: unknown) => error)
      expect(failure).to.include({ code: 'UPSTREAM_UNAVAILABLE' })
      expect(asked, `after ${seconds} seconds`).to.equal(expected)
    }
    hanging.close()
    hanging.closeAllConnections()
  })

  it('refuse an answer to another query, and none', async () => {
    const stamp = createTimestampClient({ url, privateHosts: ['127.0.0.1'], now })
    const old = await new Promise<Buffer>((resolve, reject) => {
      answer = (query) => {
        const given = reply(query, tsa)
        resolve(given)
        return given
      }
      stamp(Buffer.from('a')).catch(reject)
    })
    const outcome = () =>
      stamp(Buffer.from('a')).then(
        () => 'taken',
        (error: unknown) => (error as { code: string }).code,
      )
    answer = () => old
    expect(await outcome()).to.equal('UPSTREAM_UNAVAILABLE')
    answer = () => Buffer.from('3005300302 0102'.replace(' ', ''), 'hex')
    expect(await outcome()).to.equal('UPSTREAM_UNAVAILABLE')
    answer = () => Buffer.alloc(0)
    expect(await outcome()).to.equal('UPSTREAM_UNAVAILABLE')
  })
})
