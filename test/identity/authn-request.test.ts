import { DOMParser, type Element } from '@xmldom/xmldom'
import { expect } from 'chai'
import { createVerify, X509Certificate } from 'node:crypto'
import { inflateRawSync } from 'node:zlib'
import { testDatabase } from '../support/database.ts'
import { begin, makeProvider, PUBLIC_ADDRESS, startPlatform, type Platform } from './platform.ts'

const ENTITY = 'urn:oasis:names:tc:SAML:2.0:nameid-format:entity'
const TRANSIENT = 'urn:oasis:names:tc:SAML:2.0:nameid-format:transient'

/** SPID technical rules, AuthnRequest; AgID Avviso 5. */
describe('an AuthnRequest', () => {
  const database = testDatabase()
  const provider = makeProvider('https://idp.one.example')
  let platform: Platform
  let metadata: Element

  before(async () => {
    platform = await startPlatform(database.connection, { providers: [provider] })
    metadata = rootOf((await platform.browser().get('/spid/metadata')).text)
  })
  after(() => platform.stop())

  const rootOf = (text: string): Element => {
    const root = new DOMParser().parseFromString(text, 'text/xml').documentElement
    if (!root) throw new Error('No document')
    return root
  }
  const all = (root: Element, name: string): Element[] =>
    [...root.getElementsByTagNameNS('*', name)].filter((node) => node.localName === name)
  const only = (root: Element, name: string): Element => {
    const [first, ...others] = all(root, name)
    if (!first || others.length > 0) throw new Error(`Not one ${name}`)
    return first
  }
  const indexes = (name: string): string[] => all(metadata, name).map((node) => node.getAttribute('index') ?? '')

  for (const level of [1, 2, 3] as const) {
    it(`says at level ${level} who asks whom for what, and nothing that the rules forbid`, async () => {
      const { xml, id } = await begin(platform.browser(), provider, { level })
      const root = rootOf(xml)
      expect(id).to.match(/^_[\w-]{20,}$/)
      expect(root.getAttribute('Version')).to.equal('2.0')
      const instant = root.getAttribute('IssueInstant') ?? ''
      expect(instant).to.match(/^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(\.\d+)?Z$/)
      expect(Math.abs(Date.now() - Date.parse(instant))).to.be.below(60_000)
      expect(root.getAttribute('Destination')).to.equal('https://idp.one.example/sso')
      expect(root.getAttribute('ForceAuthn')).to.equal('true')
      const issuer = only(root, 'Issuer')
      expect(issuer.textContent).to.equal(PUBLIC_ADDRESS)
      expect([issuer.getAttribute('Format'), issuer.getAttribute('NameQualifier')]).to.deep.equal([
        ENTITY,
        PUBLIC_ADDRESS,
      ])
      const context = only(root, 'RequestedAuthnContext')
      expect(context.getAttribute('Comparison')).to.equal('minimum')
      expect(only(context, 'AuthnContextClassRef').textContent).to.equal(`https://www.spid.gov.it/SpidL${level}`)
      const policy = only(root, 'NameIDPolicy')
      expect(policy.getAttribute('Format')).to.equal(TRANSIENT)
      expect(policy.hasAttribute('AllowCreate')).to.equal(false)
      for (const name of ['IsPassive', 'AssertionConsumerServiceURL', 'ProtocolBinding'])
        expect(root.hasAttribute(name), name).to.equal(false)
      for (const name of ['Subject', 'Conditions', 'Scoping', 'Extensions'])
        expect(all(root, name), name).to.deep.equal([])
    })
  }

  it('names services that are in the metadata', async () => {
    const root = rootOf((await begin(platform.browser(), provider)).xml)
    expect(indexes('AssertionConsumerService')).to.include(root.getAttribute('AssertionConsumerServiceIndex'))
    expect(indexes('AttributeConsumingService')).to.include(root.getAttribute('AttributeConsumingServiceIndex'))
  })

  it('by redirect is signed over the query, in the order of the binding, and has no signature inside', async () => {
    const { location, xml } = await begin(platform.browser(), provider, { returnTo: '/pratiche/1' })
    expect([...location.searchParams.keys()]).to.deep.equal(['SAMLRequest', 'RelayState', 'SigAlg', 'Signature'])
    expect(location.searchParams.get('SigAlg')).to.equal('http://www.w3.org/2001/04/xmldsig-more#rsa-sha256')
    expect(all(rootOf(xml), 'Signature')).to.deep.equal([])
    const [signed = '', signature = ''] = location.search.slice(1).split('&Signature=')
    const certificate = only(only(metadata, 'SPSSODescriptor'), 'X509Certificate').textContent ?? ''
    const { publicKey } = new X509Certificate(Buffer.from(certificate, 'base64'))
    const verifier = createVerify('sha256').update(signed)
    expect(verifier.verify(publicKey, Buffer.from(decodeURIComponent(signature), 'base64'))).to.equal(true)
  })

  it('asks level 2 where none is named, or none that there is', async () => {
    for (const query of ['', '&livello=0', '&livello=4', '&livello=22', '&livello=1&livello=3']) {
      const { location } = await platform.browser().get(`/accesso/spid?idp=${provider.entityId}${query}`)
      const request = new URL(location).searchParams.get('SAMLRequest') ?? ''
      expect(inflateRawSync(Buffer.from(request, 'base64')).toString(), query).to.include('/SpidL2<')
    }
  })

  it('is never kept by the browser or on the way', async () => {
    for (const binding of ['redirect', 'post']) {
      const { headers } = await platform.browser().get(`/accesso/spid?idp=${provider.entityId}&binding=${binding}`)
      expect(headers.get('cache-control'), binding).to.equal('no-store')
    }
  })

  it('carries a RelayState that says nothing', async () => {
    const states = await Promise.all(
      [1, 2].map(async () => {
        const { location } = await begin(platform.browser(), provider, { returnTo: '/pratiche/segreta' })
        return location.searchParams.get('RelayState') ?? ''
      }),
    )
    expect(new Set(states).size).to.equal(2)
    for (const state of states) expect(state).to.match(/^[\w-]{16,80}$/)
  })
})
