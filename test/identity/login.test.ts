import { expect } from 'chai'
import { testDatabase } from '../support/database.ts'
import { begin, makeProvider, responseTo, startPlatform, type Platform } from './platform.ts'

describe('logging in with SPID', () => {
  const database = testDatabase()
  const provider = makeProvider('https://idp.one.example')
  let platform: Platform

  before(async () => {
    platform = await startPlatform(database.connection, { providers: [provider] })
  })
  after(async () => platform.stop())

  it('opens a session for the person whom the provider names', async () => {
    const browser = platform.browser()
    const begun = await begin(browser, provider)
    const answer = await browser.post('/spid/acs', { SAMLResponse: responseTo(begun, provider) })
    expect(answer.status, platform.logged.at(-1)).to.equal(303)
    expect(answer.location).to.equal('/area-personale')
    const { login } = (await browser.get('/area-personale')).json()
    expect(login.person).to.include({ cf: 'CNTGLI85H54G478Q', givenName: 'Giulia', familyName: 'Conti' })
  })
})
