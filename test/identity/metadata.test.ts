import { generateKeyPairSync } from 'node:crypto'
import { DOMParser, type Element } from '@xmldom/xmldom'
import { expect } from 'chai'
import { SignedXml } from 'xml-crypto'
import { cieMetadata } from '../../server/identity/metadata-cie.ts'
import { spidMetadata } from '../../server/identity/metadata.ts'
import { serviceProviderCertificate } from '../../server/identity/service-provider-keys.ts'
import { SPID_ATTRIBUTES, type ServiceProvider } from '../../server/identity/service-provider.ts'
import { ORGANIZATION } from './platform.ts'

const ORIGIN = 'https://sportello.vallechiara.example'
const privateKey = generateKeyPairSync('rsa', { modulusLength: 2048 })
  .privateKey.export({ type: 'pkcs8', format: 'pem' })
  .toString()
const certificate = serviceProviderCertificate(privateKey, {
  organization: ORGANIZATION,
  entityId: ORIGIN,
  now: new Date(),
})
const provider: ServiceProvider = {
  organization: ORGANIZATION,
  origin: ORIGIN,
  keys: { entityId: ORIGIN, privateKey, certificate, otherCertificates: [] },
}

const parse = (document: string): Element => new DOMParser().parseFromString(document, 'text/xml').documentElement!
const elements = (root: Element, name: string): Element[] => [...root.getElementsByTagNameNS('*', name)]
const texts = (root: Element, name: string) => elements(root, name).map(({ textContent }) => textContent)
const names = (parent: Element) => [...parent.childNodes].map(({ nodeName }) => nodeName)

