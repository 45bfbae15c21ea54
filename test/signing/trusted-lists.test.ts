import { expect } from 'chai'
import { createServer, type Server } from 'node:http'
import { join } from 'node:path'
import { SignedXml } from 'xml-crypto'
import { qualifiedStatements, toPem, usage } from '../../server/signing/certificate-builder.ts'
import type { Certificate } from '../../server/signing/certificate.ts'
import { OID } from '../../server/signing/oids.ts'
import { createTrustIndex } from '../../server/signing/trust-index.ts'
import { isListSignedBy, parseTrustedList } from '../../server/signing/trusted-list.ts'
import { loadTrustIndex } from '../../server/signing/trusted-list-folder.ts'
import { refreshTrustedLists } from '../../server/signing/trusted-list-refresh.ts'
import { folder, p7m } from './openssl.ts'
import { authority, check, later, rsa, signer, type Signer } from './pki.ts'

const operator = signer({
  key: rsa,
  subject: { country: 'IT', organization: 'Lista', commonName: 'Gestore della lista' },
})

type ListOptions = Readonly<{
  territory?: string
  sequence?: number
  nextUpdate?: Date
  status?: string
  from?: string
  history?: string
  uses?: string
  qualifiers?: string
  pointers?: string
  by?: Signer
}>

const identity = ({ der }: Certificate): string =>
  `<DigitalId><X509Certificate>${der.toString('base64')}</X509Certificate></DigitalId>`
const extension = (inner: string): string => (inner === '' ? '' : `<Extension Critical="true">${inner}</Extension>`)

const DEFAULTS = {
  territory: 'IT',
  sequence: 5,
  nextUpdate: later(90),
  status: 'granted',
  from: '2020-01-01T00:00:00Z',
  history: '',
  uses: 'ForeSignatures',
  qualifiers: '',
  pointers: '',
  by: operator,
}

function list(options: ListOptions = {}): Buffer {
  const { territory, sequence, nextUpdate, status, from, history, uses, qualifiers, pointers, by } = {
    ...DEFAULTS,
    ...options,
  }
  const criteria = `<q:Qualifications xmlns:q="http://uri.etsi.org/TrstSvc/SvcInfoExt/eSigDir-1999-93-EC-TrustedList/#"><q:QualificationElement><q:Qualifiers>${qualifiers
    .split(' ')
    .map((name) => `<q:Qualifier uri="http://uri.etsi.org/TrstSvc/TrustedList/SvcInfoExt/${name}"/>`)
    .join(
      '',
    )}</q:Qualifiers><q:CriteriaList assert="all"><q:KeyUsage><q:KeyUsageBit name="nonRepudiation">true</q:KeyUsageBit></q:KeyUsage></q:CriteriaList></q:QualificationElement></q:Qualifications>`
  const services =
    territory === 'EU'
      ? ''
      : `<TrustServiceProviderList><TrustServiceProvider><TSPInformation><TSPName><Name xml:lang="it">Prestatore di prova</Name></TSPName></TSPInformation><TSPServices><TSPService><ServiceInformation><ServiceTypeIdentifier>http://uri.etsi.org/TrstSvc/Svctype/CA/QC</ServiceTypeIdentifier><ServiceName><Name xml:lang="it">CA</Name></ServiceName><ServiceDigitalIdentity>${identity(authority.certificate)}</ServiceDigitalIdentity><ServiceStatus>http://uri.etsi.org/TrstSvc/TrustedList/Svcstatus/${status}</ServiceStatus><StatusStartingTime>${from}</StatusStartingTime><ServiceInformationExtensions>${extension(`<AdditionalServiceInformation><URI xml:lang="en">http://uri.etsi.org/TrstSvc/TrustedList/SvcInfoExt/${uses}</URI></AdditionalServiceInformation>`)}${extension(qualifiers === '' ? '' : criteria)}</ServiceInformationExtensions></ServiceInformation>${history}</TSPService></TSPServices></TrustServiceProvider></TrustServiceProviderList>`
  const xml = `<TrustServiceStatusList xmlns="http://uri.etsi.org/02231/v2#" Id="tl"><SchemeInformation><TSLVersionIdentifier>6</TSLVersionIdentifier><TSLSequenceNumber>${sequence}</TSLSequenceNumber><SchemeTerritory>${territory}</SchemeTerritory><PointersToOtherTSL>${pointers}</PointersToOtherTSL><ListIssueDateTime>2026-01-01T00:00:00Z</ListIssueDateTime><NextUpdate><dateTime>${nextUpdate.toISOString()}</dateTime></NextUpdate></SchemeInformation>${services}</TrustServiceStatusList>`
  return sign(xml, by)
}

