import { generateKeyPairSync } from 'node:crypto'
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { DOMParser, type Element } from '@xmldom/xmldom'
import { expect } from 'chai'
import { SignedXml } from 'xml-crypto'
import { cieMetadata } from '../../server/identity/metadata-cie.ts'
import { spidMetadata } from '../../server/identity/metadata.ts'
import { createServiceProviders } from '../../server/identity/service-provider-service.ts'
import { ensureServiceProviderKeys, serviceProviderCertificate } from '../../server/identity/service-provider-keys.ts'
import type { Organization, ServiceProvider } from '../../server/identity/service-provider.ts'
import type { SpidIntermediary } from '../../server/shared/spid-intermediary.ts'
import { testDatabase } from '../support/database.ts'
import { ORGANIZATION, startPlatform } from './platform.ts'

/** The 23 names that a SPID provider may be asked for (spid-cie.md §6.1). */
const SPID_ATTRIBUTES: readonly string[] = [
  ...['spidCode', 'name', 'familyName', 'placeOfBirth', 'countyOfBirth', 'dateOfBirth', 'gender', 'fiscalNumber'],
  ...['idCard', 'mobilePhone', 'email', 'digitalAddress', 'address', 'expirationDate'],
  ...['domicileStreetAddress', 'domicilePostalCode', 'domicileMunicipality', 'domicileProvince', 'domicileNation'],
  ...['companyName', 'registeredOffice', 'companyFiscalNumber', 'ivaCode'],
]

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

  it('names no VAT number where the body has none', () => {
    const organization = Object.fromEntries(Object.entries(ORGANIZATION).filter(([name]) => name !== 'vat'))
    const bare = { ...provider, organization: organization as Organization }
    expect(spidMetadata(provider, { id: '_m', eidas: false })).to.include('<spid:VATNumber>IT99000000994<')
    for (const metadata of [spidMetadata(bare, { id: '_m', eidas: false }), cieMetadata(bare, { id: '_m' })])
      expect(metadata).to.not.include('VATNumber')
  })

  it('escapes what organisations are called', () => {
    const organization = { ...ORGANIZATION, name: 'Comune di "A" & <B>' }
    expect(
      texts(parse(spidMetadata({ ...provider, organization }, { id: '_m', eidas: false })), 'OrganizationName'),
    ).to.deep.equal([organization.name])
  })
})

