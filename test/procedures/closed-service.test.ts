import { readFileSync } from 'node:fs'
import { expect } from 'chai'
import { Router } from 'express'
import { parse, type HTMLElement } from 'node-html-parser'
import { AppError } from '../../server/errors.ts'
import type { Municipality, ServiceNotice } from '../../server/municipalities/index.ts'
import { publicRoutes } from '../../server/procedures/index.ts'
import { expectAccessible, expectNoSidewaysScroll } from '../support/accessibility.ts'
import { testBrowser } from '../support/browser.ts'
import { servePages } from '../support/page-server.ts'
import { DELIVERED, loadInstalled, procedure } from './installed.ts'

const [ACCESS, PERMIT, ADDRESS, GROUND, SCIA, REPORT] = DELIVERED as [string, string, string, string, string, string]
const REASON = 'Stiamo cambiando il programma <dei permessi>.'
const SERVICES: readonly ServiceNotice[] = [
  { procedure: GROUND, status: 'suspended', reason: REASON, from: '2026-11-20', to: '2026-12-04' },
  { procedure: PERMIT, status: 'scheduled', reason: 'Lo sportello è in allestimento.', from: '2026-12-01' },
  { procedure: ADDRESS, status: 'ended', reason: 'Ora la dichiarazione si fa su ANPR.' },
  { office: 'suap', status: 'suspended', reason: 'Trasloco.', from: '2026-12-09', to: '2026-12-11' },
]

