import { expect } from 'chai'
import { filingOf, filings, loggedIn, logsInFrom, sent } from '../filings/citizen.ts'
import { personAt } from '../journeys/person.ts'
import { testBrowser } from '../support/browser.ts'
import { logIn } from '../support/login.ts'
import { testPlatform } from '../support/platform.ts'
import type { Page, Visitor } from '../support/visitor.ts'

type Place = Readonly<{ top: number; bottom: number; left: number; text: string }>

/** Where in the bar the keyboard is; null once it has left it. */
const FOCUSED_IN_BAR = `(() => {
  const at = document.activeElement
  if (!at.closest('.office-bar')) return null
  const { top, bottom, left } = at.getBoundingClientRect()
  return { top, bottom, left, text: at.innerText || at.id }
})()`

describe('the desk of an officer', function () {
  this.timeout(90_000)
  const site = testPlatform()
  const browser = testBrowser()
  let id = ''
  let number = 0
  before(async () => {
    id = (await sent(site.platform, 'Giulia Conti')).id
    number = (await filingOf(site.platform, id)).protocol?.number ?? 0
  })

  it('finds a filing by its number, at whatever stage, from any page', async () => {
    const matteo = personAt(await browser.visit({ javascript: true, width: 360 }), site.platform.url)
    await matteo.enter('Matteo Longo', '/ufficio?elenco=concluse')
    const search = matteo.page.getByRole('searchbox', { name: 'Protocollo, nome o codice fiscale' })
    await search.fill('999999')
    await search.press('Enter')
    await matteo.page.getByText('Nessuna pratica con questo numero').waitFor()
    expect(await search.inputValue()).to.equal('999999')
    await matteo.look()
    await search.fill(`${number}/${new Date().getFullYear()}`)
    await search.press('Enter')
    await matteo.page.waitForURL(`**/ufficio/pratiche/${id}`)
    await matteo.look()
  })

  for (const width of [360, 1280] as const) {
    it(`leads the keyboard through its bar as it is seen, at ${width} pixels`, async () => {
      const { page, enter } = personAt(await browser.visit({ javascript: true, width }), site.platform.url)
      await enter('Matteo Longo', '/ufficio')
      const seen: Place[] = []
      // The first is the way past the bar.
      await page.keyboard.press('Tab')
      for (;;) {
        await page.keyboard.press('Tab')
        const place = await page.evaluate<Place | null>(FOCUSED_IN_BAR)
        if (!place) break
        seen.push(place)
      }
      expect(seen).to.have.length.above(4)
      const isAfter = (one: Place, other: Place) =>
        one.top >= other.bottom || (one.bottom > other.top && one.left > other.left)
      seen.slice(1).forEach((place, index) => {
        expect(isAfter(place, seen[index] ?? place), JSON.stringify([seen[index], place])).to.equal(true)
      })
    })
  }

  it('names the office of a filing only to who works in several', async () => {
    const office = 'Ufficio Protocollo e relazioni con il pubblico'
    const { page: ofOne } = await loggedIn(site.platform, 'Matteo Longo', '/ufficio')
    expect(ofOne.text).to.include('Giulia Conti').and.not.to.include(office)
    const { page: ofThree } = await loggedIn(site.platform, 'Roberta Villa', '/ufficio')
    expect(ofThree.text).to.include('Giulia Conti').and.to.include(office)
  })

  it('says what to type when nothing was typed', async () => {
    const { page } = await loggedIn(site.platform, 'Matteo Longo', '/ufficio/cerca?q=+')
    expect(page.text).to.include('Scrivi che cosa cercare').and.not.to.include('«')
  })

  it('finds no filing of another office', async () => {
    const ilaria = site.platform.visitor()
    await logIn(ilaria, 'Ilaria Fontana', '/ufficio')
    const found = await ilaria.get(`/ufficio/cerca?q=${number}`)
    expect(found.text).to.include('Nessuna pratica con questo numero').and.not.include('Giulia')
  })

  describe('by the name of who filed', () => {
    const officer = async (name = 'Matteo Longo') => (await loggedIn(site.platform, name, '/ufficio')).visitor
    const find = async (visitor: Visitor, q: string) =>
      visitor.submit(await visitor.get('/ufficio'), { q }, { form: '.office-search' })

    it('finds a filing, in one office and in no other, and says the name in no address', async () => {
      const matteo = await officer()
      const found = await find(matteo, 'conti GIULIA')
      expect(found.text).to.include('di «conti GIULIA»').and.include('Giulia Conti')
      expect(found.html.querySelector('.office-search input[type=search]')?.getAttribute('value')).to.equal(
        'conti GIULIA',
      )
      const links = found.html.querySelectorAll('tbody th a').map((link) => link.getAttribute('href') ?? '')
      expect(links.map((link) => link.split('?')[0])).to.include(`/ufficio/pratiche/${id}`)
      const opened = await matteo.get(links[0] ?? '')
      expect((await matteo.follow(opened, 'Torna alla ricerca')).url, 'and leads back').to.equal(found.url)
      const addresses = [found.url, ...found.html.querySelectorAll('[href]').map((link) => link.getAttribute('href'))]
      expect([...addresses, found.html.querySelector('title')?.text].join(' ').toLowerCase()).to.not.include('conti')
      expect((await find(matteo, 'CNTGLI 85H54 G478Q')).text, 'in groups').to.include('Giulia Conti')
      expect((await find(await officer('Ilaria Fontana'), 'Conti')).text).to.include('Nessuna pratica di «Conti»')
    })

    it('leads to the filing by its number, and says what to type for what is too short', async () => {
      const matteo = await officer()
      expect((await find(matteo, String(number))).url).to.match(new RegExp(`/ufficio/pratiche/${id}$`))
      expect((await find(matteo, `n.\u00a0${number}`)).url, 'as pages write it').to.match(new RegExp(`/${id}$`))
      for (const q of ['', 'C', 'di']) expect((await find(matteo, q)).text).to.include('Scrivi che cosa cercare')
    })

    it('keeps the answers of several searches apart, and has none of another session', async () => {
      const matteo = await officer()
      const [first, second] = [await find(matteo, 'Conti'), await find(matteo, 'Zanzibar')]
      expect(second.text).to.include('Nessuna pratica di «Zanzibar»')
      expect((await matteo.get(first.url)).text).to.match(/\d pratic(a|he) di «Conti»/)
      const other = await (await officer('Roberta Villa')).get(first.url)
      expect(other.text).to.include('Scrivi che cosa cercare').and.not.include('Conti')
    })

    it('turns pages of many', async () => {
      const rows = site.platform.connection.collection<{ _id: string; protocol: object }>('filings')
      const filing = await rows.findOne({ _id: id })
      if (!filing) throw new Error('The filing is gone')
      const more = Array.from({ length: 50 }, (_, index) => {
        const copy = `copy-${String(index)}`
        const protocol = { ...filing.protocol, number: 900_000 + index, entry: copy }
        return {
          ...filing,
          state: 'submitted',
          protocol,
          _id: copy,
          key: copy,
          verificationCode: copy,
          secondCode: copy,
        }
      })
      await rows.insertMany(more)
      const matteo = await officer()
      const second = await matteo.follow(await find(matteo, 'Conti'), /Pagina successiva/)
      expect(second.text)
        .to.match(/5\d pratiche di «Conti»/)
        .and.include('Pagina 2 di 3')
      expect(second.html.querySelector('title')?.text).to.include(' - Pagina 2 di 3 - ')
      expect(second.html.querySelectorAll('tbody tr')).to.have.length(25)
      const list = await matteo.get('/ufficio?elenco=da-prendere&pagina=2')
      for (const [page, back] of [
        [second, 'Torna alla ricerca'],
        [list, /^\s*Da prendere in carico\s*$/],
      ] as const) {
        const { html } = await matteo.follow(page, /^\d{7}\/\d{4}$/)
        const way = html.querySelector('.office-back a')
        expect(way?.text.trim(), 'back to that page').to.match(typeof back === 'string' ? new RegExp(back) : back)
        expect(new URL(way?.getAttribute('href') ?? '', page.url).href).to.equal(page.url)
      }
      await rows.deleteMany({ _id: /^copy-/ })
    })

    it('goes on after a login with what was typed when the session was over', async () => {
      const matteo = await officer()
      const page = await matteo.get('/ufficio')
      await site.platform.connection.collection('sessions').deleteMany({})
      const access = await matteo.submit(page, { q: 'Conti' }, { form: '.office-search' })
      expect(new URL(access.url).pathname).to.equal('/accesso')
      expect((await logsInFrom(matteo, access, 'Matteo Longo')).text).to.match(/\d pratic(a|he) di «Conti»/)
    })
  })

  it('lists those of each year under one number', async () => {
    const rows = filings(site.platform)
    const { _id, ...filing } = (await rows.findOne({ _id: id })) as unknown as Record<string, unknown>
    const { verificationCode, secondCode, key, ...rest } = filing
    expect([_id, verificationCode, secondCode, key]).to.include(id)
    const protocol = { ...(filing['protocol'] as object), year: 2020, entry: 'of-2020' }
    await rows.insertOne({ ...rest, protocol, _id: 'of-2020', key: 'of-2020' } as never)
    const matteo = site.platform.visitor()
    await logIn(matteo, 'Matteo Longo', '/ufficio')
    const found = await matteo.get(`/ufficio/cerca?q=${number}`)
    expect(found.html.querySelectorAll('tbody tr')).to.have.length(2)
    await rows.deleteOne({ _id: 'of-2020' })
  })

  it('leads officers from a refusal back to the desk, and nobody else there', async () => {
    const { visitor: officer } = await loggedIn(site.platform, 'Matteo Longo', '/ufficio')
    const { visitor: citizen } = await loggedIn(site.platform, 'Giulia Conti', '/area-personale')
    const refused = async (visitor: typeof officer) => visitor.get('/ufficio/pratiche/aaaaaaaaaaaaaaaaaaaaaa')
    const waysOn = ({ html }: Page) =>
      html.querySelectorAll('.error-page .actions a').map((link) => link.getAttribute('href'))
    const menuOn = ({ html }: Page) =>
      html.querySelectorAll('.office-nav .section-tabs a').map((link) => link.text.trim())
    const [theirs, none] = [await refused(officer), await refused(citizen)]
    expect(waysOn(theirs)).to.deep.equal(['/ufficio'])
    expect(theirs.text).to.include('riparti dalla scrivania').and.not.include('elenco dei servizi')
    const desk = menuOn(await officer.get('/ufficio'))
    expect(desk).to.include('In lavorazione')
    expect(menuOn(theirs), 'in the frame of the desk').to.deep.equal(desk)
    expect(
      (await officer.get('/ufficio/nessuna')).body.replaceAll(/<code>.*?<\/code>/g, ''),
      'unknown as forbidden',
    ).to.equal((await officer.get('/ufficio/valutazioni')).body.replaceAll(/<code>.*?<\/code>/g, ''))
    const unsigned = await officer.request('/ufficio?elenco=da-prendere', {
      method: 'POST',
      body: new URLSearchParams({ a: '1' }),
    })
    expect([unsigned.status, menuOn(unsigned), waysOn(unsigned)], 'on the list itself too').to.deep.equal([
      403,
      desk,
      ['/ufficio?elenco=da-prendere', '/ufficio'],
    ])
    expect(menuOn(none)).to.deep.equal([])
    expect(waysOn(none)).to.deep.equal(['/servizi', '/', '/area-personale'])
    const give = (to: string | null) =>
      site.platform.connection.collection('appointments').updateMany({ givenName: 'Matteo' }, { $set: { to } })
    await give('2020-01-01')
    const closed = await officer.get('/ufficio')
    const within = await officer.get('/ufficio/pratiche/aaaaaaaaaaaaaaaaaaaaaa')
    await give(null)
    expect([menuOn(within), waysOn(within)], 'nor within').to.deep.equal([menuOn(none), waysOn(none)])
    expect([closed.status, waysOn(closed)], 'no way in a circle').to.deep.equal([
      404,
      ['/servizi', '/', '/area-personale'],
    ])
    expect(waysOn(await officer.get('/servizi/nessuno')), 'elsewhere').to.deep.equal(['/servizi', '/', '/ufficio'])
  })

  it('says of an empty list what comes there, and that others may have some', async () => {
    const matteo = site.platform.visitor()
    await logIn(matteo, 'Matteo Longo', '/ufficio')
    expect((await matteo.get('/ufficio?elenco=concluse')).text).to.include('Nessuna pratica conclusa')
    const mine = await matteo.get('/ufficio?elenco=da-prendere&mie=1')
    expect(mine.text).to.include('Nessuna pratica assegnata a te')
    expect((await matteo.follow(mine, 'Mostra anche quelle degli altri')).text).to.include('Giulia Conti')
  })

  it('lists in cards for who has set letters of twice the size in the browser', async () => {
    const matteo = personAt(await browser.visit({ javascript: true, width: 1280 }), site.platform.url)
    await matteo.enter('Matteo Longo', '/ufficio')
    await matteo.look()
    const row = 'getComputedStyle(document.querySelector("tbody tr")).display'
    expect(await matteo.page.evaluate(row)).to.equal('table-row')
    const browserOf = await matteo.page.context().newCDPSession(matteo.page)
    await browserOf.send('Page.setFontSizes', { fontSizes: { standard: 32 } })
    await matteo.page.reload()
    expect(await matteo.page.evaluate(row)).to.equal('grid')
    const ground = 'getComputedStyle(document.querySelector("main table")).backgroundColor'
    expect(await matteo.page.evaluate(ground), 'nothing white between them').to.equal('rgba(0, 0, 0, 0)')
    await matteo.look()
  })

  it('cuts nothing of an act that is pasted too long, and counts it', async () => {
    const matteo = personAt(await browser.visit({ javascript: true, width: 1280 }), site.platform.url)
    await matteo.enter('Matteo Longo', `/ufficio/pratiche/${id}/passo/prendi-in-carico`)
    await matteo.press('Prendi in carico')
    await matteo.follow('Chiedi precisazioni')
    const text = matteo.page.getByLabel(/Motivazione/)
    await matteo.page.getByText('Puoi scrivere ancora 10.000 caratteri').first().waitFor()
    await text.fill('a'.repeat(10_001))
    await matteo.page.getByText('C’è 1 carattere di troppo').first().waitFor()
    await matteo.press('Chiedi precisazioni')
    expect(await matteo.read()).to.include('al massimo 10.000 caratteri')
    expect(await text.inputValue()).to.have.length(10_001)
    await matteo.look()
  })

  it('says for whom a filing is, what waits for a signature, how long it is kept, and leads back to its list', async () => {
    const toSign = { step: 'accogli', role: 'head-of-office', at: new Date(), by: { cf: 'X', name: 'X' }, reasons: '' }
    const principal = { kind: 'company', name: 'Pro Loco', cf: '99000100018' }
    await filings(site.platform).updateOne({ _id: id }, { $set: { state: 'in-charge', toSign, principal } as never })
    const matteo = site.platform.visitor()
    await logIn(matteo, 'Matteo Longo', '/ufficio')
    const list = await matteo.get('/ufficio?elenco=in-corso')
    expect(list.text)
      .to.match(/per conto di Pro Loco/)
      .and.to.include('Alla firma')
    const page = await matteo.get(`/ufficio/pratiche/${id}`)
    expect(page.text, 'for how long it is kept').to.include('Due anni dalla conclusione della segnalazione')
    const back = await matteo.follow(page, /^\s*In lavorazione\s*$/)
    expect(back.url).to.match(/elenco=in-corso$/)
  })

  it('tells filings of one procedure apart by what was asked, but not to whoever has a conflict of interests', async () => {
    const { id: another } = await sent(site.platform, 'Giulia Conti')
    const { visitor, page } = await loggedIn(site.platform, 'Matteo Longo', '/ufficio')
    expect(page.text).to.include('Buca profonda, Via della Stazione')
    const leadOn = async () =>
      (await visitor.get(`/ufficio/pratiche/${another}`)).html.querySelector('.case-head .lead')?.text
    expect(await leadOn()).to.equal('Buca profonda, Via della Stazione')
    await visitor.submit(await visitor.get('/ufficio/conflitti'), { cf: 'CNTGLI85H54G478Q', legame: 'spouse' })
    expect((await visitor.get('/ufficio')).text)
      .to.include('Giulia Conti')
      .and.not.to.include('Buca profonda')
    expect(await leadOn()).to.equal(undefined)
  })
})
