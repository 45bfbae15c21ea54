import { expect } from 'chai'
import { get, type IncomingHttpHeaders } from 'node:http'
import { loggedIn } from '../filings/citizen.ts'
import { testPlatform } from '../support/platform.ts'

const CARD = '/servizi/segnalazione-disservizio'

describe('what a cache may keep', () => {
  const site = testPlatform()

  const ask = (
    path: string,
    headers: Record<string, string> = {},
  ): Promise<{ headers: IncomingHttpHeaders; body: string }> =>
    new Promise((resolve, reject) => {
      get(new URL(path, site.platform.url), { headers: { 'accept-encoding': 'identity', ...headers } }, (res) => {
        let body = ''
        res.setEncoding('utf8').on('data', (piece: string) => (body += piece))
        res.on('end', () => resolve({ headers: res.headers, body })).on('error', reject)
      }).on('error', reject)
    })

  it('a page that everybody sees alike, for a minute and only for who has no cookie: the first answer as all others', async () => {
    for (const path of ['/servizi', '/servizi']) {
      const { headers } = await ask(path)
      expect(headers['cache-control']).to.equal('public, max-age=60')
      // Without it the browser that logs in goes on showing the page of before.
      expect(headers.vary).to.equal('Cookie, Accept-Encoding')
    }
  })

  it('nothing that names who is logged in, also of public pages; nor what does not say so itself', async () => {
    const { visitor } = await loggedIn(site.platform, 'Giulia Conti', '/area-personale')
    for (const path of ['/', '/servizi', CARD, '/area-personale', '/nessuna']) {
      const page = await visitor.get(path)
      expect(page.body, path).to.include('Giulia Conti')
      expect(page.headers.get('cache-control'), path).to.equal('no-store')
    }
    for (const path of ['/salute', '/spid/metadata', '/segnala-disservizio', '/nessuna'])
      expect((await ask(path)).headers['cache-control'], path).to.equal('no-store')
  })

  it('no address that a visitor made up', async () => {
    const { body } = await ask(CARD, { host: 'altrove.example', 'x-forwarded-host': 'altrove.example' })
    expect(body).to.include(`${site.platform.url}${CARD}`)
    expect(body).not.to.include('altrove.example')
  })
})