describe('a service that takes no requests', () => {
  const municipality = {
    ...(JSON.parse(readFileSync('setup/demo/municipality.json', 'utf8')) as Municipality),
    services: SERVICES,
  }
  let site: Awaited<ReturnType<typeof servePages>>

  before(async () => {
    await loadInstalled()
    const catalogue = {
      all: () => Promise.resolve(DELIVERED.map(procedure)),
      find: async (_municipality: string, wanted: string) => {
        if (!DELIVERED.includes(wanted)) throw new AppError('NOT_FOUND', 'No such procedure')
        return procedure(wanted)
      },
    }
    const facts = { siteOf: () => 'https://sportello.example', now: () => new Date('2026-11-25T10:00:00Z') }
    const begin = Router().use('/servizi/:procedure/avvia', (_req, res) => res.send('<main>Inizia la richiesta</main>'))
    const pages = [publicRoutes({ catalogue, ...facts }), begin].map((router) => ['/', router] as const)
    site = await servePages({ municipality, pages, person: '' })
  })
  after(() => site.close())

  const get = async (path: string, init: RequestInit = {}) => {
    const response = await fetch(`${site.origin}${path}`, init)
    const html = parse(await response.text())
    return { status: response.status, html, text: textOf(html.querySelector('main') ?? html) }
  }
  const textOf = (element: HTMLElement | null): string => element?.structuredText.replace(/\s+/g, ' ').trim() ?? ''
  const hrefs = (html: HTMLElement) => html.querySelectorAll('main a[href]').map((link) => link.getAttribute('href'))

  for (const [id, status, title, reason] of [
    [ACCESS, 'Servizio attivo', '', ''],
    [
      GROUND,
      'Servizio non attivo',
      'Il servizio è sospeso da venerdì 20 novembre 2026 fino a venerdì 4 dicembre 2026',
      REASON,
    ],
    [PERMIT, 'Servizio non attivo', 'Il servizio apre martedì 1 dicembre 2026', 'Lo sportello è in allestimento.'],
    [ADDRESS, 'Servizio non attivo', 'Il servizio non è più attivo', 'Ora la dichiarazione si fa su ANPR.'],
    [
      SCIA,
      'Servizio attivo',
      'Il servizio sarà sospeso da mercoledì 9 dicembre 2026 fino a venerdì 11 dicembre 2026',
      'Trasloco. Puoi inviare la richiesta fino a martedì 8 dicembre 2026.',
    ],
  ] as const)
    it(`says so on its card, with reason and days, and offers what can still be done: ${id}`, async () => {
      const { html, text } = await get(`/servizi/${id}`)
      const active = status === 'Servizio attivo'
      expect(textOf(html.querySelector('[data-element="service-status"]'))).to.equal(status)
      expect(textOf(html.querySelector('.card-head .alert'))).to.equal(`${title} ${reason}`.trim())
      expect(hrefs(html).includes(`/servizi/${id}/avvia`), 'a way in').to.equal(active)
      expect(html.querySelector('[data-element="service-online-access"]') !== null).to.equal(active)
      const access = textOf(html.querySelector('[data-element="service-generic-access"]'))
      expect(access).to.match(/allo sportello: .*Orari: /)
      expect(access.includes('La richiesta online non è disponibile. Per informazioni chiama'), access).to.equal(
        !active,
      )
      expect(text.includes('Se invii la richiesta oggi'), 'no day of an answer to what cannot be sent').to.equal(active)
      const { availableChannel: channel } = JSON.parse(
        html.querySelector('script[type="application/ld+json"]')?.rawText ?? '',
      ) as { availableChannel: { name: string; serviceUrl: string } }
      expect(channel).to.include({
        name: active ? 'Servizio online e sportello' : 'Sportello',
        serviceUrl: `https://sportello.example/servizi/${id}${active ? '/avvia' : ''}`,
      })
    })

  for (const path of ['/servizi', '/', '/servizi?q=suolo', '/servizi?categoria=mobilita-e-trasporti'])
    it(`is marked where it is listed: ${path}`, async () => {
      const { html } = await get(path)
      const notes = new Map([
        [GROUND, 'Sospeso fino a venerdì 4 dicembre 2026'],
        [PERMIT, 'Apre martedì 1 dicembre 2026'],
        [ADDRESS, 'Non più attivo'],
      ])
      const cards = html.querySelectorAll('.service-card')
      expect(cards).not.to.have.length(0)
      for (const card of cards) {
        const id = card.querySelector('a')?.getAttribute('href')?.replace('/servizi/', '') ?? ''
        expect(textOf(card.querySelector('.service-card-note')), id).to.equal(notes.get(id) ?? 'Richiedi online')
      }
    })

  for (const [id, status, heading] of [
    [GROUND, 409, 'Il servizio è sospeso da venerdì 20 novembre 2026 fino a venerdì 4 dicembre 2026'],
    [PERMIT, 409, 'Il servizio apre martedì 1 dicembre 2026'],
    [ADDRESS, 410, 'Il servizio non è più attivo'],
  ] as const)
    it(`tells at the address where a request begins why none does, before any login: ${id}`, async () => {
      for (const init of [{}, { method: 'POST', body: new URLSearchParams({ privacy: 'letta' }) }]) {
        const page = await get(`/servizi/${id}/avvia`, init)
        expect(page.status).to.equal(status)
        expect(page.html.querySelector('title')?.text).to.include(heading)
        expect(textOf(page.html.querySelector('.alert'))).to.match(new RegExp(`^${heading} .+\\.$`))
        expect(hrefs(page.html))
          .to.include(`/servizi/${id}`)
          .and.include('/area-personale/pratiche?stato=bozze')
          .and.satisfy((all: string[]) => all.some((href) => href.startsWith('tel:')))
        expect(page.text).to.include('Orari: ').and.not.include('Errore')
      }
    })

  it('is not in the way of those that do, today', async () => {
    for (const id of [REPORT, SCIA]) expect((await get(`/servizi/${id}/avvia`)).text).to.equal('Inizia la richiesta')
    expect((await get('/servizi/zzz/avvia')).status).to.equal(404)
  })

  describe('in a browser', () => {
    const browser = testBrowser()
    for (const width of [360, 1280] as const)
      it(`${width} px wide`, async () => {
        const tab = await browser.visit({ width, javascript: false })
        for (const path of [`/servizi/${GROUND}`, '/servizi', `/servizi/${GROUND}/avvia`]) {
          await tab.goto(`${site.origin}${path}`)
          await expectNoSidewaysScroll(tab)
        }
        const scripted = await browser.visit({ width, javascript: true })
        for (const path of [`/servizi/${GROUND}`, '/servizi', `/servizi/${GROUND}/avvia`]) {
          await scripted.goto(`${site.origin}${path}`)
          await expectAccessible(scripted)
        }
      })
  })
})
