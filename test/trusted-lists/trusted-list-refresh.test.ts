import { expect } from 'chai'
import { join } from 'node:path'
import type { Certificate } from '../../server/certificates/certificate.ts'
import { createTrustedLists } from '../../server/trusted-lists/index.ts'
import { createSigning } from '../../server/signing/signing-service.ts'
import { qualifiedStatements, usage } from '../../server/certificates/certificate-builder.ts'
import { createAuthority } from '../../server/certificates/development-pki.ts'
import { OID } from '../../server/shared/asn1/oids.ts'
import { trustedListsPage } from '../../server/trusted-lists/trusted-list-views.ts'
import { testDatabase } from '../support/database.ts'
import { startTrustServices, type ListedService, type RunningTrustServices } from '../support/trust-services/index.ts'
import { folder, p7m } from '../signing/openssl.ts'
import { later, NOW, rsa, signer } from '../signing/pki.ts'

describe('the trusted lists of an installation', () => {
  const database = testDatabase()
  const authority = createAuthority('Autorità delle liste', NOW, rsa)
  const signed = p7m({
    signers: [
      signer({
        issuer: authority,
        notBefore: later(-100),
        extensions: [usage('nonRepudiation'), qualifiedStatements({ statements: [OID.qcCompliance, OID.qcSscd] })],
      }),
    ],
  })
  let services: RunningTrustServices
  before(async () => (services = await startTrustServices({ port: 0, authority })))
  after(() => services.stop())

  /** As a process of its own: another local folder, the same database. */
  function process(name: string) {
    const source = { url: services.listUrl, signers: services.signers }
    const lists = createTrustedLists({
      connection: database.connection,
      source,
      folder: join(folder, name),
      now: () => NOW,
    })
    const signing = createSigning({ trustAnchors: [], sealKeys: folder, now: () => NOW, trustedLists: lists.ready })
    return {
      lists,
      qualification: async () =>
        (await signing.verify(signed, 'a.p7m', { revocation: false })).signatures[0]?.qualification,
    }
  }
  let worker: ReturnType<typeof process>
  let web: ReturnType<typeof process>
  before(() => {
    worker = process('worker')
    web = process('web')
  })
  const italian = async () => (await web.lists.states()).find(({ territory }) => territory === 'IT')
  const service: ListedService = {
    type: 'CA/QC',
    name: 'CA',
    certificate: authority.certificate,
    uses: ['ForeSignatures'],
    from: authority.certificate.notBefore,
  }

  it('are taken by a worker and used by every process, without a restart', async () => {
    expect(await web.qualification()).to.equal('Indeterminate AdESig')
    await worker.lists.refreshIfOld()
    expect(await web.qualification()).to.equal('QESig')
    await services.publish({ sequence: 2, services: [{ ...service, qualifiers: ['QCNoQSCD'] }] })
    await worker.lists.refresh()
    expect(await web.qualification()).to.equal('AdESig-QC')
    expect(await italian()).to.include({ sequence: 2, problem: null })
  })

  it('are not asked for again when another process has just looked', async () => {
    await services.publish({ sequence: 3 })
    expect(await web.lists.refreshIfOld()).to.deep.equal([])
    expect(await italian()).to.include({ sequence: 2 })
  })

  it('stay as they were when what is published is badly signed, older, another’s or no list', async () => {
    const stranger = { certificate: signer({ key: rsa }).certificate, key: rsa }
    const attempts = [
      ['badly-signed', () => services.publish({ sequence: 9, operator: stranger })],
      ['older', () => services.publish({ sequence: 1 })],
      ['other-territory', () => services.publish({ sequence: 9, territory: 'FR' })],
      ['unreadable', () => services.publishRaw(Buffer.from('<html/>'))],
    ] as const
    for (const [problem, publish] of attempts) {
      await publish()
      await worker.lists.refresh()
      expect(await italian(), problem).to.include({ sequence: 2, problem })
      expect(await web.qualification(), problem).to.equal('AdESig-QC')
    }
    const page = trustedListsPage(await web.lists.states(), { configured: true, now: NOW })
    expect(page.rows[0]).to.deep.include({ name: 'Italia', state: { tone: 'waiting', text: 'Non aggiornata' } })
    expect(page.rows[0]?.note).to.match(/non è una lista.*Resta in uso/)
    expect(page.alert).to.include({ type: 'warning', title: 'Una lista da guardare' })
  })

  it('leave a signature uncertain, not wrong, when they are overdue', async () => {
    await services.publish({ sequence: 10, nextUpdate: later(-1), services: [service] })
    await worker.lists.refresh()
    expect(await web.qualification()).to.equal('Indeterminate QESig')
    const page = trustedListsPage(await web.lists.states(), { configured: true, now: NOW })
    expect(page.rows[0]).to.deep.include({ sequence: '10', state: { tone: 'danger', text: 'Scaduta' } })
  })

  it('take qualification away when the service was withdrawn before the signature', async () => {
    const history = [{ status: 'granted', from: service.from }] as const
    await services.publish({ sequence: 11, services: [{ ...service, status: 'withdrawn', from: later(-1), history }] })
    await worker.lists.refresh()
    expect(await web.qualification()).to.equal('AdESig')
  })

  it('follow the European list when those who sign it are replaced, by its pivots back to the Official Journal', async () => {
    const european = async () => (await worker.lists.refresh()).find(({ territory }) => territory === 'EU')
    const [second, third, stranger] = [rsa, rsa, rsa].map((key) => ({ certificate: signer({ key }).certificate, key }))
    const base = services.listUrl.replace(/eu-lotl\.xml$/, '')
    const [older, newer] = [`${base}pivot-1.xml`, `${base}pivot-2.xml`]
    const naming = ({ certificate }: { certificate: Certificate }) => ({
      pointers: [{ territory: 'EU', location: services.listUrl, signer: certificate }],
    })
    await services.publishTop(naming(second!), '/pivot-1.xml')
    await services.publishTop({ ...naming(third!), operator: second! }, '/pivot-2.xml')
    const top = { operator: third!, sequence: 2, pivots: [newer, older] }

    await services.publishTop({ ...top, pivots: [] })
    expect(await european(), 'no pivot').to.include({ sequence: 1, problem: 'badly-signed' })
    await services.publishTop({ ...top, pivots: [newer] })
    expect(await european(), 'none that the pinned signed').to.include({ sequence: 1, problem: 'badly-signed' })
    await services.publishTop({ ...top, operator: stranger! })
    expect(await european(), 'by none whom the newest names').to.include({ sequence: 1, problem: 'badly-signed' })
    await services.publishTop({ ...top, operator: second! })
    expect(await european(), 'by one who was replaced').to.include({ sequence: 1, problem: 'badly-signed' })
    await services.publishTop({ ...top, pivots: [newer, `${base}nowhere.xml`] })
    expect(await european(), 'a pivot that is away').to.include({ sequence: 1, problem: 'badly-signed' })
    await services.publishTop({ ...naming(third!), operator: stranger! }, '/pivot-2.xml')
    await services.publishTop(top)
    expect(await european(), 'a pivot by a stranger').to.include({ sequence: 1, problem: 'badly-signed' })
    await services.publishTop({ ...naming(third!), operator: second! }, '/pivot-2.xml')
    expect(await european()).to.include({ sequence: 2, problem: null })
  })
})
