import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { expect } from 'chai'
import { program } from '../support/program.ts'
import { testDatabase } from '../support/database.ts'
import { createBrowser } from './browser.ts'
import { begin, GIULIA, makeProvider, personalArea, responseTo, startPlatform, type Platform } from './platform.ts'

describe('logging in with SPID', () => {
  const database = testDatabase()
  const provider = makeProvider('https://idp.one.example')
  const other = makeProvider('https://idp.two.example')
  let platform: Platform
  let clock = 0

  before(async () => {
    const now = () => new Date(Date.now() + clock)
    platform = await startPlatform(database.connection, { providers: [provider, other], now })
  })
  beforeEach(() => (clock = 0))
  after(async () => platform.stop())

  it('opens a session for the person whom the provider names', async () => {
    const browser = platform.browser()
    const request = await begin(browser, provider)
    const answer = await browser.post('/spid/acs', { SAMLResponse: responseTo(request, provider) })
    expect(answer.status, platform.logged.at(-1)).to.equal(303)
    expect(answer.location).to.equal('/area-personale')
    const { login } = (await personalArea(browser))!
    expect(login.person).to.deep.include({ key: 'CNTGLI85H54G478Q', cf: 'CNTGLI85H54G478Q', givenName: 'Giulia' })
    expect(login).to.include({ scheme: 'spid', level: 2, identityProvider: provider.entityId, requestId: request.id })
  })

  it('remembers from what the person came in', async () => {
    const browser = platform.browser()
    const request = await begin(browser, provider)
    const cookie = [...browser.cookies].map(([name, value]) => `${name}=${value}`).join('; ')
    await fetch(`${platform.origin}/spid/acs`, {
      method: 'POST',
      headers: { cookie, 'user-agent': 'Mozilla/5.0 (X11; Linux x86_64; rv:140.0) Gecko/20100101 Firefox/140.0' },
      body: new URLSearchParams({ SAMLResponse: responseTo(request, provider) }),
      redirect: 'manual',
    })
    const sessions = database.connection.collection<{ session: { device: string } }>('sessions')
    const kept = await sessions.findOne({ 'session.login.requestId': request.id })
    expect(kept?.session.device).to.equal('Firefox su Linux')
  })

  it('gives the session a new id, and ends the one in which the login was begun', async () => {
    const browser = platform.browser()
    await browser.post('/modulo', { nome: 'Giulia' })
    const planted = new Map(browser.cookies)
    const request = await begin(browser, provider)
    await browser.post('/spid/acs', { SAMLResponse: responseTo(request, provider) })
    expect(browser.cookies.get('__Host-sportello')).to.not.equal(planted.get('__Host-sportello'))

    const attacker = platform.browser()
    for (const [name, value] of planted) attacker.cookies.set(name, value)
    expect(await personalArea(attacker)).to.equal(undefined)
  })

  it('goes on with what was being done: the page, and the form that was being sent', async () => {
    const browser = platform.browser()
    await browser.post('/modulo', { nome: 'Giulia' })
    const session = browser.cookies.get('__Host-sportello')!
    const request = await begin(browser, provider, { returnTo: '/pratiche/1?passo=2' })
    // From another site the browser does not send a SameSite=Lax cookie with a POST.
    browser.cookies.delete('__Host-sportello')
    const answer = await browser.post('/spid/acs', { SAMLResponse: responseTo(request, provider) })
    expect(answer.location).to.equal('/pratiche/1?passo=2')
    expect((await personalArea(browser))!.parked).to.deep.equal({ path: '/modulo', body: { nome: 'Giulia' } })

    browser.cookies.set('__Host-sportello', session)
    expect(await personalArea(browser), 'the session before').to.equal(undefined)
  })

  for (const outside of [
    'https://evil.example',
    '//evil.example',
    '/\\evil.example',
    '/\t/evil.example',
    '/x/..//evil.example',
    '/x\\..\\/evil.example',
    `/${'a'.repeat(2000)}`,
    'evil',
    '/accesso',
    '/spid/slo',
  ]) {
    it(`does not go on to ${JSON.stringify(outside)}`, async () => {
      const browser = platform.browser()
      const request = await begin(browser, provider, { returnTo: outside })
      const SAMLResponse = responseTo(request, provider)
      const answer = await browser.post('/spid/acs', { SAMLResponse, RelayState: outside })
      expect(answer.location).to.equal('/area-personale')
    })
  }

  it('asks a session of a lower level to step up, and then goes on', async () => {
    const browser = platform.browser()
    const first = await begin(browser, provider, { level: 1 })
    await browser.post('/spid/acs', { SAMLResponse: responseTo(first, provider, { level: 1 }) })
    expect((await browser.get('/livello-1')).text).to.equal('entra')
    const low = new Map(browser.cookies)

    const sent = await browser.get('/livello-3')
    expect(sent.location).to.equal('/accesso?ritorno=%2Flivello-3&livello=3')
    const page = await browser.get(sent.location)
    expect(page.text).to.include('Serve un accesso più sicuro')
    expect(page.text.replaceAll('&#x3D;', '=')).to.include('livello=3&amp;ritorno=%2Flivello-3')

    const second = await begin(browser, provider, { level: 3, returnTo: '/livello-3' })
    // From another site the browser does not send a SameSite=Lax cookie with a POST.
    browser.cookies.delete('__Host-sportello')
    const answer = await browser.post('/spid/acs', { SAMLResponse: responseTo(second, provider, { level: 3 }) })
    expect((await browser.get(answer.location)).text).to.equal('entra')

    const before = platform.browser()
    for (const [name, value] of low) before.cookies.set(name, value)
    expect(await personalArea(before), 'the session of level 1').to.equal(undefined)
  })

  it('offers a professional identity also to who is logged in', async () => {
    const browser = platform.browser()
    const request = await begin(browser, provider)
    await browser.post('/spid/acs', { SAMLResponse: responseTo(request, provider) })
    expect((await browser.get('/accesso?livello=2&ritorno=%2Fpratiche')).location).to.equal('/pratiche')
    const page = await browser.get('/accesso?livello=2&ritorno=%2Fpratiche&uso=professionale')
    expect([page.status, page.text.includes('uso&#x3D;professionale')]).to.deep.equal([200, true])
  })

  it('takes a response once', async () => {
    const browser = platform.browser()
    const request = await begin(browser, provider)
    const SAMLResponse = responseTo(request, provider)
    expect((await browser.post('/spid/acs', { SAMLResponse })).status).to.equal(303)
    expect((await browser.post('/spid/acs', { SAMLResponse })).status).to.equal(403)
  })

  it('takes one response to a request, also when the provider signs another', async () => {
    const browser = platform.browser()
    const request = await begin(browser, provider)
    const [first, second] = [responseTo(request, provider), responseTo(request, provider)]
    expect((await browser.post('/spid/acs', { SAMLResponse: first })).status).to.equal(303)
    expect((await browser.post('/spid/acs', { SAMLResponse: second })).status).to.equal(403)
  })

  it('takes one of twenty equal responses that arrive at once on two processes', async () => {
    const second = await secondProcess({ database: database.connection.name, providers: [provider] })
    try {
      const browser = platform.browser()
      const request = await begin(browser, provider)
      const SAMLResponse = responseTo(request, provider)
      const posting = Array.from({ length: 20 }, async (_, index) => {
        const one = createBrowser(index % 2 === 0 ? platform.origin : second.origin)
        for (const [name, value] of browser.cookies) one.cookies.set(name, value)
        return (await one.post('/spid/acs', { SAMLResponse })).status
      })
      const statuses = await Promise.all(posting)
      expect(statuses.filter((status) => status === 303)).to.have.length(1)
      expect(statuses.filter((status) => status === 403)).to.have.length(19)
    } finally {
      second.stop()
    }
  })

  it('lets a hundred people in at once, each in their own session', async () => {
    const people = Array.from({ length: 100 }, (_, index) => ({ ...GIULIA, name: `Giulia ${index}` }))
    const begun = await Promise.all(
      people.map(async (attributes) => {
        const browser = platform.browser()
        return { browser, SAMLResponse: responseTo(await begin(browser, provider), provider, { attributes }) }
      }),
    )
    // All are on their way before the first one is in.
    const entered = begun.map(async ({ browser, SAMLResponse }) => {
      const { status } = await browser.post('/spid/acs', { SAMLResponse })
      return [status, (await personalArea(browser))?.login.person.givenName]
    })
    expect(await Promise.all(entered)).to.deep.equal(people.map(({ name }) => [303, name]))
  })

  it('refuses the same assertion for a second request', async () => {
    const browser = platform.browser()
    const sameId = {
      alter: ({ assertion }: { assertion: { setAttribute: (name: string, value: string) => void } }) =>
        assertion.setAttribute('ID', '_same'),
    }
    const first = await begin(browser, provider)
    expect((await browser.post('/spid/acs', { SAMLResponse: responseTo(first, provider, sameId) })).status).to.equal(
      303,
    )
    const second = await begin(browser, provider)
    expect((await browser.post('/spid/acs', { SAMLResponse: responseTo(second, provider, sameId) })).status).to.equal(
      403,
    )
  })

  it('refuses a response in another browser, with or without a login of its own, and spoils nothing', async () => {
    const browser = platform.browser()
    const request = await begin(browser, provider)
    const SAMLResponse = responseTo(request, provider)
    expect((await platform.browser().post('/spid/acs', { SAMLResponse })).status).to.equal(403)
    const victim = platform.browser()
    await begin(victim, provider)
    expect((await victim.post('/spid/acs', { SAMLResponse })).status).to.equal(403)
    expect((await browser.post('/spid/acs', { SAMLResponse })).status).to.equal(303)
  })

  it('lets one browser begin several logins at the same time', async () => {
    const browser = platform.browser()
    const first = await begin(browser, provider)
    await begin(browser, other)
    expect((await browser.post('/spid/acs', { SAMLResponse: responseTo(first, provider) })).status).to.equal(303)
  })

  it('refuses a response to a request of more than fifteen minutes ago', async () => {
    const browser = platform.browser()
    clock = -16 * 60_000
    const request = await begin(browser, provider)
    clock = 0
    expect((await browser.post('/spid/acs', { SAMLResponse: responseTo(request, provider) })).status).to.equal(403)
  })

  it('refuses a response of another provider of the federation than the one that was asked', async () => {
    const browser = platform.browser()
    const request = await begin(browser, provider)
    expect((await browser.post('/spid/acs', { SAMLResponse: responseTo(request, other) })).status).to.equal(403)
    const signedByOther = { ...provider, signer: other.signer }
    expect((await browser.post('/spid/acs', { SAMLResponse: responseTo(request, signedByOther) })).status).to.equal(403)
  })

  it('leaves out what a provider says and nobody can be', async () => {
    const browser = platform.browser()
    const request = await begin(browser, provider)
    const attributes = { ...GIULIA, gender: 'X', dateOfBirth: '1985-02-30' }
    await browser.post('/spid/acs', { SAMLResponse: responseTo(request, provider, { attributes }) })
    const { person } = (await personalArea(browser))!.login
    expect(person).to.not.have.any.keys('gender', 'dateOfBirth')
  })

  it('refuses a malformed tax code, and takes one with omocodia', async () => {
    const browser = platform.browser()
    const login = async (fiscalNumber: string) => {
      const request = await begin(browser, provider)
      const attributes = { ...GIULIA, fiscalNumber }
      return (await browser.post('/spid/acs', { SAMLResponse: responseTo(request, provider, { attributes }) })).status
    }
    expect(await login('TINIT-NONVALIDO')).to.equal(403)
    expect(await login('TINIT-RSSMRA4LA41H5L1V')).to.equal(303)
  })

  it('does not know a provider that is not in the metadata', async () => {
    expect((await platform.browser().get('/accesso/spid?idp=https://evil.example&livello=2')).status).to.equal(404)
    expect((await platform.browser().get('/accesso/spid')).status).to.equal(404)
  })

  it('keeps both messages, readable only with the key', async () => {
    const browser = platform.browser()
    const request = await begin(browser, provider)
    await browser.post('/spid/acs', { SAMLResponse: responseTo(request, provider) })
    const messages = await platform.identity.messages.ofRequest('vallechiara', request.id)
    expect(messages.map(({ kind, outcome }) => [kind, outcome])).to.deep.equal([
      ['request', undefined],
      ['response', 'login'],
    ])
    expect(messages[0]!.xml).to.equal(request.xml)
    expect(messages[1]!.xml).to.include('CNTGLI85H54G478Q')
    const collection = database.connection.collection<{ at: Date; expiresAt: Date; sealed: { buffer: Buffer } }>(
      'saml_messages',
    )
    const rows = await collection.find({ requestId: request.id }).toArray()
    expect(JSON.stringify(rows)).to.not.include('Giulia')
    expect(Buffer.from(rows[1]!.sealed.buffer).toString('latin1')).to.not.include('CNTGLI')
    const months = (rows[1]!.expiresAt.getTime() - rows[1]!.at.getTime()) / (30.44 * 86_400_000)
    expect(months).to.be.closeTo(24, 0.1)
  })

  it('keeps why a response was refused, and finds it by whom it names', async () => {
    const browser = platform.browser()
    const request = await begin(browser, provider, { level: 3 })
    const attributes = { ...GIULIA, fiscalNumber: 'TINIT-RSSMRA42A01H501A' }
    await browser.post('/spid/acs', { SAMLResponse: responseTo(request, provider, { level: 2, attributes }) })
    const query = { organization: 'vallechiara', person: 'RSSMRA42A01H501A', page: 1 }
    const { authentications } = await platform.identity.messages.search(query)
    expect(authentications.map(({ request: { requestId } }) => requestId)).to.deep.equal([request.id])
    const [response] = authentications[0]!.responses
    expect(response).to.include({ outcome: 'AuthnContextClassRef (cases 88–97)' }).and.not.have.property('level')
  })

  it('writes nothing about the person into the log', () => {
    expect(platform.logged.join('\n'))
      .to.include('login')
      .and.not.match(/CNTGLI|Giulia|Conti|SAMLResponse/)
  })
})

