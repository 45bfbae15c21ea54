import { expect } from 'chai'
import { testDatabase } from '../support/database.ts'
import { factsFor, successResponse, type Spoiling } from '../support/identity-provider/index.ts'
import {
  begin,
  GIULIA,
  makeProvider,
  PUBLIC_ADDRESS,
  startPlatform,
  type Begun,
  type Platform,
  type TestProvider,
} from './platform.ts'

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

export function responseTo(
  begun: Begun,
  { entityId, signer }: TestProvider,
  spoiling: Spoiling = {},
  level = 2,
): string {
  const from = { entityId: PUBLIC_ADDRESS, acs: new Map(), slo: '', sets: [], certificates: [] }
  const facts = factsFor(
    { id: begun.id, recipient: `${PUBLIC_ADDRESS}/spid/acs`, from },
    { issuer: entityId, level, attributes: GIULIA, now: new Date() },
  )
  return Buffer.from(successResponse(facts, signer, spoiling)).toString('base64')
}
