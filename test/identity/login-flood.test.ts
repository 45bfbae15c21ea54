import { expect } from 'chai'
import { testDatabase } from '../support/database.ts'
import { MOST, sentFrom, type Browser } from './browser.ts'
import { begin, makeProvider, responseTo, startPlatform, type Platform } from './platform.ts'

describe('a flood of logins from one network', () => {
  const database = testDatabase()
  const provider = makeProvider('https://idp.one.example')
  const start = `/accesso/spid?${new URLSearchParams({ idp: provider.entityId }).toString()}`
  let platform: Platform
  before(async () => {
    platform = await startPlatform(database.connection, { providers: [provider] })
  })
  after(() => platform.stop())

  const kept = () => database.connection.collection('saml_messages').countDocuments()

  const from = (network: string, count: number, left?: number) =>
    sentFrom(database.connection, network, { count, ...(left !== undefined && { left }) })

  const answered = async (browser: Browser): Promise<number> => {
    const request = await begin(browser, provider)
    return (await browser.post('/spid/acs', { SAMLResponse: responseTo(request, provider) })).status
  }

  for (const [what, network, count, left, status] of [
    ['the last login of a town hall behind one address', '127.0.0.1', MOST - 2, 600_000, 303],
    ['the login after it', '127.0.0.1', MOST - 1, 600_000, 429],
    ['that login when ten minutes are over', '127.0.0.1', MOST, 0, 303],
    ['a login from another network', '192.0.2.1', MOST, 600_000, 303],
  ] as const)
    it(`${what}: ${status}`, async () => {
      await from(network, count, left)
      expect(await answered(platform.browser())).to.equal(status)
    })

  it('is not what a town is whose people log in', async () => {
    await from('127.0.0.1', MOST - 2)
    for (const name of ['first', 'second', 'third']) expect(await answered(platform.browser()), name).to.equal(303)
  })

  it('is made of answers too that lead to no login', async () => {
    await from('127.0.0.1', MOST - 1)
    const browser = platform.browser()
    expect((await browser.post('/spid/acs', { SAMLResponse: 'PHg+' })).status).to.not.equal(429)
    expect((await browser.post('/spid/acs', { SAMLResponse: 'PHg+' })).status).to.equal(429)
  })

  it('is not what a page of another site asks for behind a visitor’s back', async () => {
    await from('127.0.0.1', MOST - 1)
    const before = await kept()
    const browser = platform.browser()
    const hidden = ['image', 'empty', 'iframe'].map((destination) => ({ 'sec-fetch-dest': destination }))
    for (const headers of hidden) {
      expect((await browser.get(start, headers)).status).to.equal(403)
      expect((await browser.post('/spid/acs', { SAMLResponse: 'PHg+' }, headers)).status).to.equal(403)
    }
    expect(await kept()).to.equal(before)
    expect((await browser.get(start, { 'sec-fetch-dest': 'document' })).status).to.equal(302)
  })

  it('is told when to come back, in words too, and nothing of it is kept', async () => {
    await from('127.0.0.1', MOST)
    const before = await kept()
    const browser = platform.browser()
    const refused = await browser.get(start)
    expect([refused.status, refused.headers.get('retry-after')]).to.deep.equal([429, '600'])
    expect(refused.text).to.include('Aspetta qualche minuto e riprova')
    for (const path of ['/spid/acs', '/cie/acs'])
      expect((await browser.post(path, { SAMLResponse: 'PHg+' })).status, path).to.equal(429)
    expect(await kept()).to.equal(before)
  })
})