describe('the cookie that binds a login to its browser', () => {
  const database = testDatabase()
  const provider = makeProvider('https://idp.one.example')

  it('goes along with a POST from another site, over https', async () => {
    expect(await cookieAt('https://sportello.vallechiara.example')).to.match(
      /^__Host-accesso=[\w-]{32}; Path=\/; HttpOnly; Secure; SameSite=None$/,
    )
  })

  it('has no SameSite attribute over http, so that browsers send it with a POST for two minutes', async () => {
    expect(await cookieAt('http://localhost:3000')).to.match(/^accesso=[\w-]{32}; Path=\/; HttpOnly$/)
  })

  it('is made anew when it is none of ours', async () => {
    const platform = await startPlatform(database.connection, { providers: [provider] })
    const browser = platform.browser()
    const begun = async () => {
      await browser.get(`/accesso/spid?idp=${provider.entityId}&livello=2`)
      return browser.cookies.get('__Host-accesso')
    }
    const ours = await begun()
    expect(await begun()).to.equal(ours)
    browser.cookies.set('__Host-accesso', 'indovinabile')
    expect(await begun()).to.match(/^[\w-]{32}$/)
    await platform.stop()
  })

  async function cookieAt(publicAddress: string): Promise<string | undefined> {
    const platform = await startPlatform(database.connection, { providers: [provider], publicAddress })
    const answer = await platform.browser().get(`/accesso/spid?idp=${provider.entityId}&livello=2`)
    await platform.stop()
    return answer.headers.getSetCookie().find((cookie) => cookie.includes('accesso='))
  }
})

/** The same platform on the same database, in another process. */
async function secondProcess(settings: object): Promise<{ origin: string; stop: () => void }> {
  const command = [...program('test/identity/platform-process.ts'), JSON.stringify(settings)]
  const child = spawn(process.execPath, command, { stdio: ['ignore', 'pipe', 'inherit'] })
  const [line] = (await once(child.stdout, 'data')) as [Buffer]
  return { origin: line.toString().trim(), stop: () => void child.kill() }
}
