import { expect } from 'chai'
import { createHistory } from '../../server/history/index.ts'
import { newId } from '../../server/shared/ids.ts'
import { ACCESS, ACCESS_ANSWERS, filingOf, filings, post, sent, tokenIn } from '../filings/citizen.ts'
import { personAt } from '../journeys/person.ts'
import { testBrowser } from '../support/browser.ts'
import { logIn } from '../support/login.ts'
import { testPlatform } from '../support/platform.ts'
import type { Visitor } from '../support/visitor.ts'

const MATTEO = 'LNGMTT96H06D653K'
const FRANCESCA = 'RVIFNC92C68A944G'

/** A number is never parted from its «n.». */
const spaced = (text: string): string => text.replaceAll('\u00a0', ' ')

describe('several filings at once', function () {
  this.timeout(90_000)
  const site = testPlatform()
  const browser = testBrowser()

  const report = async () => (await sent(site.platform, 'Giulia Conti')).id
  const accessAsked = async () =>
    (await sent(site.platform, 'Giulia Conti', { procedure: ACCESS, answers: ACCESS_ANSWERS })).id
  const numberOf = async (id: string): Promise<string> => {
    const { protocol } = await filingOf(site.platform, id)
    return `${String(protocol?.number).padStart(7, '0')}/${protocol?.year}`
  }
  const eventsOf = async (id: string) => {
    const history = createHistory({ connection: site.platform.connection, newId })
    return (await history.of('vallechiara', id)).map(({ type, by }) => `${type} ${by.name}`).slice(1)
  }
  const boxesOn = async (visitor: Visitor, path: string) =>
    (await visitor.get(path)).html.querySelectorAll('input[name=scelte]').map((box) => box.getAttribute('value'))

  /** Sends the form of a list with these boxes, whether it offers them or not. */
  async function choose(visitor: Visitor, ids: readonly string[], fields: Record<string, string>) {
    const page = await visitor.get('/ufficio')
    const boxes = ids.map((id): [string, string] => ['scelte', id])
    return post(visitor, page.url, [['_csrf', tokenIn(page)], ...Object.entries(fields), ...boxes])
  }

  /** The page that comes back with what is missing: what each link of its head leads to, beside which error, and what stays chosen. */
  async function sentBack(...chosen: Parameters<typeof choose>) {
    const { status, html } = await choose(...chosen)
    const links = html.querySelectorAll('.error-summary a').map((link) => link.getAttribute('href')?.slice(1) ?? '')
    return {
      status,
      title: html.querySelector('title')?.text.split(' - ')[0],
      caption: html.querySelector('caption')?.text,
      errors: links.map((id) => {
        const described = html.querySelector(`#${id}[aria-invalid]`)?.getAttribute('aria-describedby') ?? ''
        return [id, html.querySelector(`#${described}`)?.text]
      }),
      ticked: html.querySelectorAll('input[name=scelte][checked]').map((box) => box.getAttribute('value')),
      person: html.querySelector('#persona option[selected]')?.getAttribute('value'),
    }
  }

  const told = async (...chosen: Parameters<typeof choose>) => spaced((await choose(...chosen)).text)

  for (const javascript of [true, false])
    it(`are taken in charge, each by its own rule, ${javascript ? 'with' : 'without'} a script`, async () => {
      const [first, second, third] = [await report(), await report(), await report()]
      const width = javascript ? 360 : 1280
      const matteo = personAt(await browser.visit({ javascript, width }), site.platform.url, { javascript })
      await matteo.enter('Matteo Longo', '/ufficio')
      await matteo.look()
      for (const id of [first, second, third]) await matteo.page.locator(`input[value="${id}"]`).check()
      const roberta = site.platform.visitor()
      await roberta.submit(await logIn(roberta, 'Roberta Villa', `/ufficio/pratiche/${third}/passo/prendi-in-carico`))
      await matteo.page.getByRole('button', { name: 'Prendi in carico', exact: true }).click()
      const told = spaced(await matteo.page.locator('.confirmation-told').innerText())
      expect(told).to.include('Hai preso in carico 2 pratiche su 3')
      expect(told).to.include(`n. ${await numberOf(first)}, n. ${await numberOf(second)}.`)
      expect(told).to.include(
        `La pratica n. ${await numberOf(third)} non è stata presa in carico. Nel frattempo la pratica è andata avanti`,
      )
      await matteo.look()
      expect(await matteo.page.locator(`input[value="${first}"]`).count(), 'still in the list').to.equal(0)
      for (const id of [first, second]) expect(await eventsOf(id)).to.deep.equal(['taken-in-charge Matteo Longo'])
      expect(await eventsOf(third)).to.deep.equal(['taken-in-charge Roberta Villa'])
    })

  it('are not those of another office, nor of whom one is near to', async () => {
    const [own, near] = [await report(), await report()]
    await filings(site.platform).updateOne({ _id: near }, { $set: { 'answers.altro': MATTEO } })
    const other = await accessAsked()
    const matteo = site.platform.visitor()
    await logIn(matteo, 'Matteo Longo', '/ufficio')
    expect(await boxesOn(matteo, '/ufficio')).to.deep.equal([own])
    const text = await told(matteo, [other, near], { azione: 'prendi' })
    expect(text)
      .to.include('Nessuna pratica presa in carico')
      .and.include('Una delle pratiche scelte non è più tra quelle dei tuoi uffici')
      .and.include(
        `La pratica n. ${await numberOf(near)} non è stata presa in carico. Nelle risposte di questa pratica c’è il tuo codice fiscale`,
      )
      .and.not.include(await numberOf(other))
    for (const id of [near, other]) expect(await eventsOf(id)).to.deep.equal([])
    expect((await choose(matteo, [own, own], { azione: 'prendi' })).text).to.include('Hai preso in carico una pratica')
    expect((await choose(matteo, [own], { azione: 'prendi' })).text, 'sent twice').to.include('in carico una pratica')
    expect(await eventsOf(own)).to.deep.equal(['taken-in-charge Matteo Longo'])
  })

  it('have no box for whom no step with them is open', async () => {
    const id = await accessAsked()
    const francesca = site.platform.visitor()
    await logIn(francesca, 'Francesca Riva', '/ufficio')
    expect(await boxesOn(francesca, '/ufficio')).to.include(id)
    // A procedure of its office that specialists take in charge: she reads it, and works on it once somebody did.
    const held = site.platform.connection.collection('appointments')
    await held.updateOne({ cf: FRANCESCA, office: 'segreteria-atti' }, { $set: { role: 'desk-officer' } })
    expect((await francesca.get('/ufficio')).text)
      .to.include(await numberOf(id))
      .and.not.include('Con le pratiche')
    expect(await boxesOn(francesca, '/ufficio')).to.deep.equal([])
    expect(await told(francesca, [id], { azione: 'prendi' })).to.include('Il tuo ruolo')
  })

  it('say to the head of the office which of them nobody has who may work on it', async () => {
    const [theirs, abstained, free] = [await report(), await report(), await report()]
    const give = (id: string, change: object) =>
      filings(site.platform).updateOne({ _id: id }, { $set: change as never })
    const held = site.platform.connection.collection('appointments')
    await give(theirs, { assignedTo: { cf: MATTEO, name: 'Matteo Longo' } })
    await give(abstained, {
      abstentions: [{ cf: MATTEO, name: 'Matteo Longo', at: new Date(), reason: 'x', salt: 'x' }],
    })
    const roberta = site.platform.visitor()
    await logIn(roberta, 'Roberta Villa', '/ufficio')
    const told = async (visitor = roberta) => {
      const { html } = await visitor.get('/ufficio')
      const rowOf = (id: string) => html.querySelector(`tbody a[href="/ufficio/pratiche/${id}"]`)?.closest('tr')
      const cellOf = (id: string) => rowOf(id)?.querySelector('[data-label="Assegnata a"]')?.structuredText
      return [theirs, abstained, free].map(cellOf)
    }
    const usual = ['Matteo Longo', 'Nessuno\nDa assegnare: astensione', 'Nessuno']
    expect(await told()).to.deep.equal(usual)
    await held.updateMany({ cf: MATTEO }, { $set: { to: '2020-01-01' } })
    expect(await told(), 'who left').to.deep.equal(['Matteo Longo\nDa riassegnare', ...usual.slice(1)])
    await held.updateMany({ cf: MATTEO }, { $set: { to: null } })
    const matteo = site.platform.visitor()
    await logIn(matteo, 'Matteo Longo', '/ufficio')
    expect(await told(matteo), 'nobody else').to.deep.equal(['Matteo Longo', 'Nessuno', 'Nessuno'])
  })

  it('are given by the head of the office to one officer, and by nobody else', async () => {
    const [first, second, named] = [await report(), await report(), await report()]
    await filings(site.platform).updateOne({ _id: named }, { $set: { 'answers.altro': MATTEO } })
    const matteo = site.platform.visitor()
    await logIn(matteo, 'Matteo Longo', '/ufficio')
    expect((await matteo.get('/ufficio')).text).not.to.include('Assegna a')
    const refused = await choose(matteo, [first], { azione: 'assegna', persona: MATTEO })
    expect(refused.text).to.include('Nessuna pratica assegnata a Matteo Longo').and.include('Il tuo ruolo')
    const roberta = site.platform.visitor()
    await logIn(roberta, 'Roberta Villa', '/ufficio')
    const ids = [first, second, named]
    const text = await told(roberta, ids, { azione: 'assegna', persona: MATTEO })
    expect(text)
      .to.include('Hai assegnato a Matteo Longo 2 pratiche su 3')
      .and.include(
        `La pratica n. ${await numberOf(named)} non è stata assegnata a Matteo Longo. Scrivi perché Matteo Longo se ne può occupare`,
      )
    for (const id of [first, second]) expect(await eventsOf(id)).to.deep.equal(['assigned Roberta Villa'])
    expect(await eventsOf(named)).to.deep.equal([])
    expect(await boxesOn(matteo, '/ufficio?elenco=in-corso'), 'no list of an officer’s own to assign').to.be.empty
  })

  it('come back with what is missing beside its field, and with what was chosen', async () => {
    const ids = [await report(), await report()]
    const roberta = site.platform.visitor()
    await logIn(roberta, 'Roberta Villa', '/ufficio')
    const list = 'Da prendere in carico'
    const sent = { status: 422, title: `Errore: ${list}`, caption: list, ticked: [] as string[], person: undefined }
    const none = ['scelte', 'Errore: Scegli almeno una pratica.']
    const nobody = ['persona', 'Errore: Scegli a chi assegnare le pratiche.']
    expect(await sentBack(roberta, [], { azione: 'prendi', persona: MATTEO })).to.deep.equal({
      ...sent,
      errors: [none],
      person: MATTEO,
    })
    expect(await sentBack(roberta, ids, { azione: 'assegna', persona: '' })).to.deep.equal({
      ...sent,
      errors: [nobody],
      ticked: ids,
    })
    expect((await sentBack(roberta, [], { azione: 'assegna', persona: 'x' })).errors).to.deep.equal([none, nobody])
    for (const id of ids) expect(await eventsOf(id)).to.deep.equal([])
  })

  it('are sent to the page of the list that shows them, and told on its first', async () => {
    await Promise.all(Array.from({ length: 26 }, report))
    const matteo = site.platform.visitor()
    await logIn(matteo, 'Matteo Longo', '/ufficio')
    const second = await matteo.get('/ufficio?elenco=da-prendere&pagina=2')
    expect(second.text, 'how it is sorted').to.match(/\d pratiche, dalla scadenza più vicina/)
    const { url, status } = await matteo.submit(second, {}, { button: 'Prendi in carico' })
    expect([status, url]).to.deep.equal([422, second.url])
    const [last = ''] = await boxesOn(matteo, second.url)
    const taken = await post(matteo, second.url, [
      ['_csrf', tokenIn(second)],
      ['azione', 'prendi'],
      ['scelte', last],
    ])
    expect(new URL(taken.url).search).to.equal('?elenco=da-prendere')
    expect(taken.text).to.include('Hai preso in carico una pratica')
  })

  it('have their box beside their number, however long the names are', async () => {
    await report()
    const long = 'Massimiliano Alessandro Bartolomeo Pignatelli della Rovere'
    const about = 'Strada vicinale di Sant’Apollinare in Collazzone superiore e inferiore'
    const names = { 'filer.familyName': long, 'answers.disservizio.luogo.via': about }
    await filings(site.platform).updateMany({ state: 'submitted' }, { $set: names })
    const { page, enter } = personAt(await browser.visit({ javascript: true, width: 1280 }), site.platform.url)
    await enter('Matteo Longo', '/ufficio')
    const row = page.locator('tbody th:has(input)').first()
    const [box, number] = [await row.locator('input').boundingBox(), await row.getByRole('link').boundingBox()]
    expect(Math.abs((box?.y ?? 0) - (number?.y ?? 99)), 'on one line').to.be.below(12)
  })

  it('stand below one line of names, search and account, for the head of three offices too', async () => {
    const { page, enter } = personAt(await browser.visit({ javascript: true, width: 1280 }), site.platform.url)
    await enter('Giorgio Marini', '/ufficio')
    const brand = await page.locator('.office-brand').boundingBox()
    for (const beside of ['.office-search >> visible=true', '.account-menu summary'])
      expect((await page.locator(beside).boundingBox())?.y, beside).to.be.below((brand?.y ?? 0) + (brand?.height ?? 0))
  })

  it('are given on a telephone by the button beside to whom', async () => {
    await report()
    const roberta = personAt(await browser.visit({ javascript: true, width: 360 }), site.platform.url)
    await roberta.enter('Roberta Villa', '/ufficio')
    const box = async (selector: string) => {
      const found = await roberta.page.locator(selector).boundingBox()
      if (!found) throw new Error(`No ${selector}`)
      return { ...found, right: found.x + found.width, bottom: found.y + found.height }
    }
    const [people, assign] = [await box('#persona'), await box('.work-list-choice [value=assegna]')]
    expect(assign.x - people.right, 'to the right of the names').to.be.within(1, 16)
    expect(Math.abs(assign.bottom - people.bottom), 'on their line').to.be.below(4)
    await roberta.look()
  })
})
