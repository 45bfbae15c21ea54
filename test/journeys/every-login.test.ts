import { expect } from 'chai'
import { join } from 'node:path'
import type { Page } from 'playwright-core'
import { CARD_PASSWORD } from '../../setup/cards.ts'
import { expectAccessible, expectNoSidewaysScroll } from '../support/accessibility.ts'
import { testBrowser, type Visit } from '../support/browser.ts'
import { testPlatform } from '../support/platform.ts'

const WIDE: Visit = { javascript: true, width: 1280 }
const NARROW: Visit = { javascript: false, width: 320 }

describe('from each login button into the personal area or to the desk, in a browser', () => {
  const running = testPlatform()
  const browser = testBrowser()

  async function look(page: Page): Promise<void> {
    if (process.env['SCREENSHOTS']) {
      const name = `${new URL(page.url()).pathname.replaceAll('/', '-')}-${page.viewportSize()!.width}-${Date.now()}`
      await page.screenshot({ path: `${process.env['SCREENSHOTS']}/${name}.png`, fullPage: true })
    }
    // axe is itself a script.
    if (page.viewportSize()!.width === WIDE.width) await expectAccessible(page)
    await expectNoSidewaysScroll(page)
  }

  /** Chooses at the provider, and comes back. */
  async function choose(page: Page, name: string): Promise<void> {
    const { url, identityProvider } = running.platform
    await page.waitForURL(`${identityProvider.baseUrl}/**`)
    await page.getByRole('button', { name: new RegExp(`^${name}`) }).click()
    const handOver = page.getByRole('button', { name: 'Continua' })
    await Promise.race([page.waitForURL(`${url}/**`), handOver.waitFor().catch(() => undefined)])
    if (!page.url().startsWith(url)) await handOver.click()
    await page.waitForURL(`${url}/**`)
  }

  it('with the keyboard alone, on a page that loads nothing from elsewhere', async () => {
    const page = await browser.visit(WIDE)
    const loaded: string[] = []
    page.on('request', (request) => loaded.push(new URL(request.url()).origin))
    await page.goto(`${running.platform.url}/accesso`)
    /** Tab after tab until what has the focus is called so. */
    const reach = async (name: string): Promise<void> => {
      const focused = page.locator(':focus')
      for (let tabs = 0; tabs < 60; tabs += 1) {
        await page.keyboard.press('Tab')
        if ((await focused.count()) > 0 && (await focused.innerText()).trim() === name) return
      }
      throw new Error(`The keyboard does not reach «${name}»`)
    }
    for (const name of ['Entra con SPID', 'Entra con CIE', 'Login with eIDAS', 'Entra con CNS']) await reach(name)
    expect([...new Set(loaded)]).to.deep.equal([running.platform.url])
    await page.reload()
    await reach('Entra con SPID')
    await page.keyboard.press('Enter')
    await reach('Gestore di prova')
    await page.keyboard.press('Enter')
    await choose(page, 'Giulia Conti')
    expect(page.url()).to.equal(`${running.platform.url}/area-personale`)
  })

  it('CIE', async () => {
    const page = await browser.visit(WIDE)
    await page.goto(`${running.platform.url}/accesso`)
    await page.getByRole('link', { name: 'Entra con CIE' }).click()
    await choose(page, 'Giulia Conti')
    expect(page.url()).to.equal(`${running.platform.url}/area-personale`)
  })

  it('eIDAS', async () => {
    const page = await browser.visit(WIDE)
    await page.goto(`${running.platform.url}/accesso`)
    await page.getByRole('link', { name: 'Login with eIDAS' }).click()
    await choose(page, 'Klara Lindqvist')
    expect(page.url()).to.equal(`${running.platform.url}/area-personale`)
  })

  it('CNS, with a card that npm start made', async () => {
    const { url, env } = running.platform
    const pfxPath = join(env['CNS_TLS'] ?? '', '..', 'cards', 'giulia-conti.p12')
    const card = { origin: env['CNS_ADDRESS'] ?? '', pfxPath, passphrase: CARD_PASSWORD }
    const page = await browser.visit({ ...WIDE, card })
    await page.goto(`${url}/accesso`)
    await page.getByRole('link', { name: 'Entra con CNS' }).click()
    await page.waitForURL(`${url}/area-personale`)
    expect(await page.locator('h1').innerText()).to.equal('Ciao, Giulia')
    const sections = page.getByRole('navigation', { name: 'Area personale' })
    for (const section of ['Da firmare', 'Deleghe', 'Accessi', 'Chi ha visto i miei dati', 'I miei dati']) {
      await sections.getByRole('link', { name: section, exact: true }).click()
      await look(page)
    }
  })

  it('CNS without a card: says what to do, and another way in', async () => {
    const { url, env } = running.platform
    // A certificate for elsewhere: the browser has none for this address.
    const pfxPath = join(env['CNS_TLS'] ?? '', '..', 'cards', 'giulia-conti.p12')
    const card = { origin: 'https://localhost:1', pfxPath, passphrase: CARD_PASSWORD }
    const page = await browser.visit({ ...WIDE, card })
    await page.goto(`${url}/accesso`)
    // oxlint-disable-next-line typescript/no-deprecated -- the way there asks for a card at an address of its own: its end is waited for below
    await page.getByRole('link', { name: 'Entra con CNS' }).click({ noWaitAfter: true })
    await page.waitForURL(`${url}/accesso/cns/ritorno**`)
    expect(await page.locator('h1').innerText()).to.equal('Non abbiamo trovato la tua carta')
    await look(page)
    await page.getByRole('link', { name: 'Scegli un altro gestore' }).click()
    expect(new URL(page.url()).pathname).to.equal('/accesso')
  })

  for (const visit of [WIDE, NARROW]) {
    const how = `${visit.width} px, ${visit.javascript ? 'with' : 'without'} JavaScript`

    it(`the municipality’s directory, for staff, and out again on both sides (${how})`, async () => {
      const { url } = running.platform
      const page = await browser.visit(visit)
      await page.goto(`${url}/ufficio`)
      await page.getByRole('link', { name: 'Accesso del personale' }).click()
      await look(page)
      const trail = page.getByRole('navigation', { name: 'Percorso di navigazione' })
      await trail.getByRole('link', { name: 'Accedi ai servizi' }).click()
      expect(await trail.locator('[aria-current]').innerText()).to.equal('Accedi ai servizi')
      await page.getByRole('link', { name: 'Accesso del personale' }).click()
      await page.getByRole('link', { name: 'Entra con l’account del Comune' }).click()
      await page.getByRole('button', { name: 'Chiara Moretti' }).click()
      await page.waitForURL(`${url}/ufficio`)
      const [bar, name] = [page.locator('.office-brand'), page.locator('.account-menu summary')]
      expect(await name.innerText(), 'read out whole').to.equal('Chiara Moretti')
      const [left, right] = await Promise.all([bar.boundingBox(), name.boundingBox()])
      expect(right?.y, 'beside the office, not below').to.be.lessThan((left?.y ?? 0) + (left?.height ?? 0))
      await page.goto(`${url}/area-personale`)
      expect(new URL(page.url()).pathname).to.equal('/accesso')
      await page.goto(`${url}/esci`)
      await page.locator('main').getByRole('button', { name: 'Esci' }).click()
      await page.waitForURL(/localhost:\d+\/session\/end/)
      await page.getByRole('button', { name: 'Esci' }).click()
      await page.waitForURL(`${url}/esci**`)
      expect(await page.locator('h1').innerText()).to.equal('Sei uscito dai servizi')
      await page.goto(`${url}/ufficio`)
      expect(new URL(page.url()).pathname).to.equal('/accesso')
    })
  }

  for (const visit of [WIDE, NARROW]) {
    const how = `${visit.width} px, ${visit.javascript ? 'with' : 'without'} JavaScript`

    it(`SPID (${how})`, async () => {
      const page = await browser.visit(visit)
      await page.goto(`${running.platform.url}/area-personale`)
      expect(new URL(page.url()).pathname).to.equal('/accesso')
      await look(page)
      await page.getByText('Entra con SPID').click()
      await look(page)
      await page.getByRole('link', { name: 'Gestore di prova' }).click()
      await look(page)
      await choose(page, 'Giulia Conti')
      expect(page.url()).to.equal(`${running.platform.url}/area-personale`)
    })

    it(`SPID, given up at the provider, and tried again (${how})`, async () => {
      const page = await browser.visit(visit)
      await page.goto(`${running.platform.url}/accesso?ritorno=/servizi`)
      await page.getByText('Entra con SPID').click()
      await page.getByRole('link', { name: 'Gestore di prova' }).click()
      await page.getByText('Fai fallire l’accesso').click()
      await choose(page, 'Annulla')
      expect(await page.locator('h1').innerText()).to.equal('Accesso annullato')
      await look(page)
      await page.getByRole('link', { name: 'Riprova' }).click()
      await choose(page, 'Giulia Conti')
      expect(page.url()).to.equal(`${running.platform.url}/servizi`)
    })

    it(`SPID at level 1, and out again on both sides (${how})`, async () => {
      const page = await browser.visit(visit)
      const { url, identityProvider } = running.platform
      await page.goto(`${url}/accesso/spid?idp=${identityProvider.entityId}&livello=1`)
      await choose(page, 'Giulia Conti')
      await page.goto(`${url}/esci`)
      await look(page)
      await page.locator('main').getByRole('button', { name: 'Esci' }).click()
      await page.waitForURL(`${url}/spid/slo**`)
      expect(await page.locator('h1').innerText()).to.equal('Sei uscito dai servizi')
      await look(page)
      await page.goto(`${url}/area-personale`)
      expect(new URL(page.url()).pathname).to.equal('/accesso')
    })
  }
})
