import { expect } from 'chai'
import type { Page } from 'playwright-core'
import { createProtocol, protocolRoutes } from '../../server/protocol/index.ts'
import { newId } from '../../server/shared/ids.ts'
import { createInTransaction } from '../../server/shared/transaction-store.ts'
import { expectAccessible, expectFitting, expectNoSidewaysScroll } from '../support/accessibility.ts'
import { testBrowser } from '../support/browser.ts'
import { testDatabase } from '../support/database.ts'
import { modelsReady } from '../support/models.ts'
import { servePages } from '../support/page-server.ts'
import { newEntry, vallechiara } from './sample.ts'
import { throwAwaySeal } from './seal.ts'

const BASE = '/ufficio/protocollo'

describe('the pages of the register in a browser', () => {
  const database = testDatabase()
  const browser = testBrowser()
  let server: Awaited<ReturnType<typeof servePages>>
  let entry: string

  before(async () => {
    const protocol = createProtocol({ connection: database.connection, newId })
    const inTransaction = createInTransaction(database.connection)
    await modelsReady(database.connection)
    for (let count = 0; count < 30; count += 1) {
      const { id } = await inTransaction((tx) => protocol.register(newEntry({ reserved: true }), vallechiara, tx))
      entry = id
    }
    await protocol.closeDays(vallechiara, new Date('2026-03-05T02:00:00Z'))
    const author = { kind: 'officer', name: 'Anna Bianchi', cf: 'X', role: 'protocol-officer', office: 'x' } as const
    const frame = { office: 'Protocollo', nav: [{ text: 'Registro di protocollo', href: BASE, current: true }] }
    const signer = await throwAwaySeal('rsa')
    const routes = protocolRoutes({
      protocol,
      inTransaction,
      readerOf: async () => ({ author, offices: ['edilizia'], protocolService: true, frame }),
      sealOf: async () => signer,
      consulted: () => Promise.resolve(),
      now: () => new Date(),
    })
    server = await servePages({ municipality: vallechiara, pages: [[BASE, routes]] })
  })
  after(() => server.close())

  const paths = () => [
    BASE,
    `${BASE}?numero=999999`,
    `${BASE}?numero=x&dal=y`,
    `${BASE}/${entry}`,
    `${BASE}/${entry}/annulla`,
    `${BASE}/registri-giornalieri`,
  ]
  const each = async (page: Page, check: (page: Page) => Promise<void>) => {
    for (const path of paths()) {
      await page.goto(server.origin + path)
      await check(page)
    }
  }

  it('have no barrier that axe can find', async () => {
    await each(await browser.visit({ javascript: true, width: 1280 }), expectAccessible)
  })

  it('fit a window of 320 px, without JavaScript too', async () => {
    await each(await browser.visit({ javascript: false, width: 320 }), expectNoSidewaysScroll)
  })

  it('have their fields in rows, the buttons right below, and the day of an entry on one line', async () => {
    const page = await browser.visit({ javascript: true, width: 1280 })
    await page.goto(server.origin + BASE)
    const box = async (selector: string) => page.locator(selector).first().boundingBox()
    const [field, button, day] = [await box('#ufficio'), await box('main .btn'), await box('tbody th .cell-note')]
    expect((button?.y ?? 0) - (field?.y ?? 0) - (field?.height ?? 0)).to.be.within(1, 24)
    expect(day?.height).to.be.below(30)
  })

  it('are printed under the name of the municipality, a table as a table and nothing cut off', async () => {
    const page = await browser.visit({ javascript: true, width: 1280 })
    await page.emulateMedia({ media: 'print' })
    // A sheet of A4 between margins of 15 mm.
    await page.setViewportSize({ width: 680, height: 1000 })
    await each(page, async () => {
      expect(await page.locator('.office-brand-name').isVisible(), page.url()).to.equal(true)
      expect(await page.locator('.office-nav').isVisible(), page.url()).to.equal(false)
      await expectFitting(page)
    })
    await page.goto(server.origin + BASE)
    expect((await page.getByRole('columnheader', { name: 'Oggetto' }).boundingBox())?.height).to.be.above(10)
    const list = await page.getByRole('navigation', { name: 'Pagine dell’elenco' }).innerText()
    expect(list.trim(), 'which of its pages, without the way to others').to.equal('Pagina 1 di 2')
    const edge = await page.evaluate(`getComputedStyle(document.querySelector('.crest [stroke-width]')).stroke`)
    expect(edge, 'the edge of the crest on white').to.equal('rgb(0, 0, 0)')
    await page.goto(`${server.origin}${BASE}/${entry}`)
    const [term, value] = await Promise.all(['dt', 'dd'].map((tag) => page.locator(tag).first().boundingBox()))
    expect(value?.y, 'beside what it is called').to.equal(term?.y)
  })

  it('are searched with the keyboard alone', async () => {
    const page = await browser.visit({ javascript: true, width: 1280 })
    await page.goto(server.origin + BASE)
    await page.locator('#numero').focus()
    await page.keyboard.type('30')
    await page.keyboard.press('Enter')
    await page.getByRole('link', { name: /0000030/ }).focus()
    await page.keyboard.press('Enter')
    await page.getByRole('heading', { level: 1, name: /0000030/ }).waitFor()
  })
})
