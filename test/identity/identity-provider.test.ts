import { inflateRawSync } from 'node:zlib'
import { expect } from 'chai'
import { testDatabase } from '../support/database.ts'
import { startIdentityProvider, type RunningIdentityProvider } from '../support/identity-provider/index.ts'
import { createBrowser, type Answer, type Browser } from './browser.ts'
import { GIULIA, personalArea, startPlatform, type Platform } from './platform.ts'

const PERSONS = [
  { id: 'giulia', label: 'Giulia Conti', attributes: GIULIA },
  {
    id: 'klara',
    label: 'Klara Lindqvist, cittadina europea',
    attributes: { spidCode: 'DEMO0000000004', name: 'Klara', familyName: 'Lindqvist', dateOfBirth: '1988-09-05' },
  },
  {
    id: 'elena',
    label: 'Elena Bruni, commercialista',
    attributes: {
      ...GIULIA,
      companyName: 'Studio Bruni',
      companyFiscalNumber: 'TINIT-99000100018',
      ivaCode: 'VATIT-99000100018',
    },
  },
]

/** The whole way, each program on its own port, as two browsers tabs would see it. */
describe('a login through the test identity provider', () => {
  const database = testDatabase()
  let platform: Platform
  let provider: RunningIdentityProvider

  before(async () => {
    // Over http, where browsers and these tests reach both programs without a proxy.
    platform = await startPlatform(database.connection, { providers: [], publicAddress: 'http://localhost:3999' })
    provider = await startIdentityProvider({
      port: 0,
      persons: PERSONS,
      serviceProviders: [`${platform.origin}/spid/metadata`],
    })
    provider.writeMetadata(platform.providersFolder)
  })
  after(async () => Promise.all([platform.stop(), provider.stop()]))

  async function walk(browser: Browser, start: string, choice: Record<string, string>): Promise<Answer> {
    const sent = await browser.get(start)
    const there = createBrowser(provider.baseUrl)
    const page = await there.get(new URL(sent.location).pathname + new URL(sent.location).search)
    expect(page.status, page.text).to.equal(200)
    const action = /<form method="post" action="([^"]+)"/.exec(page.text)![1]!
    const answer = await there.post(action, { pending: hidden(page.text, 'pending'), ...choice })
    const back = new URL(/<form method="post" action="([^"]+)"/.exec(answer.text)![1]!)
    const fields = { SAMLResponse: hidden(answer.text, 'SAMLResponse'), RelayState: hidden(answer.text, 'RelayState') }
    return browser.post(back.pathname, fields)
  }

  it('identifies with SPID', async () => {
    const browser = platform.browser()
    const page = await browser.get('/accesso')
    for (const way of ['Come attivare SPID', 'Come richiedere la CIE']) expect(page.text).to.include(way)
    const [, link] = /<a href="(\/accesso\/spid[^"]+)"/.exec(page.text)!
    const answer = await walk(browser, unescape(link!), { person: 'giulia', level: '2' })
    expect([answer.status, answer.location]).to.deep.equal([303, '/area-personale'])
    expect((await personalArea(browser))!.login).to.include({ scheme: 'spid', level: 2 })
  })

  it('identifies with SPID by HTTP-POST, the request signed inside', async () => {
    const browser = platform.browser()
    const page = await browser.get(`/accesso/spid?idp=${provider.entityId}&livello=2&binding=post`)
    expect(page.headers.get('content-security-policy')).to.include(`form-action 'self' ${provider.baseUrl}`)
    const there = createBrowser(provider.baseUrl)
    const fields = { SAMLRequest: hidden(page.text, 'SAMLRequest'), RelayState: hidden(page.text, 'RelayState') }
    expect((await there.post('/sso', fields)).text).to.include('Chi vuoi essere?')
  })

  it('identifies with CIE: the same person, whichever way they come', async () => {
    const [bySpid, byCie] = [platform.browser(), platform.browser()]
    await walk(bySpid, `/accesso/spid?idp=${provider.entityId}&livello=2`, { person: 'giulia', level: '2' })
    await walk(byCie, '/accesso/cie?livello=3', { person: 'giulia', level: '3' })
    const { login } = (await personalArea(byCie))!
    expect(login).to.include({ scheme: 'cie', level: 3 })
    expect(login.person).to.deep.equal({
      key: 'CNTGLI85H54G478Q',
      cf: 'CNTGLI85H54G478Q',
      givenName: 'Giulia',
      familyName: 'Conti',
      dateOfBirth: '1985-06-14',
    })
    expect((await personalArea(bySpid))!.login.person.key).to.equal(login.person.key)
  })

  it('identifies with eIDAS a person without an Italian tax code', async () => {
    const browser = platform.browser()
    await walk(browser, '/accesso/eidas?livello=2', { person: 'klara', level: '2' })
    const { login } = (await personalArea(browser))!
    expect(login.person).to.include({ key: 'eidas:DEMO0000000004', cf: null, familyName: 'Lindqvist' })
  })

  it('recognises a professional identity, asked for by its purpose', async () => {
    const browser = platform.browser()
    const page = await browser.get('/accesso?livello=2&uso=professionale')
    expect(page.text).to.not.include('Entra con CIE')
    const [, link] = /<a href="(\/accesso\/spid[^"]+)"/.exec(page.text)!
    const sent = new URL((await browser.get(unescape(link!))).location)
    const request = inflateRawSync(Buffer.from(sent.searchParams.get('SAMLRequest')!, 'base64')).toString()
    expect(request).to.include('<spid:Purpose>P</spid:Purpose>').and.include('AttributeConsumingServiceIndex="1"')
    await walk(browser, `/accesso/spid?idp=${provider.entityId}&livello=2`, { person: 'elena', level: '2' })
    expect((await personalArea(browser))!.login.person.company).to.deep.equal({
      name: 'Studio Bruni',
      cf: '99000100018',
      vat: '99000100018',
    })
  })

  it('asks for a professional identity again when that did not work, and only SPID', async () => {
    const start = `/accesso/spid?idp=${provider.entityId}&livello=2&uso=professionale`
    const { text } = await walk(platform.browser(), start, { anomaly: '25' })
    expect(unescape(/href="([^"]+)"[^>]*>Riprova</.exec(text)![1]!)).to.include('uso=professionale')
    for (const [scheme, set] of Object.entries({ cie: '0', eidas: '100' })) {
      const sent = new URL((await platform.browser().get(`/accesso/${scheme}?uso=professionale`)).location)
      const request = inflateRawSync(Buffer.from(sent.searchParams.get('SAMLRequest')!, 'base64')).toString()
      expect(request).to.include(`AttributeConsumingServiceIndex="${set}"`).and.not.include('Purpose')
    }
  })

  it('can be cancelled', async () => {
    const answer = await walk(platform.browser(), `/accesso/spid?idp=${provider.entityId}&livello=2`, { anomaly: '25' })
    expect(answer.status).to.equal(403)
    expect(answer.text).to.include('Hai annullato l’autenticazione')
  })

  it('is not opened by a request that was altered on the way', async () => {
    const sent = await platform.browser().get(`/accesso/spid?idp=${provider.entityId}&livello=2`)
    const altered = new URL(sent.location)
    altered.searchParams.set('RelayState', 'other')
    const page = await createBrowser(provider.baseUrl).get(altered.pathname + altered.search)
    expect([page.status, page.text.includes('nr05')]).to.deep.equal([403, true])
  })

  it('with CIE ends here alone: it has no SAML logout', async () => {
    const browser = platform.browser()
    await walk(browser, '/accesso/cie?livello=1', { person: 'giulia', level: '1' })
    const { login, csrf } = (await personalArea(browser))!
    expect(login).to.include({ scheme: 'cie', level: 1 }).and.have.property('sessionIndex')
    expect((await browser.post('/esci', { _csrf: csrf })).location).to.equal('/esci')
  })

  it('at level 1 ends on both sides', async () => {
    const browser = platform.browser()
    await walk(browser, `/accesso/spid?idp=${provider.entityId}&livello=1`, { person: 'giulia', level: '1' })
    const { csrf } = (await personalArea(browser))!
    const leaving = await browser.post('/esci', { _csrf: csrf })
    const there = new URL(leaving.headers.get('refresh')!.replace('0; url=', ''))
    const back = new URL((await createBrowser(provider.baseUrl).get(there.pathname + there.search)).location)
    const page = await browser.get(back.pathname + back.search)
    expect(page.text).to.include('Sei uscito dai servizi')
  })
})

describe('the page of the choice', () => {
  const database = testDatabase()

  it('offers SPID alone where nothing else is configured, its providers in ever new order', async () => {
    const ids = Array.from({ length: 6 }, (_, index) => ({ entityId: `https://idp${index}.example` }))
    const signer = (await import('../support/identity-provider/index.ts')).signerNamed('x')
    const platform = await startPlatform(database.connection, { providers: ids.map((id) => ({ ...id, signer })) })
    const orders = new Set<string>()
    for (let times = 0; times < 8; times += 1) {
      const { text } = await platform.browser().get('/accesso')
      expect(text)
        .to.include('Entra con SPID')
        .and.not.match(/Entra con CIE|eIDAS/)
      const order = [...text.matchAll(/rel="nofollow">Gestore (\S+)</g)].map(([, name]) => name)
      expect(order).to.have.length(6)
      orders.add(order.join())
    }
    expect(orders.size).to.be.greaterThan(1)
    await platform.stop()
  })
})

const unescape = (text: string): string => text.replaceAll('&amp;', '&').replaceAll('&#x3D;', '=')

function hidden(page: string, name: string): string {
  return unescape(new RegExp(`name="${name}" value="([^"]*)"`).exec(page)?.[1] ?? '')
}
