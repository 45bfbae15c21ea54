import { expect } from 'chai'
import { setTimeout as sleep } from 'node:timers/promises'
import { begunIn, filings, loggedIn, readyIn } from '../filings/citizen.ts'
import { testPlatform } from '../support/platform.ts'

/** More than a worker has lanes. */
const SENT = 5

describe('a mail server that takes mails and never answers', () => {
  // Before the platform stops, which else would wait for mails that are under way.
  after(() => site.platform.mailbox.close())
  const site = testPlatform({ env: { LOG_LEVEL: 'silent' } })

  it('keeps no receipt waiting, nor the message in the personal area', async () => {
    const { platform } = site
    platform.mailbox.hang()
    const { visitor } = await loggedIn(platform, 'Giulia Conti', '/area-personale')
    for (let sent = 0; sent < SENT; sent += 1) await visitor.submit((await readyIn(await begunIn(visitor))).summary)
    while ((await filings(platform).countDocuments({ receipt: { $type: 'string' } })) < SENT) await sleep(50)
    const messages = platform.connection.collection('messages')
    while ((await messages.countDocuments({ 'email.state': 'waiting' })) < SENT) await sleep(50)
    expect((await visitor.get('/area-personale/messaggi')).text).to.include('Richiesta ricevuta')
  })
})