describe('the SPID metadata of a member of a union', () => {
  const unionOf = (profile: SpidIntermediary['profile']): SpidIntermediary => ({
    profile,
    vat: '99000000002',
    cf: '99000000002',
    phone: '075 1',
    email: 'unione@valle.example',
    website: 'https://www.valle.example',
    ...(profile.endsWith('lite') ? { validationCertificate: certificate } : {}),
    ...(profile === 'pub-op-full' ? { ipaCode: 'uv_x9' } : {}),
  })
  const documentOf = (profile: SpidIntermediary['profile']): string => {
    const keys = { ...provider.keys, entityId: `${ORIGIN}/${profile}/c_x999` }
    const organization = { ...ORGANIZATION, union: { name: 'Unione della Valle', spid: unionOf(profile) } }
    return spidMetadata({ ...provider, organization, keys }, { id: '_m', eidas: false })
  }
  const base64 = certificate.replace(/-----[^-]+-----|\s/g, '')
  const member = `<md:ContactPerson contactType="other" spid:entityType="spid:aggregated"><md:Extensions><spid:IPACode>c_x999</spid:IPACode><spid:Public/></md:Extensions><md:Company>Comune di Vallechiara</md:Company></md:ContactPerson>`
  const key = `<spid:KeyDescriptor use="spid:validation"><ds:KeyInfo><ds:X509Data><ds:X509Certificate>${base64}</ds:X509Certificate></ds:X509Data></ds:KeyInfo></spid:KeyDescriptor>`
  const union = (activity: string, { ipa = '', more = '' } = {}): string =>
    `<md:ContactPerson contactType="other" spid:entityType="spid:aggregator"><md:Extensions>${ipa}<spid:VATNumber>IT99000000002</spid:VATNumber><spid:FiscalCode>99000000002</spid:FiscalCode><spid:PublicServices${activity}/>${more}</md:Extensions><md:Company>Unione della Valle</md:Company><md:EmailAddress>unione@valle.example</md:EmailAddress><md:TelephoneNumber>+390751</md:TelephoneNumber></md:ContactPerson>`

  // As AgID's own examples have them (spid-sp-test, tests/metadata).
  for (const [profile, contacts] of [
    ['pub-ag-full', union('FullAggregator') + member],
    ['pub-ag-lite', union('LightAggregator', { more: key }) + member],
    ['pub-op-full', union('FullOperator', { ipa: '<spid:IPACode>uv_x9</spid:IPACode>' })],
    ['pub-op-lite', union('LightOperator', { more: key }) + member],
  ] as const)
    it(`names who is to be contacted, as ${profile}`, () => {
      const document = documentOf(profile)
      const found = document.slice(document.indexOf('<md:ContactPerson'), document.indexOf('</md:EntityDescriptor>'))
      expect(found.replace(/>\s+</g, '><').trim()).to.equal(contacts)
    })

  it('is the member’s own, but for an operator', () => {
    for (const [profile, name] of [
      ['pub-ag-full', ORGANIZATION.name],
      ['pub-ag-lite', ORGANIZATION.name],
      ['pub-op-lite', 'Unione della Valle'],
      ['pub-op-full', 'Unione della Valle'],
    ] as const)
      expect(texts(parse(documentOf(profile)), 'OrganizationName'), profile).to.deep.equal([name])
  })

  it('is an ordinary one when the union does not stand between', () => {
    const organization = { ...ORGANIZATION, union: { name: 'Unione della Valle' } }
    const root = parse(spidMetadata({ ...provider, organization }, { id: '_m', eidas: false }))
    expect(elements(root, 'ContactPerson').map((one) => one.getAttribute('spid:entityType'))).to.deep.equal([null])
  })

  it('needs an entityID with the code of the profile', () => {
    const keys = mkdtempSync(join(tmpdir(), 'keys-'))
    const folder = join(keys, ORGANIZATION.id)
    ensureServiceProviderKeys(folder, {
      organization: ORGANIZATION,
      entityId: `${ORIGIN}/pub-ag-full/c_x999`,
      now: new Date(),
    })
    const providers = createServiceProviders({ keys, originOf: () => ORIGIN })
    const as = (profile: SpidIntermediary['profile']) =>
      providers.of({ ...ORGANIZATION, union: { name: 'Unione della Valle', spid: unionOf(profile) } })
    expect(() => as('pub-ag-lite')).to.throw('pub-ag-lite')
    expect(as('pub-ag-full').keys.entityId).to.contain('pub-ag-full')
    rmSync(keys, { recursive: true })
  })
})

describe('the metadata of a municipality with an address of its own', () => {
  const database = testDatabase()

  it('leads there, not to the address of the installation', async () => {
    const publicAddress = 'https://servizi.montelago.example'
    const organization = { ...ORGANIZATION, publicAddress }
    const platform = await startPlatform(database.connection, { providers: [], organization })
    try {
      for (const scheme of ['spid', 'cie']) {
        const { text } = await platform.browser().get(`/${scheme}/metadata`)
        const locations = [...text.matchAll(/ (?:Response)?Location="([^"]+)"/g)].map(([, address]) => address ?? '')
        expect(locations).to.include(`${publicAddress}/${scheme}/acs`)
        const again = await platform.browser().get(`/${scheme}/metadata`)
        expect(again.text, 'signed once').to.equal(text)
        for (const address of locations)
          expect(address.startsWith(`${publicAddress}/${scheme}/`), address).to.equal(true)
      }
    } finally {
      await platform.stop()
    }
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
