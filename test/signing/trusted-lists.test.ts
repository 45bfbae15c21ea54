import { expect } from 'chai'
import { qualifiedStatements, usage } from '../../server/certificates/certificate-builder.ts'
import { OID } from '../../server/shared/asn1/oids.ts'
import { createTrustIndex } from '../../server/signing/trust-index.ts'
import { isListSignedBy, parseTrustedList } from '../../server/signing/trusted-list.ts'
import { trustedList, type ListContent, type ListedService } from '../support/trust-services/trusted-list.ts'
import { p7m } from './openssl.ts'
import { authority, check, later, signer, type Signer } from './pki.ts'

const operator = signer({ subject: { country: 'IT', organization: 'Lista', commonName: 'Gestore della lista' } })

const list = (service: Partial<ListedService> = {}, content: Partial<ListContent> = {}): Promise<Buffer> =>
  trustedList({
    territory: 'IT',
    sequence: 5,
    issued: later(-30),
    nextUpdate: later(90),
    operator,
    services: [
      {
        type: 'CA/QC',
        name: 'CA',
        certificate: authority.certificate,
        from: new Date('2020-01-01'),
        uses: ['ForeSignatures'],
        ...service,
      },
    ],
    ...content,
  })

describe('trusted lists', () => {
  it('are read with their services and their past', async () => {
    const history = [{ status: 'granted', from: new Date('2018-01-01') }] as const
    const [service] = parseTrustedList(await list({ status: 'withdrawn', history })).services
    expect(service).to.deep.include({ provider: 'Prestatore di prova', type: 'CA/QC' })
    expect(service?.states.map(({ status }) => status)).to.deep.equal(['withdrawn', 'granted'])
    expect(service?.states[0]?.uses).to.deep.equal(['ForeSignatures'])
  })

  it('must be signed, once, by whom the pointer names, and unaltered', async () => {
    const signed = await list()
    const isGood = (text: string, by = operator) => isListSignedBy(Buffer.from(text), [by.certificate])
    const [signature = ''] = /<ds:Signature [\s\S]*<\/ds:Signature>/.exec(signed.toString()) ?? []
    expect(isGood(signed.toString())).to.equal(true)
    expect(isGood(signed.toString(), signer())).to.equal(false)
    expect(isGood(signed.toString().replace('granted', 'withdrawn'))).to.equal(false)
    expect(isGood(signed.toString().replace(signature, signature + signature))).to.equal(false)
    expect(isGood(signed.toString().replace(signature, ''))).to.equal(false)
  })

  it('with a DTD are refused before they are read', async () => {
    const text = (await list()).toString().replace(/^<\?xml[^>]*>/, '')
    expect(() => parseTrustedList(Buffer.from(`<!DOCTYPE x [<!ENTITY a "b">]>${text}`))).to.throw('DTD')
  })
})

describe('qualification', () => {
  const qualified = (statements: readonly string[], type?: string) =>
    signer({ extensions: [usage('nonRepudiation'), qualifiedStatements({ statements, ...(type ? { type } : {}) })] })
  const report = async (who: Signer, service: Partial<ListedService> = {}, content: Partial<ListContent> = {}) => {
    const lists = createTrustIndex([parseTrustedList(await list(service, content))])
    return check(p7m({ signers: [who] }), 'a.p7m', { lists }).signatures[0]
  }
  const of = async (who: Signer, service: Partial<ListedService> = {}) => (await report(who, service))?.qualification
  const onDevice = qualified([OID.qcCompliance, OID.qcSscd])

  it('is QESig with a qualified certificate on a device, and names the list', async () => {
    const signature = await report(onDevice)
    expect(signature?.qualification).to.equal('QESig')
    expect(signature?.trustedList).to.include({ territory: 'IT', sequence: 5, overdue: false })
  })
  it('is AdESig-QC without the device', async () =>
    expect(await of(qualified([OID.qcCompliance]))).to.equal('AdESig-QC'))
  it('is AdESig when the certificate claims nothing', async () => expect(await of(signer())).to.equal('AdESig'))
  it('is AdESig when no list knows the authority, whatever the certificate claims', () => {
    const [signature] = check(p7m({ signers: [onDevice] }), 'a.p7m').signatures
    expect(signature?.qualification).to.equal('AdESig')
    expect(signature).not.to.have.property('trustedList')
  })
  it('follows the list where it speaks of the device', async () => {
    expect(await of(onDevice, { qualifiers: ['QCWithQSCD'] })).to.equal('QESig')
    expect(await of(onDevice, { qualifiers: ['QCNoQSCD'] })).to.equal('AdESig-QC')
    expect(await of(onDevice, { qualifiers: ['NotQualified'] })).to.equal('AdESig')
    expect(await of(signer(), { qualifiers: ['QCStatement', 'QCWithQSCD'] })).to.equal('QESig')
  })
  it('is a seal’s when certificate and service are for seals', async () => {
    const seal = qualified([OID.qcCompliance, OID.qcSscd], OID.qcTypeSeal)
    expect(await of(seal, { uses: ['ForeSeals'] })).to.equal('QESeal')
    expect(await of(seal)).to.equal('AdESeal')
  })
  it('needs a service that is granted, when the certificate was issued and when it signed', async () => {
    expect(await of(onDevice, { status: 'withdrawn' })).to.equal('AdESig')
    expect(await of(onDevice, { from: later(-10) })).to.equal('AdESig')
    const granted = [{ status: 'granted', from: later(-2_000) }] as const
    expect(await of(onDevice, { status: 'withdrawn', from: later(-10), history: granted })).to.equal('AdESig')
    expect(await of(onDevice, { status: 'withdrawn', from: later(10), history: granted })).to.equal('QESig')
  })
  it('is not certain by a list that is overdue, while the signature stands', async () => {
    const signature = await report(onDevice, {}, { nextUpdate: later(-1) })
    expect(signature).to.include({ indication: 'TOTAL-PASSED', qualification: 'Indeterminate QESig' })
    expect(signature?.trustedList?.overdue).to.equal(true)
  })
  it('does not hang on another State’s list', async () => {
    const foreign = parseTrustedList(
      await list({ certificate: operator.certificate }, { territory: 'FR', nextUpdate: later(-1) }),
    )
    const lists = createTrustIndex([parseTrustedList(await list()), foreign])
    expect(check(p7m({ signers: [onDevice] }), 'a.p7m', { lists }).signatures[0]?.qualification).to.equal('QESig')
  })
})