function sign(xml: string, by: Signer): Buffer {
  const signature = new SignedXml({
    privateKey: by.keyPem,
    publicCert: by.certificatePem,
    signatureAlgorithm: 'http://www.w3.org/2001/04/xmldsig-more#rsa-sha256',
    canonicalizationAlgorithm: 'http://www.w3.org/2001/10/xml-exc-c14n#',
  })
  signature.addReference({
    xpath: '/*',
    uri: '',
    isEmptyUri: true,
    digestAlgorithm: 'http://www.w3.org/2001/04/xmlenc#sha256',
    transforms: ['http://www.w3.org/2000/09/xmldsig#enveloped-signature', 'http://www.w3.org/2001/10/xml-exc-c14n#'],
  })
  signature.computeSignature(xml, { location: { reference: '/*', action: 'append' } })
  return Buffer.from(signature.getSignedXml())
}

describe('trusted lists', () => {
  it('are read with their services and their past', () => {
    const [service] = parseTrustedList(list()).services
    expect(service).to.deep.include({ provider: 'Prestatore di prova', type: 'CA/QC' })
    expect(service?.states[0]).to.deep.include({ status: 'granted', uses: ['ForeSignatures'] })
  })

  it('must be signed, once, by whom the pointer names, and unaltered', () => {
    const signed = list()
    expect(isListSignedBy(signed, [operator.certificate])).to.equal(true)
    expect(isListSignedBy(signed, [authority.certificate])).to.equal(false)
    expect(
      isListSignedBy(Buffer.from(signed.toString().replace('granted', 'withdrawn')), [operator.certificate]),
    ).to.equal(false)
    expect(isListSignedBy(sign(signed.toString(), operator), [operator.certificate])).to.equal(false)
    expect(
      isListSignedBy(Buffer.from(signed.toString().replace(/<Signature[\s\S]*<\/Signature>/, '')), [
        operator.certificate,
      ]),
    ).to.equal(false)
  })

  it('with a DTD are refused before they are read', () => {
    expect(() => parseTrustedList(Buffer.from(`<!DOCTYPE x [<!ENTITY a "b">]>${list().toString()}`))).to.throw('DTD')
  })
})

