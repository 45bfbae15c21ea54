import { readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { inflateRawSync } from 'node:zlib'
import { expect } from 'chai'
import { testDatabase } from '../support/database.ts'
import { logoutRequest, logoutResponse, signedRedirect, signElement } from '../support/identity-provider/index.ts'
import type { Browser } from './browser.ts'
import {
  begin,
  makeProvider,
  personalArea,
  PUBLIC_ADDRESS,
  responseTo,
  startPlatform,
  type Platform,
} from './platform.ts'

const SLO = `${PUBLIC_ADDRESS}/spid/slo`

describe('logging out', () => {
  const database = testDatabase()
  const provider = makeProvider('https://idp.one.example')
  const other = makeProvider('https://idp.two.example')
  const postOnly = makeProvider('https://idp.three.example')
  const issuer = provider.entityId
  let platform: Platform

  before(async () => {
    platform = await startPlatform(database.connection, { providers: [provider, other, postOnly] })
    const file = join(platform.providersFolder, 'idp.three.example.xml')
    const metadata = readFileSync(file, 'utf8')
    writeFileSync(file, metadata.replace(/<md:SingleLogoutService Binding="[^"]+:HTTP-Redirect"[^>]+>/, ''))
  })
  after(async () => platform.stop())

  async function loggedIn(level: 1 | 2, by = provider) {
    const browser = platform.browser()
    const request = await begin(browser, by, { level })
    await browser.post('/spid/acs', { SAMLResponse: responseTo(request, by, { level }) })
    const { login, csrf } = (await personalArea(browser))!
    return { browser, login, csrf }
  }
  const local = (address: string): string => address.replace(PUBLIC_ADDRESS, '')

  it('ends the session here, and its cookie opens nothing any more', async () => {
    const { browser, csrf } = await loggedIn(2)
    const kept = new Map(browser.cookies)
    const answer = await browser.post('/esci', { _csrf: csrf })
    expect([answer.status, answer.location]).to.deep.equal([303, '/esci'])
    expect((await browser.get('/esci')).text).to.include('Sei uscito')
    const thief = platform.browser()
    for (const [name, value] of kept) thief.cookies.set(name, value)
    expect(await personalArea(thief)).to.equal(undefined)
  })

  it('is refused without the token of the session: nobody is logged out by another site', async () => {
    const { browser } = await loggedIn(2)
    expect((await browser.post('/esci', { _csrf: 'wrong' })).status).to.equal(403)
    expect(await personalArea(browser)).to.not.equal(undefined)
  })

  describe('with the provider, at level 1', () => {
    /** Logs out here and reads the request that goes to the provider. */
    async function leave() {
      const { browser, login, csrf } = await loggedIn(1)
      const answer = await browser.post('/esci', { _csrf: csrf })
      const address = new URL(answer.headers.get('refresh')!.replace('0; url=', ''))
      const xml = inflateRawSync(Buffer.from(address.searchParams.get('SAMLRequest')!, 'base64')).toString()
      return { browser, login, address, xml, id: / ID="([^"]+)"/.exec(xml)![1]! }
    }

    it('asks it with a signed LogoutRequest', async () => {
      const { browser, login, address, xml } = await leave()
      expect(address.origin + address.pathname).to.equal(`${issuer}/slo`)
      expect([...address.searchParams.keys()]).to.deep.equal(['SAMLRequest', 'RelayState', 'SigAlg', 'Signature'])
      expect(address.searchParams.get('RelayState')).to.match(/^[\w-]{16,}$/)
      expect(xml).to.include(`NameQualifier="${issuer}">${login.nameId!}</saml:NameID>`)
      expect(xml).to.include(`<samlp:SessionIndex>${login.sessionIndex!}</samlp:SessionIndex>`)
      expect(xml).to.include(`NameQualifier="${PUBLIC_ADDRESS}">${PUBLIC_ADDRESS}</saml:Issuer>`)
      expect(await personalArea(browser)).to.equal(undefined)
    })

    it('asks one that takes only HTTP-POST with a signed document in a form', async () => {
      const { browser, csrf } = await loggedIn(1, postOnly)
      const { status, text, headers } = await browser.post('/esci', { _csrf: csrf })
      expect(status).to.equal(200)
      expect(headers.get('content-security-policy')).to.include(`form-action 'self' ${postOnly.entityId}`)
      const [, encoded = ''] = /name="SAMLRequest" value="([^"]+)"/.exec(text) ?? []
      const xml = Buffer.from(encoded.replaceAll('&#x3D;', '='), 'base64').toString()
      expect(xml).to.match(/^<samlp:LogoutRequest .*<\/saml:Issuer><ds:Signature .*<samlp:SessionIndex>/s)
      expect(text).to.match(/name="RelayState" value="[\w-]{16,}"/)
      expect(await personalArea(browser)).to.equal(undefined)
    })

    it('takes its signed answer, once, and says when other sessions may remain', async () => {
      for (const partial of [false, true]) {
        const { browser, id, address: asked } = await leave()
        const document = logoutResponse({ inResponseTo: id, destination: SLO, issuer, partial })
        const relayState = asked.searchParams.get('RelayState')!
        const address = local(signedRedirect(SLO, { name: 'SAMLResponse', document, relayState }, provider.signer))
        const page = await browser.get(address)
        expect(page.status).to.equal(200)
        expect(page.text.includes('Altri accessi ancora aperti')).to.equal(partial)
        expect((await browser.get(address)).status, 'the second time').to.equal(403)
      }
    })

    it('refuses an answer that is unsigned, by another provider, or to another request', async () => {
      const { browser, id } = await leave()
      const document = logoutResponse({ inResponseTo: id, destination: SLO, issuer })
      const good = local(signedRedirect(SLO, { name: 'SAMLResponse', document }, provider.signer))
      const unsigned = good.replace(/&SigAlg=.*/, '')
      const byOther = local(signedRedirect(SLO, { name: 'SAMLResponse', document }, other.signer))
      const stray = logoutResponse({ inResponseTo: '_x', destination: SLO, issuer })
      const toOther = local(signedRedirect(SLO, { name: 'SAMLResponse', document: stray }, provider.signer))
      for (const address of [unsigned, byOther, toOther]) expect((await browser.get(address)).status).to.equal(403)
    })
  })

  describe('begun by the provider', () => {
    const send = (browser: Browser, document: string, relayState = 'a b&c') =>
      browser.get(local(signedRedirect(SLO, { name: 'SAMLRequest', document, relayState }, provider.signer)))

    it('ends the session of that person in every browser and answers Success, signed', async () => {
      const { browser, login } = await loggedIn(1)
      const facts = { destination: SLO, issuer, nameId: login.nameId!, sessionIndex: login.sessionIndex! }
      const answer = await send(platform.browser(), logoutRequest(facts))
      expect(answer.status).to.equal(303)
      const address = new URL(answer.location)
      expect(address.origin + address.pathname).to.equal(`${issuer}/slo`)
      expect(address.searchParams.get('RelayState')).to.equal('a b&c')
      expect(address.searchParams.get('Signature')).to.be.a('string').and.not.equal('')
      const xml = inflateRawSync(Buffer.from(address.searchParams.get('SAMLResponse')!, 'base64')).toString()
      expect(xml).to.include('status:Success').and.include(`Destination="${issuer}/slo"`)
      expect(await personalArea(browser)).to.equal(undefined)
    })

    it('answers Success also when the session was already gone', async () => {
      const facts = { destination: SLO, issuer, nameId: '_unknown', sessionIndex: '_unknown' }
      expect((await send(platform.browser(), logoutRequest(facts))).status).to.equal(303)
    })

    it('works with HTTP-POST too: the document signed, the answer a form', async () => {
      const { browser, login } = await loggedIn(1)
      const facts = { destination: SLO, issuer, nameId: login.nameId!, sessionIndex: login.sessionIndex! }
      const signed = signElement(logoutRequest(facts), 'LogoutRequest', provider.signer)
      const SAMLRequest = Buffer.from(signed).toString('base64')
      const answer = await platform.browser().post('/spid/slo', { SAMLRequest })
      expect(answer.status).to.equal(200)
      expect(answer.text).to.include(`action="${issuer}/slo"`).and.include('name="SAMLResponse"')
      expect(answer.headers.get('content-security-policy')).to.include(`form-action 'self' ${issuer}`)
      expect(await personalArea(browser)).to.equal(undefined)
    })

    it('is refused unsigned, replayed, stale, for another address, or with the signed parameter replaced', async () => {
      const { browser, login } = await loggedIn(1)
      const facts = { destination: SLO, issuer, nameId: login.nameId!, sessionIndex: login.sessionIndex! }
      const document = logoutRequest(facts)
      const good = local(signedRedirect(SLO, { name: 'SAMLRequest', document }, provider.signer))
      const stranger = platform.browser()
      const refusedAddresses = {
        unsigned: good.replace(/&SigAlg=.*/, ''),
        'by another provider': local(signedRedirect(SLO, { name: 'SAMLRequest', document }, other.signer)),
        'another address': local(
          signedRedirect(
            SLO,
            { name: 'SAMLRequest', document: document.replace('/spid/slo', '/altro') },
            provider.signer,
          ),
        ),
        stale: local(
          signedRedirect(
            SLO,
            {
              name: 'SAMLRequest',
              document: document.replace(/IssueInstant="[^"]+"/, 'IssueInstant="2020-01-01T00:00:00Z"'),
            },
            provider.signer,
          ),
        ),
        'named twice': good.replace('?', `?SAMLRequest=${encodeURIComponent('eJw=')}&`),
        'signed response, request in an encoded name': smuggled(document),
      }
      for (const [name, address] of Object.entries(refusedAddresses)) {
        expect((await stranger.get(address)).status, name).to.equal(403)
        expect(await personalArea(browser), name).to.not.equal(undefined)
      }
      const SAMLRequest = Buffer.from(document).toString('base64')
      expect((await stranger.post('/spid/slo', { SAMLRequest })).status, 'unsigned POST').to.equal(403)
      expect((await stranger.get(good)).status).to.equal(303)
      expect((await stranger.get(good)).status, 'replayed').to.equal(403)
    })

    /** A rightly signed response whose query also carries a request under a name that decodes to SAMLRequest. */
    function smuggled(document: string): string {
      const response = logoutResponse({ inResponseTo: '_x', destination: SLO, issuer })
      const signed = local(signedRedirect(SLO, { name: 'SAMLResponse', document: response }, provider.signer))
      const request = new URL(signedRedirect(SLO, { name: 'SAMLRequest', document }, other.signer)).searchParams.get(
        'SAMLRequest',
      )!
      return `${signed}&SAML%52equest=${encodeURIComponent(request)}`
    }
  })
})