describe('the SPID metadata', () => {
  const document = spidMetadata(provider, { id: '_m', eidas: true })
  const root = parse(document)

  it('has the parts of an entity in the order of the schema, from the first byte', () => {
    expect(document.startsWith('<md:EntityDescriptor ')).to.equal(true)
    expect(names(root)).to.deep.equal(['ds:Signature', 'md:SPSSODescriptor', 'md:Organization', 'md:ContactPerson'])
    expect([root.getAttribute('entityID'), root.getAttribute('ID')]).to.deep.equal([ORIGIN, '_m'])
  })

  it('is signed with RSA-SHA256 by the key that it publishes', () => {
    const [signature] = elements(root, 'Signature')
    expect(elements(signature!, 'SignatureMethod')[0]!.getAttribute('Algorithm')).to.match(/rsa-sha256$/)
    expect(elements(signature!, 'DigestMethod')[0]!.getAttribute('Algorithm')).to.match(/#sha256$/)
    const published = texts(elements(root, 'KeyDescriptor')[0]!, 'X509Certificate')[0]!
    const check = new SignedXml({ publicCert: `-----BEGIN CERTIFICATE-----\n${published}\n-----END CERTIFICATE-----` })
    check.loadSignature(/<ds:Signature .*<\/ds:Signature>/s.exec(document)![0])
    expect(check.checkSignature(document)).to.equal(true)
  })

  it('describes the service provider', () => {
    const [role] = elements(root, 'SPSSODescriptor')
    const [acs] = elements(root, 'AssertionConsumerService')
    expect([role!.getAttribute('AuthnRequestsSigned'), role!.getAttribute('WantAssertionsSigned')]).to.deep.equal([
      'true',
      'true',
    ])
    expect([acs!.getAttribute('index'), acs!.getAttribute('isDefault'), acs!.getAttribute('Location')]).to.deep.equal([
      '0',
      'true',
      `${ORIGIN}/spid/acs`,
    ])
    expect(elements(root, 'SingleLogoutService').map((slo) => slo.getAttribute('Location'))).to.deep.equal([
      `${ORIGIN}/spid/slo`,
      `${ORIGIN}/spid/slo`,
    ])
    expect([...new Set(names(role!))]).to.deep.equal([
      'md:KeyDescriptor',
      'md:SingleLogoutService',
      'md:NameIDFormat',
      'md:AssertionConsumerService',
      'md:AttributeConsumingService',
    ])
  })

  it('asks for known attributes only, each once, in four sets', () => {
    const sets = elements(root, 'AttributeConsumingService')
    expect(sets.map((set) => set.getAttribute('index'))).to.deep.equal(['0', '1', '99', '100'])
    for (const set of sets) {
      const asked = elements(set, 'RequestedAttribute').map((attribute) => attribute.getAttribute('Name')!)
      expect(new Set(asked).size).to.equal(asked.length)
      expect(asked.filter((name) => !SPID_ATTRIBUTES.includes(name))).to.deep.equal([])
    }
  })

  it('has the eIDAS sets only where eIDAS is configured', () => {
    const without = parse(spidMetadata(provider, { id: '_m', eidas: false }))
    expect(elements(without, 'AttributeConsumingService')).to.have.length(2)
  })

  it('names the public body as its certificate does, with its contact', () => {
    expect(texts(root, 'OrganizationName')).to.deep.equal([ORGANIZATION.name])
    const [contact] = elements(root, 'ContactPerson')
    expect(contact!.getAttribute('contactType')).to.equal('other')
    expect(names(elements(contact!, 'Extensions')[0]!)).to.deep.equal([
      'spid:IPACode',
      'spid:VATNumber',
      'spid:FiscalCode',
      'spid:Public',
    ])
    expect(texts(contact!, 'TelephoneNumber')).to.deep.equal(['+390755550100'])
  })

  it('publishes two keys during a roll-over', () => {
    const rolling = { ...provider, keys: { ...provider.keys, otherCertificates: [certificate] } }
    expect(elements(parse(spidMetadata(rolling, { id: '_m', eidas: false })), 'KeyDescriptor')).to.have.length(2)
  })

  it('escapes what organisations are called', () => {
    const organization = { ...ORGANIZATION, name: 'Comune di "A" & <B>' }
    expect(
      texts(parse(spidMetadata({ ...provider, organization }, { id: '_m', eidas: false })), 'OrganizationName'),
    ).to.deep.equal([organization.name])
  })
})

describe('the SPID metadata of a member of a union that is aggregator', () => {
  const aggregator = { name: 'Unione della Valle', vat: '99000000002', phone: '075 1', email: 'unione@valle.example' }
  const keys = { ...provider.keys, entityId: `${ORIGIN}/pub-ag-full/c_x999` }
  const organization = { ...ORGANIZATION, aggregator }
  const root = parse(spidMetadata({ ...provider, organization, keys }, { id: '_m', eidas: false }))

  it('names both, and that the union identifies people for it', () => {
    const contacts = elements(root, 'ContactPerson')
    expect(contacts.map((contact) => contact.getAttribute('spid:entityType'))).to.deep.equal([
      'spid:aggregator',
      'spid:aggregated',
    ])
    expect(contacts.map((contact) => names(elements(contact, 'Extensions')[0]!))).to.deep.equal([
      ['spid:VATNumber', 'spid:PublicServicesFullAggregator'],
      ['spid:IPACode', 'spid:Public'],
    ])
    expect(texts(root, 'Company')).to.deep.equal(['Unione della Valle', ORGANIZATION.name])
    expect(texts(root, 'EmailAddress')).to.deep.equal([aggregator.email])
  })
})

describe('the CIE metadata', () => {
  const root = parse(cieMetadata(provider, { id: '_m' }))

  it('declares the CIE namespace, an administrative contact and its extensions', () => {
    expect(root.getAttribute('xmlns:cie')).to.equal('https://www.cartaidentita.interno.gov.it/saml-extensions')
    const [contact] = elements(root, 'ContactPerson')
    expect(contact!.getAttribute('contactType')).to.equal('administrative')
    expect(texts(root, 'Municipality')).to.deep.equal([ORGANIZATION.belfiore])
    expect(texts(root, 'IPACategory')).to.deep.equal(['L6'])
  })

  it('asks for the four attributes of CIE, in a service named by a stable UUID', () => {
    const asked = elements(root, 'RequestedAttribute').map((attribute) => attribute.getAttribute('Name'))
    expect(asked).to.deep.equal(['name', 'familyName', 'dateOfBirth', 'fiscalNumber'])
    expect(texts(root, 'ServiceName')[0]).to.match(
      /^urn:uuid:[0-9a-f]{8}-[0-9a-f]{4}-4[0-9a-f]{3}-a[0-9a-f]{3}-[0-9a-f]{12}$/,
    )
    expect(texts(parse(cieMetadata(provider, { id: '_n' })), 'ServiceName')).to.deep.equal(texts(root, 'ServiceName'))
  })

  it('leads to addresses of its own', () => {
    expect(elements(root, 'AssertionConsumerService')[0]!.getAttribute('Location')).to.equal(`${ORIGIN}/cie/acs`)
    expect(elements(root, 'SingleLogoutService')[0]!.getAttribute('Location')).to.equal(`${ORIGIN}/cie/slo`)
  })
})