describe('qualification', () => {
  const qualified = (statements: readonly string[], type?: string) =>
    signer({ extensions: [usage('nonRepudiation'), qualifiedStatements({ statements, ...(type ? { type } : {}) })] })
  const of = (who: Signer, options: ListOptions = {}, at?: Date) => {
    const lists = createTrustIndex([parseTrustedList(list(options))])
    return check(p7m({ signers: [who] }), 'a.p7m', { lists, ...(at ? { at } : {}) }).signatures[0]?.qualification
  }
  const onDevice = qualified([OID.qcCompliance, OID.qcSscd])

  it('is QESig with a qualified certificate on a device', () => expect(of(onDevice)).to.equal('QESig'))
  it('is AdESig-QC without the device', () => expect(of(qualified([OID.qcCompliance]))).to.equal('AdESig-QC'))
  it('is AdESig when the certificate claims nothing', () => expect(of(signer())).to.equal('AdESig'))
  it('is AdESig when no list knows the authority, whatever the certificate claims', () =>
    expect(check(p7m({ signers: [onDevice] }), 'a.p7m').signatures[0]?.qualification).to.equal('AdESig'))
  it('follows the list where it speaks of the device', () => {
    expect(of(qualified([OID.qcCompliance]), { qualifiers: 'QCWithQSCD' })).to.equal('QESig')
    expect(of(onDevice, { qualifiers: 'QCNoQSCD' })).to.equal('AdESig-QC')
    expect(of(onDevice, { qualifiers: 'NotQualified' })).to.equal('AdESig')
    expect(of(signer(), { qualifiers: 'QCStatement QCWithQSCD' })).to.equal('QESig')
  })
  it('is a seal’s when certificate and service are for seals', () => {
    expect(of(qualified([OID.qcCompliance, OID.qcSscd], OID.qcTypeSeal), { uses: 'ForeSeals' })).to.equal('QESeal')
    expect(of(qualified([OID.qcCompliance, OID.qcSscd], OID.qcTypeSeal))).to.equal('AdESeal')
  })
  it('needs a service that is granted, when the certificate was issued and when it signed', () => {
    expect(of(onDevice, { status: 'withdrawn' })).to.equal('AdESig')
    expect(of(onDevice, { from: later(-10).toISOString() })).to.equal('AdESig')
  })
  it('is not certain by a list that is overdue', () =>
    expect(of(onDevice, { nextUpdate: later(-1) })).to.equal('Indeterminate QESig'))
})

describe('refreshing the trusted lists', () => {
  let server: Server
  let base = ''
  const published = new Map<string, Buffer>()
  before(async () => {
    server = createServer((request, response) => {
      const found = published.get(request.url ?? '')
      response.writeHead(found ? 200 : 404).end(found)
    })
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
    base = `http://127.0.0.1:${(server.address() as { port: number }).port}`
  })
  after(() => server.close())

  const pointer = () =>
    `<OtherTSLPointer><ServiceDigitalIdentities><ServiceDigitalIdentity>${identity(operator.certificate)}</ServiceDigitalIdentity></ServiceDigitalIdentities><TSLLocation>${base}/IT.xml</TSLLocation><AdditionalInformation><OtherInformation><SchemeTerritory>IT</SchemeTerritory></OtherInformation><OtherInformation><MimeType>application/vnd.etsi.tsl+xml</MimeType></OtherInformation></AdditionalInformation></OtherTSLPointer>`
  const kept = join(folder, 'lists')
  const refresh = () =>
    refreshTrustedLists({
      folder: kept,
      url: `${base}/eu-lotl.xml`,
      signers: [operator.certificate],
      privateHosts: ['127.0.0.1'],
    })
  const problems = async () => (await refresh()).map(({ problem }) => problem)

  it('takes what is well signed, and keeps the last good copy of what is not', async () => {
    published.set('/eu-lotl.xml', list({ territory: 'EU', pointers: pointer() })).set('/IT.xml', list({ sequence: 7 }))
    expect(await problems()).to.deep.equal([null, null])
    expect(loadTrustIndex(kept)?.lists.map(({ territory, sequence }) => [territory, sequence])).to.deep.equal([
      ['IT', 7],
    ])

    published.set('/IT.xml', list({ sequence: 8, by: signer({ key: rsa }) }))
    expect(await problems()).to.deep.equal([null, 'The signature of the list is not valid'])
    published.set('/IT.xml', list({ sequence: 6 }))
    expect(await problems()).to.deep.equal([null, 'The list is older than the copy in use'])
    published.set('/IT.xml', Buffer.from('<html/>'))
    expect((await problems())[1]).to.be.a('string')
    published.delete('/eu-lotl.xml')
    expect((await problems())[0]).to.equal('Answer 404')
    expect(loadTrustIndex(kept)?.lists[0]?.sequence).to.equal(7)

    published.set('/IT.xml', list({ sequence: 9 }))
    await refresh()
    expect(loadTrustIndex(kept)?.lists[0]?.sequence).to.equal(9)
    expect(toPem(operator.certificate)).to.include('BEGIN')
  })
})
