import { expect } from 'chai'
import { createServer, type Server } from 'node:http'
import { buffer } from 'node:stream/consumers'
import { createTimestampClient } from '../../server/signing/timestamp-client.ts'
import { issueCrl } from '../../server/certificates/certificate-builder.ts'
import { createSigning } from '../../server/signing/signing-service.ts'
import { file, run } from './openssl.ts'
import { pdf } from './pdf-maker.ts'
import { authority, later, sealKeyOf, signer, stamper } from './pki.ts'
import { reply } from './stamps.ts'

describe('time-stamped seals', () => {
  const tsa = stamper()
  let server: Server
  let url = ''
  let answer: (query: Buffer) => Buffer = (query) => reply(query, tsa)

  before(async () => {
    server = createServer((request, response) => void buffer(request).then((query) => response.end(answer(query))))
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
    url = `http://127.0.0.1:${(server.address() as { port: number }).port}/tsa`
  })
  after(() => server.close())

  it('are PAdES baseline T, with the time proved', async () => {
    const timestamp = createTimestampClient({ url, privateHosts: ['127.0.0.1'] })
    const signing = createSigning({
      trustAnchors: [authority.certificate],
      sealKeys: { of: () => sealKeyOf(signer()) },
      timestamp,
    })
    try {
      const { bytes: sealed } = await signing.seal(pdf(), { reason: 'Ricevuta', name: 'Comune' })
      const [report] = (await signing.verify(sealed, 'a.pdf', { revocation: false })).signatures
      expect(report).to.include({ indication: 'TOTAL-PASSED', level: 'T' })
      expect(Date.parse(report?.provedTime ?? '')).to.be.closeTo(Date.now(), 60_000)
      expect(run('pdfsig', file(sealed, '.pdf'))).to.include('Signature is Valid')
    } finally {
      await signing.stop()
    }
  })

  it('carry their validation data where it can be had: baseline LT, and valid without any network', async () => {
    const timestamp = createTimestampClient({ url, privateHosts: ['127.0.0.1'] })
    const crl = issueCrl(authority, { thisUpdate: later(-1), nextUpdate: later(30) })
    const parts = { trustAnchors: [authority.certificate], sealKeys: { of: () => sealKeyOf(signer()) } }
    const signing = createSigning({ ...parts, timestamp, download: async () => ({ crls: [crl], ocsps: [] }) })
    const offline = createSigning(parts)
    try {
      const { bytes: sealed, report: own } = await signing.seal(pdf(), { reason: 'Ricevuta', name: 'Comune' })
      const report = await offline.verify(sealed, 'a.pdf')
      expect({ ...own, file: 'a.pdf', validatedAt: report.validatedAt }).to.deep.equal(report)
      expect(report.signatures[0]).to.include({ indication: 'TOTAL-PASSED', level: 'LT', coversWholeDocument: false })
      expect(report.signatures[0]?.modifications).to.deep.equal([{ what: 'validation data added', allowed: true }])
      expect(run('pdfsig', file(sealed, '.pdf'))).to.include('Signature is Valid')
    } finally {
      await Promise.all([signing.stop(), offline.stop()])
    }
  })

  it('do not keep a seal back when their authority is down: baseline B, and whoever watches is told', async () => {
    const told: unknown[] = []
    const signing = createSigning({
      trustAnchors: [authority.certificate],
      sealKeys: { of: () => sealKeyOf(signer()) },
      timestamp: createTimestampClient({ url: 'http://127.0.0.1:9/', privateHosts: ['127.0.0.1'] }),
      unstamped: (error) => told.push(error),
    })
    try {
      const { bytes: sealed } = await signing.seal(pdf(), { reason: 'Ricevuta', name: 'Comune' })
      const [report] = (await signing.verify(sealed, 'a.pdf', { revocation: false })).signatures
      expect(report).to.include({ indication: 'TOTAL-PASSED', level: 'B', coversWholeDocument: true })
      expect(told).to.have.length(1)
    } finally {
      await signing.stop()
    }
  })

  it('refuse an answer to another query, and none', async () => {
    const stamp = createTimestampClient({ url, privateHosts: ['127.0.0.1'] })
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
