import { expect } from 'chai'
import { Router } from 'express'
import type { Page } from 'playwright-core'
import type { Municipality } from '../../server/municipalities/index.ts'
import { buildAssets } from '../../server/web/assets.ts'
import { expectAccessible } from '../support/accessibility.ts'
import { testBrowser } from '../support/browser.ts'
import { eventually } from '../support/eventually.ts'
import { servePages } from '../support/page-server.ts'

/** What the browser adds to the pages. Each page here holds the marks that one part of the script looks for. */
describe('the script of the pages', () => {
  const browser = testBrowser()
  let site: Awaited<ReturnType<typeof servePages>>
  let received: { path: string; body: Record<string, string> }[] = []

  before(async () => {
    const assets = await buildAssets(process.cwd())
    site = await servePages({ municipality: {} as Municipality, pages: [['/', testPages(assets)]] })
  })
  beforeEach(() => {
    received = []
  })
  after(() => site.close())

  const chooseFile = (tab: Page, bytes = 10): Promise<void> =>
    tab.locator('#documento').setInputFiles({ name: 'a.pdf', mimeType: 'application/pdf', buffer: Buffer.alloc(bytes) })

  async function sendFile(tab: Page, bytes?: number): Promise<void> {
    await chooseFile(tab, bytes)
    await tab.getByRole('button', { name: 'Carica' }).click()
  }

  function testPages(assets: string): Router {
    const router = Router()
    router.get('/prova/:name', (req, res) => void res.send(page(assets, BODIES[req.params.name] ?? UPLOAD)))
    router.post('/prova/file', (req, res) => {
      req.resume().on('end', () => res.redirect(303, '/prova/arrivo'))
    })
    router.post('/prova/file-rifiutato', (req, res) => {
      req.resume().on('end', () => res.status(422).send(page(assets, BODIES['errori'] ?? '')))
    })
    router.post('/prova/file-di-troppo', (req, res) => {
      const told = `<div id="avviso" tabindex="-1" autofocus>Un file non è stato salvato.</div>${UPLOAD}`
      req.resume().on('end', () => res.status(413).send(page(assets, told)))
    })
    router.post('/prova/guasto-:status', (req, res) => {
      const failure = BODIES[`errore-${req.params.status}`] ?? '<h1>Errore</h1>'
      req.resume().on('end', () => res.status(Number(req.params.status)).send(page(assets, failure)))
    })
    router.post('/prova/caricato', (req, res) => {
      req.resume().on('end', () => res.redirect(303, '/prova/caricato#documento'))
    })
    router.get('/area-personale', (_req, res) => void res.end())
    router.post('/prova/lenta', (req, res) => {
      received.push({ path: req.path, body: req.body as Record<string, string> })
      setTimeout(() => res.redirect(303, '/prova/arrivo'), 400)
    })
    return router
  }

  async function open(name: string): Promise<Page> {
    const tab = await browser.visit({ javascript: true, width: 1280 })
    await tab.goto(`${site.origin}/prova/${name}`)
    return tab
  }
  const isShown = (tab: Page, selector: string) => tab.locator(selector).isVisible()

  it('puts the reader on the errors, and their links on the fields', async () => {
    const tab = await open('errori')
    expect(await tab.evaluate('document.activeElement.hasAttribute("data-error-summary")')).to.equal(true)
    await tab.getByRole('link', { name: 'Scegli il titolo' }).click()
    expect(await tab.evaluate('document.activeElement.id')).to.equal('titolo')
    expect(await tab.evaluate('document.querySelector("legend").getBoundingClientRect().top >= 0')).to.equal(true)
  })

  it('shows the fields that apply, and sends none of the others', async () => {
    const tab = await open('condizioni')
    expect(await isShown(tab, '#proprietario')).to.equal(false)
    await tab.getByLabel('Affittuario').check()
    expect(await isShown(tab, '#proprietario')).to.equal(true)
    await tab.getByLabel('Luce').check()
    await tab.locator('#proprietario').selectOption('ente')
    expect(await isShown(tab, '#nome-ente')).to.equal(true)
    await tab.locator('#nome-ente').fill('ATER')
    await tab.getByLabel('Proprietario', { exact: true }).check()
    expect(await isShown(tab, '#nome-ente'), 'what hangs on a hidden field is hidden').to.equal(false)
    await tab.getByRole('button', { name: 'Invia' }).click()
    await tab.waitForURL('**/arrivo')
    expect(received.map(({ body }) => body)).to.deep.equal([{ titolo: 'proprietario' }])
  })

  it('counts characters as the server does, and cuts nothing', async () => {
    const tab = await open('contatore')
    const text = tab.locator('#testo-count')
    await tab.locator('#testo').fill('ciao 👍🏽')
    expect(await text.textContent()).to.equal('Puoi scrivere ancora 3 caratteri')
    await tab.locator('#testo').fill('dodici segni')
    expect(await text.textContent()).to.equal('Ci sono 2 caratteri di troppo')
    expect(await tab.locator('#testo').inputValue()).to.equal('dodici segni')
  })

  it('sends a form once, however often its button is pressed', async () => {
    const tab = await open('doppio')
    await tab.getByRole('button', { name: 'Invia' }).dblclick()
    await tab.waitForURL('**/arrivo')
    expect(received).to.have.length(1)
  })

  it('shows how a long list is searched, and sends what was chosen', async () => {
    const tab = await open('elenco')
    const input = tab.getByRole('combobox', { name: 'Provincia' })
    await input.click()
    expect(await tab.getByRole('option').allTextContents(), 'all of them, for who cannot guess').to.have.length(2)
    await tab.getByRole('button', { name: 'Invia' }).focus()
    expect(await tab.locator('select').inputValue(), 'to look is not to choose').to.equal('')
    await input.fill('peru')
    await tab.getByRole('listbox', { name: 'Provincia' }).getByRole('option', { name: 'Perugia' }).click()
    await expectAccessible(tab)
    expect(await tab.locator('select').inputValue()).to.equal('PG')
    expect(await input.evaluate((field: { required: boolean }) => field.required), 'as the select is').to.equal(true)
    expect(await tab.locator('select').getAttribute('aria-label')).to.equal('Provincia')
    expect(await tab.locator('form svg').first().getAttribute('aria-hidden'), 'an ornament').to.equal('true')
    expect(await input.getAttribute('name'), 'the list is what is sent').to.equal(null)
    await input.click()
    expect(await tab.getByRole('option').allTextContents(), 'to choose anew').to.have.length(2)
    await input.fill('qualcosa')
    await tab.getByRole('button', { name: 'Invia' }).focus()
    expect(await tab.locator('select').inputValue(), 'what matches nothing is no answer').to.equal('')
  })

  it('sends what was typed as a whole, also when the button is tapped from within the field', async () => {
    const tab = await open('elenco')
    await tab.getByRole('combobox', { name: 'Provincia' }).fill('perugia')
    // Pressed and released at once, as by a finger: nothing comes between the leaving of the field and the sending.
    await tab.getByRole('button', { name: 'Invia' }).evaluate((button: { focus(): void; click(): void }) => {
      button.focus()
      button.click()
    })
    await tab.waitForURL('**/arrivo')
    expect(received.at(-1)?.body).to.deep.equal({ provincia: 'PG' })
  })

  it('shows and says of a long list that its answer is wrong, as of any field', async () => {
    const tab = await open('elenco-rifiutato')
    const input = tab.locator('input[role=combobox]')
    await input.waitFor()
    const colour = 'getComputedStyle(document.querySelector("[aria-invalid=true]:not(select)")).borderTopColor'
    expect(await tab.evaluate(colour)).to.equal('rgb(179, 36, 58)')
    const id = await input.getAttribute('aria-describedby')
    expect(await tab.locator(`[id="${id}"]`).textContent()).to.match(/^Scegli la provincia /)
    await tab.getByRole('link', { name: 'Scegli la provincia' }).click()
    expect(await tab.evaluate('document.activeElement.id')).to.equal('provincia')
  })

  it('lets screen readers hear of no field that it is wrong but those of which the server says so', async () => {
    const tab = await open('obbligatori')
    await tab.locator('input[role=combobox]').waitFor()
    const { nodes } = await (await tab.context().newCDPSession(tab)).send('Accessibility.getFullAXTree')
    const isWrong = ({ properties = [] }: (typeof nodes)[number]) =>
      properties.some(({ name, value }) => name === 'invalid' && value.value !== 'false')
    expect(nodes.filter(isWrong).map(({ name }) => String(name?.value))).to.deep.equal(['Comune'])
    await expectAccessible(tab)
  })

  it('shows how an upload goes on, lets it be given up, then goes where the answer leads', async () => {
    const tab = await open('file')
    await tab.route('**/prova/file', async (route) => {
      await new Promise((resolve) => setTimeout(resolve, 500))
      await route.continue()
    })
    await sendFile(tab, 300_000)
    expect(await tab.getByRole('progressbar', { name: 'Caricamento dei file' }).isVisible()).to.equal(true)
    await tab.getByRole('button', { name: 'Annulla' }).press('Enter')
    await tab.getByText('Caricamento annullato.').waitFor()
    expect(await tab.evaluate('document.activeElement.id'), 'not nowhere').to.equal('documento')
    await tab.getByRole('button', { name: 'Carica' }).click()
    await tab.waitForURL('**/arrivo')
  })

  it('puts the page that answers an upload in the place of the form, script included', async () => {
    const tab = await open('file-rifiutato')
    await sendFile(tab)
    await tab.waitForSelector('[data-error-summary]')
    expect(await tab.title()).to.equal('Prova')
    expect(await tab.evaluate('document.activeElement.hasAttribute("data-error-summary")')).to.equal(true)
    await tab.goto(`${site.origin}/prova/file-di-troppo`)
    for (const time of ['once', 'again']) {
      await tab.evaluate('document.body.setAttribute("data-left", "")')
      await sendFile(tab)
      await tab.locator('body:not([data-left]) #avviso').waitFor()
      expect(await tab.evaluate('document.activeElement.id'), `what else was just told, ${time}`).to.equal('avviso')
    }
  })

  for (const [status, told] of [
    [503, 'Riprova tra un minuto: quello che hai scritto è ancora qui.'],
    [413, 'Scegli file più piccoli, o meno file per volta: quello che hai scritto è ancora qui.'],
    [429, 'Stai già inviando otto moduli. Quello che hai scritto è ancora qui.'],
  ] as const)
    it(`keeps what was typed and chosen when the answer is ${status}, and says what to do`, async () => {
      const tab = await open(`guasto-${status}`)
      await tab.locator('#nome').fill('Piazza del Mercato')
      await sendFile(tab)
      await tab.getByText(told).waitFor()
      expect(await tab.locator('#nome').inputValue()).to.equal('Piazza del Mercato')
      expect(await tab.evaluate('document.getElementById("documento").files.length')).to.equal(1)
      expect(await tab.getByRole('button', { name: 'Carica' }).isEnabled(), 'to be sent again').to.equal(true)
    })

  it('comes back to the field whose file was taken', async () => {
    const tab = await open('caricato')
    await tab.evaluate('document.body.setAttribute("data-left", "")')
    await sendFile(tab)
    await tab.locator('body:not([data-left])').waitFor()
    expect(await tab.evaluate('document.activeElement.id')).to.equal('documento')
    // Pages glide: where it stands is known when it has stopped.
    for (let before = -1, now = 0; before !== now;) {
      await tab.waitForTimeout(200)
      before = now
      now = await tab.evaluate<number>('scrollY')
    }
    const seen =
      '(({ top, bottom }) => top >= 0 && bottom <= innerHeight)(document.activeElement.getBoundingClientRect())'
    expect(await tab.evaluate(seen), 'in the window').to.equal(true)
  })

  /** In a field of a page, so many minutes after it was opened. */
  async function openFor(minutes: 25 | 30, width: 320 | 1280) {
    const tab = await browser.visit({ javascript: true, width })
    await tab.emulateMedia({ reducedMotion: 'reduce' })
    await tab.clock.install()
    await tab.goto(`${site.origin}/prova/sessione`)
    await tab.locator('#nome').focus()
    await tab.clock.fastForward(`${minutes}:00`)
    return tab
  }

  it('warns before the session ends, and whoever stays goes on where they were', async () => {
    const tab = await openFor(25, 1280)
    const warning = tab.getByRole('alert')
    expect(await warning.innerText()).to.include('Tra 5 minuti')
    const bottom = 'document.querySelector("#ultimo").getBoundingClientRect().bottom'
    await tab.evaluate(`window.scrollTo(0, ${bottom} - innerHeight + 30)`)
    await tab.keyboard.press('Tab')
    const top = 'document.querySelector(".session-warning").getBoundingClientRect().top'
    expect(await tab.evaluate<number>(bottom), 'not behind the warning').to.be.below(await tab.evaluate<number>(top))
    await tab.getByRole('button', { name: 'Resta collegato' }).press('Enter')
    await warning.getByText('Tra 5 minuti').waitFor({ state: 'detached' })
    expect(await tab.evaluate('document.activeElement.id')).to.equal('nome')
  })

  it('says that the session ended above the last of the page, until it is put away', async () => {
    const tab = await openFor(30, 320)
    const note = tab.getByRole('alert')
    expect(await note.innerText()).to.include('La sessione è scaduta')
    const gap = `document.querySelector('.session-warning').getBoundingClientRect().top - document.body.getBoundingClientRect().bottom`
    // The room below may come a moment after the words.
    await eventually(async () => {
      await tab.evaluate('window.scrollTo(0, document.documentElement.scrollHeight)')
      expect(await tab.evaluate<number>(gap), 'above the page’s end').to.be.at.least(0)
    })
    await note.getByRole('button', { name: 'Chiudi' }).press('Enter')
    expect(await note.isVisible()).to.equal(false)
    expect(await tab.evaluate('document.activeElement.id')).to.equal('nome')
  })

  it('says so when an upload breaks off, and keeps the form', async () => {
    const tab = await open('file')
    await tab.route('**/prova/file', (route) => route.abort('connectionreset'))
    await tab.locator('#nome').fill('Anna')
    await sendFile(tab)
    await tab.getByText('Il caricamento si è interrotto').waitFor()
    expect(await tab.locator('#nome').inputValue()).to.equal('Anna')
  })

  it('closes menus with Escape and gives the focus back', async () => {
    const tab = await open('menu')
    await tab.getByText('Anna Bianchi').click()
    await tab.getByRole('link', { name: 'Area personale' }).focus()
    await tab.keyboard.press('Escape')
    expect(await isShown(tab, '.account-panel')).to.equal(false)
    expect(await tab.evaluate('document.activeElement.tagName')).to.equal('SUMMARY')
  })
})

