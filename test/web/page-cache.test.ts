import { expect } from 'chai'
import express from 'express'
import { once } from 'node:events'
import { Agent, get, type IncomingHttpHeaders } from 'node:http'
import type { AddressInfo } from 'node:net'
import { createPageCache, publicPage } from '../../server/web/page-cache.ts'
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

  it('says the same of it to who asks for the headers alone', async () => {
    for (const path of ['/servizi?testa', '/servizi?testa', '/servizi']) {
      const { status, headers } = await fetch(new URL(path, site.platform.url), { method: 'HEAD' })
      expect([status, headers.get('cache-control')], path).to.deep.equal([200, 'public, max-age=60'])
    }
    expect((await ask('/servizi?testa')).body, 'not the body of a HEAD').to.include('</html>')
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

describe('how much the page cache keeps', () => {
  let made: string[]
  const app = express()
  const pages = createPageCache({ now: () => 0 })
  app.use((req, res, next) => pages.answer(req, res, next), pages.keep)
  app.get('/{*any}', publicPage, (req, res) => {
    made.push(`${req.headers.host} ${req.originalUrl}`)
    res.send('<p>page</p>')
  })
  const server = app.listen(0, '127.0.0.1')
  before(async () => {
    if (!server.listening) await once(server, 'listening')
  })
  beforeEach(() => (made = []))
  after(() => void server.close())

  const agent = new Agent({ keepAlive: true })
  after(() => agent.destroy())
  const ask = (path: string, host = 'comune.example'): Promise<IncomingHttpHeaders> =>
    new Promise((resolve, reject) => {
      const { port } = server.address() as AddressInfo
      const headers = { host, 'accept-encoding': 'br' }
      get({ port, path, headers, agent }, (res) => res.resume().on('end', () => resolve(res.headers))).on(
        'error',
        reject,
      )
    })

  it('a page in demand, whatever flood of queries and hosts comes between', async () => {
    for (let flood = 0; flood < 1_200; flood += 1) {
      if (flood % 100 === 0) await ask('/servizi')
      await ask(`/servizi?q=${flood}`, `${flood % 7}.example`)
    }
    expect(made.filter((one) => one === 'comune.example /servizi')).to.have.length(1)
    await ask('/servizi?q=0', '0.example')
    expect(made.at(-1), 'the oldest went').to.equal('0.example /servizi?q=0')
    expect(made).to.have.length(1_202)
  })

  it('no page with an address as long as no link of ours', async () => {
    const long = `/servizi?q=${'x'.repeat(300)}`
    for (const path of [long, long]) await ask(path)
    expect(made).to.have.length(2)
  })

  it('a page packed once, when it is asked for again', async () => {
    expect(await ask('/prima')).not.to.have.property('content-encoding')
    for (const path of ['/prima', '/prima']) expect(await ask(path)).to.include({ 'content-encoding': 'br' })
    expect(made).to.have.length(1)
  })
})
