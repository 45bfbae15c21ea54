import { sign } from 'node:crypto'
import { readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { deflateRawSync, inflateRawSync } from 'node:zlib'
import { expect } from 'chai'
import { testDatabase } from '../support/database.ts'
import {
  logoutRequest,
  logoutResponse,
  signedRedirect,
  signElement,
  type Spoiling,
} from '../support/identity-provider/index.ts'
import type { Browser } from './browser.ts'
import {
  begin,
  makeProvider,
  personalArea,
  PUBLIC_ADDRESS,
  responseTo,
  startPlatform,
  type Platform,
  type TestProvider,
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
    change(postOnly, (metadata) => metadata.replace(/<md:SingleLogoutService Binding="[^"]+:HTTP-Redirect"[^>]+>/, ''))
    change(other, (metadata) =>
      metadata.replaceAll('/slo"/>', '/slo" ResponseLocation="https://idp.two.example/end"/>'),
    )
  })
  after(async () => platform.stop())

  function change({ entityId }: TestProvider, edit: (metadata: string) => string): void {
    const file = join(platform.providersFolder, `${new URL(entityId).hostname}.xml`)
    writeFileSync(file, edit(readFileSync(file, 'utf8')))
  }
  async function loggedIn(level: 1 | 2, by = provider, alter: Spoiling['alter'] = () => undefined) {
    const browser = platform.browser()
    const request = await begin(browser, by, { level })
    await browser.post('/spid/acs', { SAMLResponse: responseTo(request, by, { level, alter }) })
    const { login, csrf } = (await personalArea(browser))!
    return { browser, login, csrf }
  }
  const local = (address: string): string => address.replace(PUBLIC_ADDRESS, '')

  it('ends the session here, and its cookie opens nothing any more', async () => {
    const { browser, csrf } = await loggedIn(2)
    const kept = new Map(browser.cookies)
    const answer = await browser.post('/esci', { _csrf: csrf })
    expect([answer.status, answer.location]).to.deep.equal([303, '/esci'])
    expect(answer.headers.get('clear-site-data'), 'pages kept for the Back button').to.equal('"cache"')
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

  it('asks the provider nothing above level 1, where it keeps no session, whatever the assertion says', async () => {
    const { browser, csrf } = await loggedIn(2, provider, ({ assertion }) => {
      assertion.getElementsByTagNameNS('*', 'AuthnStatement')[0]!.setAttribute('SessionIndex', '_session')
    })
    expect((await browser.post('/esci', { _csrf: csrf })).location).to.equal('/esci')
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
      const { browser, login, address, xml, id } = await leave()
      expect(address.origin + address.pathname).to.equal(`${issuer}/slo`)
      expect([...address.searchParams.keys()]).to.deep.equal(['SAMLRequest', 'RelayState', 'SigAlg', 'Signature'])
      expect(address.searchParams.get('RelayState')).to.match(/^[\w-]{16,}$/)
      expect(xml).to.include(`NameQualifier="${issuer}">${login.nameId!}</saml:NameID>`)
      expect(xml).to.include(`<samlp:SessionIndex>${login.sessionIndex!}</samlp:SessionIndex>`)
      expect(xml).to.include(`NameQualifier="${PUBLIC_ADDRESS}">${PUBLIC_ADDRESS}</saml:Issuer>`)
      expect(await personalArea(browser)).to.equal(undefined)
      const sessions = database.connection.collection('provider_sessions')
      const asked = database.connection.collection<{ _id: string; expiresAt: Date }>('logout_requests')
      const until = (await asked.findOne({ _id: id }))?.expiresAt.getTime()
      expect(until).to.be.within(Date.now() + 14 * 60_000, Date.now() + 15 * 60_000)
      expect(await sessions.countDocuments({ sessionIndex: login.sessionIndex! }), 'remembered no longer').to.equal(0)
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
      const ofOther = logoutResponse({ inResponseTo: id, destination: SLO, issuer: other.entityId })
      const unasked = local(signedRedirect(SLO, { name: 'SAMLResponse', document: ofOther }, other.signer))
      for (const address of [unsigned, byOther, toOther, unasked])
        expect((await browser.get(address)).status).to.equal(403)
    })

    for (const [status, complete] of [
      ['Success', true],
      ['Requester', false],
      [
        'Success"><samlp:StatusCode Value="urn:oasis:names:tc:SAML:2.0:status:PartialLogout"/></samlp:StatusCode',
        false,
      ],
    ] as const) {
      it(`believes that everything is closed by the whole status only: ${status.replace(/".*:/, ' ').replace(/".*/, '')}`, async () => {
        const { browser, id } = await leave()
        const document = logoutResponse({ inResponseTo: id, destination: SLO, issuer }).replace(
          /status:Success"\s*(\/>|><\/samlp:StatusCode>)/,
          status.includes('<') ? `status:${status}>` : `status:${status}"/>`,
        )
        const page = await browser.get(local(signedRedirect(SLO, { name: 'SAMLResponse', document }, provider.signer)))
        expect([page.status, !page.text.includes('Altri accessi ancora aperti')]).to.deep.equal([200, complete])
      })
    }
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

    it('ends the session that it names, or all of that person at that provider, and never another provider’s', async () => {
      const same: Spoiling['alter'] = ({ assertion }) =>
        void (assertion.getElementsByTagNameNS('*', 'NameID')[0]!.textContent = '_same')
      const [first, second, third] = [
        await loggedIn(1, provider, same),
        await loggedIn(1, provider, same),
        await loggedIn(1, provider, same),
      ]
      const elsewhere = await loggedIn(1, other, same)
      const open = async () =>
        Promise.all(
          [first, second, third, elsewhere].map(async ({ browser }) => (await personalArea(browser)) !== undefined),
        )
      const facts = { destination: SLO, issuer, nameId: '_same', sessionIndex: first.login.sessionIndex! }
      await send(platform.browser(), logoutRequest(facts))
      expect(await open()).to.deep.equal([false, true, true, true])
      await send(platform.browser(), logoutRequest(facts).replace(/<samlp:SessionIndex>.*<\/samlp:SessionIndex>/, ''))
      expect(await open()).to.deep.equal([false, false, false, true])
    })

    it('is answered where the provider wants answers', async () => {
      const facts = { destination: SLO, issuer: other.entityId, nameId: '_x', sessionIndex: '_x' }
      const document = logoutRequest(facts)
      const answer = await platform
        .browser()
        .get(local(signedRedirect(SLO, { name: 'SAMLRequest', document }, other.signer)))
      expect(answer.location).to.match(/^https:\/\/idp\.two\.example\/end\?SAMLResponse=/)
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
      const altered = (what: string | RegExp, by: string) =>
        local(signedRedirect(SLO, { name: 'SAMLRequest', document: document.replace(what, by) }, provider.signer))
      const refusedAddresses = {
        unsigned: good.replace(/&SigAlg=.*/, ''),
        'by another provider': local(signedRedirect(SLO, { name: 'SAMLRequest', document }, other.signer)),
        'another address': altered('/spid/slo', '/altro'),
        stale: altered(/IssueInstant="[^"]+"/, `IssueInstant="${instant(-11)}"`),
        'of the future': altered(/IssueInstant="[^"]+"/, `IssueInstant="${instant(11)}"`),
        'without ID': altered(/ ID="[^"]+"/, ''),
        'another version': altered('Version="2.0"', 'Version="1.1"'),
        expired: altered(' Destination', ' NotOnOrAfter="2020-01-01T00:00:00Z" Destination'),
        'expiry that is no instant': altered(' Destination', ' NotOnOrAfter="domani" Destination'),
        'signed with SHA-1': weak(document),
        'signed by a property of every object': good.replace(/SigAlg=[^&]*/, 'SigAlg=constructor'),
        'named twice': good.replace('?', `?SAMLRequest=${encodeURIComponent('eJw=')}&`),
        'signed response, request in an encoded name': smuggled(document),
      }
      for (const [name, address] of Object.entries(refusedAddresses)) {
        expect((await stranger.get(address)).status, name).to.equal(403)
        expect(await personalArea(browser), name).to.not.equal(undefined)
      }
      const SAMLRequest = Buffer.from(document).toString('base64')
      expect((await stranger.post('/spid/slo', { SAMLRequest })).status, 'unsigned POST').to.equal(403)
      const answer = signElement(
        document.replaceAll('LogoutRequest', 'LogoutResponse'),
        'LogoutResponse',
        provider.signer,
      )
      const confused = { SAMLRequest: Buffer.from(answer).toString('base64') }
      expect((await stranger.post('/spid/slo', confused)).status, 'an answer as a request').to.equal(403)
      expect(await personalArea(browser)).to.not.equal(undefined)
      expect((await stranger.get(good)).status).to.equal(303)
      expect((await stranger.get(good)).status, 'replayed').to.equal(403)
    })

    const instant = (minutes: number) => new Date(Date.now() + minutes * 60_000).toISOString()

    function weak(document: string): string {
      const query = [
        `SAMLRequest=${encodeURIComponent(deflateRawSync(document).toString('base64'))}`,
        `SigAlg=${encodeURIComponent('http://www.w3.org/2000/09/xmldsig#rsa-sha1')}`,
      ].join('&')
      const signature = sign('sha1', Buffer.from(query), provider.signer.privateKey).toString('base64')
      return `/spid/slo?${query}&Signature=${encodeURIComponent(signature)}`
    }

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
