import { expect } from 'chai'
import { Router } from 'express'
import { mongo } from 'mongoose'
import { createHmac } from 'node:crypto'
import { once } from 'node:events'
import { readFileSync } from 'node:fs'
import { createServer, type Server } from 'node:http'
import type { AddressInfo } from 'node:net'
import { parse } from 'node-html-parser'
import { createApp } from '../../server/app.ts'
import type { Municipality } from '../../server/municipalities/index.ts'
import { publicRoutes } from '../../server/procedures/index.ts'
import { sessions } from '../../server/web/session.ts'
import { site, siteOfUnknown } from '../../server/web/site.ts'
import { viewsBelow } from '../../server/web/views.ts'
import { freePort } from '../../setup/ports.ts'

const SECRET = 'a secret of the sessions, for tests'
const ignored = () => undefined

describe('while the database is away, a browser that has a session', () => {
  const municipality = JSON.parse(readFileSync('setup/demo/municipality.json', 'utf8')) as Municipality
  let client: mongo.MongoClient
  let server: Server
  let isAway: boolean
  let isLasting: boolean
  let asked: number

  before(async () => {
    const nobody = `mongodb://127.0.0.1:${String(await freePort())}`
    client = new mongo.MongoClient(nobody, { serverSelectionTimeoutMS: 50 })
    const now = () => new Date()
    const attempts = { take: () => Promise.resolve(true) }
    const catalogue = { all: () => Promise.resolve([]), find: () => Promise.reject(new Error('not asked')) }
    const app = createApp({
      root: process.cwd(),
      log: { info: ignored, warn: ignored, error: ignored },
      newId: () => 'r1',
      now,
      https: false,
      trustProxy: false,
      views: viewsBelow(process.cwd()),
      tenant: (_req, res, next) => {
        res.locals['municipality'] = municipality
        next()
      },
      absence: { isAway: () => isAway, isLasting: () => isLasting },
      sessions: [
        (_req, _res, next) => {
          asked += 1
          next()
        },
        ...sessions({ client, dbName: 'x', secret: SECRET, https: false, attempts, now }),
      ],
      site: site({ assets: '/assets', person: () => null, officer: () => Promise.resolve(false) }),
      siteOfUnknown: siteOfUnknown({ assets: '/assets' }),
      health: (_req, res) => res.end(),
      cards: undefined,
      identity: Router(),
      publicPages: publicRoutes({ catalogue, siteOf: () => 'https://sportello.example', now }),
      pages: [['/area-personale', (_req, res) => res.send('whose?')]],
      deskFrameOf: () => Promise.reject(new Error('not asked')),
    })
    server = createServer(app).listen(0, '127.0.0.1')
    await once(server, 'listening')
  })
  after(async () => {
    server.close()
    await client.close()
  })
  beforeEach(() => {
    isAway = isLasting = false
    asked = 0
  })

  async function page(path: string, init: RequestInit = {}, more: Record<string, string> = {}) {
    const signature = createHmac('sha256', SECRET).update('s1').digest('base64').replace(/=+$/, '')
    const headers = { ...more, cookie: `sportello=${encodeURIComponent(`s:s1.${signature}`)}` }
    const { port } = server.address() as AddressInfo
    const response = await fetch(`http://127.0.0.1:${String(port)}${path}`, { ...init, headers })
    const html = parse(await response.text())
    return { response, html, ways: html.querySelectorAll('header [data-element=personal-area-login]') }
  }

  for (const [what, known] of [
    ['which its first request finds out', false],
    ['which the driver knows', true],
  ] as const)
    it(`is shown public pages that say nothing of its login: ${what}`, async () => {
      isAway = known
      const { response, html, ways } = await page('/contatti')
      expect(response.status).to.equal(200)
      expect(html.querySelector('h1')?.text).to.include('Contatti')
      expect(ways.map((way) => [way.getAttribute('href'), way.text.trim()])).to.deep.equal([
        ['/area-personale', 'Area personale'],
      ])
      expect(response.headers.getSetCookie()).to.be.empty
      expect(response.headers.get('cache-control'), 'not kept, for it is not the page of a visitor').to.equal(
        'no-store',
      )
      expect(asked, 'nobody waits for what is known').to.equal(known ? 0 : 1)
    })

  it('is told so everywhere else, on a page of the municipality, and at once when it is no election any more', async () => {
    for (const [known, lasting] of [
      [false, false],
      [true, false],
      [true, true],
    ] as const) {
      isAway = known
      isLasting = lasting
      asked = 0
      const { response, html } = await page('/area-personale')
      expect(response.status).to.equal(503)
      expect(html.querySelector('title')?.text).to.include(municipality.name)
      const desk = await page('/ufficio/pratiche/aaaaaaaaaaaaaaaaaaaaaa')
      expect(
        [desk.response.status, desk.html.querySelectorAll('.office-bar, .office-nav').length],
        'bare',
      ).to.deep.equal([503, 1])
      expect([html.querySelector('.office-bar'), desk.html.querySelector('.it-footer')]).to.deep.equal([null, null])
      const body = new URLSearchParams([
        ['motivo', 'Riga «uno»\r\n<riga> "due"'],
        ['scelte', 'a'],
        ['scelte', 'b'],
        ['pin', '1234'],
      ])
      const typed = await page('/contatti', { method: 'POST', body })
      const held = typed.html
        .querySelectorAll('main form[method=post] input')
        .map((field) => [field.getAttribute('name'), field.getAttribute('value')])
      expect(held, 'holds what was typed, to be sent again').to.deep.equal([...body].slice(0, -1))
      expect(typed.html.querySelector('main')?.text).to.include('premi «Riprova»').and.not.include('ricarica')
      const foreign = await page('/contatti', { method: 'POST', body }, { 'sec-fetch-site': 'cross-site' })
      expect(foreign.html.querySelector('main form'), 'not what another site sent').to.equal(null)
      const sent = await page('/contatti', { method: 'POST' })
      expect(sent.response.status).to.equal(503)
      expect(sent.html.querySelector('main')?.text)
        .to.include('non è andato perso')
        .and.to.include('ricarica questa pagina')
      expect(asked, 'the database is asked').to.equal(lasting ? 0 : 5)
    }
  })
})