const page = (assets: string, main: string): string => `<!doctype html><html lang="it"><head><meta charset="utf-8">
<title>Prova</title><link rel="stylesheet" href="${assets}/style.css"><link rel="icon" href="${assets}/icon.svg">
<script type="module" src="${assets}/main.js"></script></head><body data-session><main><h1>Prova</h1>${main}</main></body></html>`

const UPLOAD = `<form method="post" enctype="multipart/form-data" data-upload>
  <label for="nome">Nome</label><input id="nome" name="nome">
  <label for="documento">Documento</label><div class="upload-control"><input type="file" id="documento" name="documento"></div>
  <button type="submit" name="action" value="next">Carica</button></form>`

const BODIES: Readonly<Record<string, string>> = {
  arrivo: '<p>Arrivato</p>',
  errori: `<div class="error-summary" data-error-summary tabindex="-1"><div role="alert"><h2>C’è un problema</h2>
    <ul><li><a href="#titolo">Scegli il titolo</a></li></ul></div></div>
    <fieldset><legend>Titolo</legend><input type="radio" id="titolo" name="titolo" value="a"><label for="titolo">A</label></fieldset>`,
  condizioni: `<form method="post" action="/prova/lenta">
    <input type="radio" id="t1" name="titolo" value="affittuario"><label for="t1">Affittuario</label>
    <input type="radio" id="t2" name="titolo" value="proprietario"><label for="t2">Proprietario</label>
    <div data-show-when="titolo" data-show-values="affittuario comodatario" hidden><label for="proprietario">Di chi è</label>
      <select id="proprietario" name="proprietario" disabled><option value="">Scegli</option><option value="ente">Ente</option></select></div>
    <div data-show-when="proprietario" data-show-values="ente" hidden><label for="nome-ente">Quale ente</label>
      <input id="nome-ente" name="nomeEnte" disabled></div>
    <div data-show-when="titolo" data-show-values="affittuario" hidden><fieldset disabled><legend>Utenze</legend>
      <input type="checkbox" id="luce" name="utenze" value="luce"><label for="luce">Luce</label></fieldset></div>
    <button type="submit">Invia</button></form>`,
  contatore: `<label for="testo">Testo</label><textarea id="testo" data-counter="10"></textarea><p id="testo-count">Al massimo 10 caratteri</p>`,
  doppio: `<form method="post" action="/prova/lenta"><button type="submit">Invia</button></form>`,
  elenco: `<form method="post" action="/prova/lenta"><div class="form-group"><label for="provincia">Provincia</label>
    <select id="provincia" name="provincia" data-autocomplete required><option value="">Scegli</option><option value="PG">Perugia</option>
    <option value="TR">Terni</option></select></div><button type="submit">Invia</button></form>`,
  'elenco-rifiutato': `<div class="error-summary" data-error-summary tabindex="-1"><a href="#provincia">Scegli la provincia</a></div>
    <div class="form-group has-error"><label for="provincia">Provincia</label><p class="form-feedback" id="provincia-error">Scegli la provincia</p>
    <select class="is-invalid" id="provincia" name="provincia" data-autocomplete aria-describedby="provincia-error" aria-invalid="true"><option value="">Scegli</option>
    <option value="PG">Perugia</option></select></div>`,
  obbligatori: `<form novalidate><label for="via">Via</label><select id="via" required><option value="">Scegli</option></select>
    <input type="checkbox" id="letta" required><label for="letta">Letta</label><label for="giorno">Giorno</label><input type="date" id="giorno" required>
    <label for="mappa">Mappa</label><input type="file" id="mappa" required>
    <label for="provincia">Provincia</label><select id="provincia" data-autocomplete required><option value="">Scegli</option><option>Perugia</option></select>
    <label for="comune">Comune</label><select class="is-invalid" id="comune" required aria-invalid="true"><option value="">Scegli</option></select></form>`,
  'errore-429': '<div class="error-page"><p class="lead">Stai già inviando otto moduli.</p></div>',
  caricato: `${'<br>'.repeat(60)}${UPLOAD.replace('value="next"', 'value="upload:documento"')}`,
  sessione: `<label for="nome">Nome</label><input id="nome">${'<br>'.repeat(60)}
    <label for="ultimo">Ultimo</label><input id="ultimo">${'<br>'.repeat(60)}`,
  menu: `<details class="account-menu"><summary>Anna Bianchi</summary><div class="account-panel"><a href="/">Area personale</a></div></details>`,
}
