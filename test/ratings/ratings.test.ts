import { expect } from 'chai'
import { keyOfPress } from '../../server/ratings/rating.ts'
import { createRatingStore } from '../../server/ratings/rating-store.ts'
import { begunIn, loggedIn, readyIn } from '../filings/citizen.ts'
import { testBrowser } from '../support/browser.ts'
import { eventually } from '../support/eventually.ts'
import { testDatabase } from '../support/database.ts'
import { logIn } from '../support/login.ts'
import { testPlatform } from '../support/platform.ts'
import type { Page, Visitor } from '../support/visitor.ts'

const CARD = '/servizi/accesso-documentale'
const TEXTS = ['/domande-frequenti', '/note-legali', '/privacy']
const PUBLIC_PAGES = ['/', '/servizi', CARD, '/argomenti', '/contatti', ...TEXTS]

/** What the stars' script sends, or a program. */
const send = (visitor: Visitor, form: Record<string, string>): Promise<Page> =>
  visitor.request('/valutazione', { method: 'POST', body: new URLSearchParams(form) })

describe('what people think of a page', () => {
  const context = testPlatform()
  const browser = testBrowser()
  const stored = () => context.platform.connection.collection('ratings').find({}).toArray()
  afterEach(() => context.platform.connection.collection('ratings').deleteMany({}))

  /** Sends the form of a page; `again` with the key that the thanks gave. */
  const rate = (visitor: Visitor, page: Page, answer: Record<string, string>) =>
    visitor.submit(page, answer, { button: 'Invia la valutazione' })

  it('asks on every public page in the words of the official model', async () => {
    const visitor = context.platform.visitor()
    for (const path of PUBLIC_PAGES) {
      const { html } = await visitor.get(path)
      expect(html.querySelector('[data-element="feedback-title"]')?.text, path).to.equal(
        'Quanto sono chiare le informazioni su questa pagina?',
      )
      expect(html.querySelectorAll('[data-element^="feedback-rate-"]'), path).to.have.length(5)
      for (const side of ['negative', 'positive'])
        expect(
          html.querySelectorAll(`[data-element="feedback-rating-${side}"] [data-element="feedback-rating-answer"]`),
        ).to.have.length(5)
    }
  })

  it('takes the answer of each of them, and leads back there', async () => {
    const visitor = context.platform.visitor()
    for (const path of PUBLIC_PAGES) {
      const thanks = await rate(visitor, await visitor.get(path), { stelle: '3', dettaglio: '' })
      expect([path, thanks.status]).to.deep.equal([path, 200])
      expect(new URL((await visitor.follow(thanks, /^Torna a/)).url).pathname).to.equal(path)
    }
    expect(await stored()).to.have.length(PUBLIC_PAGES.length)
  })

  it('takes none that another site sent in somebody’s name', async () => {
    const { status } = await context.platform.visitor().request('/valutazione', {
      method: 'POST',
      headers: { 'sec-fetch-site': 'cross-site' },
      body: new URLSearchParams({ oggetto: 'page:servizi', stelle: '3' }),
    })
    expect([status, await stored()]).to.deep.equal([403, []])
  })

  it('keeps an answer without a login and without a name, and lets it be changed', async () => {
    const visitor = context.platform.visitor()
    const thanks = await rate(visitor, await visitor.get(CARD), {
      stelle: '2',
      difficolta: 'non-chiare',
      dettaglio: 'Quale modulo?',
    })
    expect(thanks.status).to.equal(200)
    expect(thanks.text).to.match(/Grazie, il tuo parere ci aiuterà a migliorare/)
    const [first, ...none] = await stored()
    expect(none).to.be.empty
    expect(first).to.include({
      subject: 'card:accesso-documentale',
      stars: 2,
      reason: 'non-chiare',
      text: 'Quale modulo?',
    })
    expect(Object.keys(first ?? {})).to.have.members([
      '_id',
      'municipality',
      'subject',
      'stars',
      'reason',
      'text',
      'at',
    ])
    await rate(visitor, thanks, { stelle: '5', preferito: 'chiare', dettaglio: '' })
    const [changed, ...more] = await stored()
    expect(more).to.be.empty
    expect(changed).to.include({ stars: 5, reason: 'chiare', text: '' })
  })

  it('keeps the stars alone, and what was written with them before', async () => {
    const visitor = context.platform.visitor()
    const stars = (stelle: string) => send(visitor, { oggetto: 'page:servizi', chiave: 'a'.repeat(32), stelle })
    await stars('4')
    expect((await stored())[0]).to.include({ stars: 4, reason: null, text: '' })
    await send(visitor, {
      oggetto: 'page:servizi',
      chiave: 'a'.repeat(32),
      stelle: '4',
      preferito: 'capivo',
      dettaglio: 'Bene',
    })
    await stars('5')
    expect((await stored()).map((row) => [row['stars'] as number, row['text'] as string])).to.deep.equal([[5, 'Bene']])
  })

  it('keeps the stars the moment that they are chosen in a browser', async () => {
    const page = await browser.visit({ javascript: true, width: 360 })
    await page.goto(`${context.platform.url}${CARD}`)
    await page.click('[data-element="feedback-rate-4"]')
    await eventually(async () => expect(await stored()).to.have.length(1))
    const [rating] = await stored()
    expect(rating).to.include({ subject: 'card:accesso-documentale', stars: 4 })
    await page.click('text=Le indicazioni erano chiare')
    await page.click('text=Invia la valutazione')
    expect(page.url()).to.include(`/valutazione/${String(rating?._id)}`)
    expect((await stored()).map((row) => [row['stars'] as number, row['reason'] as string])).to.deep.equal([
      [4, 'chiare'],
    ])
  })

  it('asks how easy a service was when it has just been used', async () => {
    const { visitor } = await loggedIn(context.platform, 'Giulia Conti', '/area-personale')
    const sent = await visitor.submit((await readyIn(await begunIn(visitor))).summary)
    expect(sent.html.querySelector('[data-element="feedback-title"]')?.text).to.equal(
      'Quanto è stato facile usare questo servizio?',
    )
    await rate(visitor, sent, { stelle: '5', preferito: 'capivo', dettaglio: '' })
    expect((await stored())[0]).to.include({ subject: 'service:segnalazione-disservizio', stars: 5 })
    // Another tab, or the page once more for its receipt.
    await rate(visitor, await visitor.get(sent.url), { stelle: '4', dettaglio: '' })
    expect(
      (await stored()).map(({ stars }) => stars as number),
      'once for each use',
    ).to.deep.equal([4])
    const { page } = await loggedIn(context.platform, 'Giulia Conti', new URL(sent.url).pathname)
    expect(page.text).to.include('Numero di protocollo')
    expect(page.html.querySelector('[data-rating]'), 'by the login with which it was used').to.equal(null)
  })

  it('says what is missing, and refuses what is none of our pages', async () => {
    const visitor = context.platform.visitor()
    const wrong = await send(visitor, {
      oggetto: 'page:servizi',
      stelle: '6',
      dettaglio: 'x'.repeat(201),
    })
    expect(wrong.status).to.equal(422)
    expect(wrong.text).to.match(/Ci sono 2 problemi/)
    expect(wrong.html.querySelector('#dettaglio')?.text, 'the text to shorten').to.equal('x'.repeat(201))
    expect((await send(visitor, { oggetto: 'page:altro', stelle: '3' })).status).to.equal(400)
    expect((await send(visitor, { oggetto: 'card:mai-visto', stelle: '3' })).status).to.equal(404)
    const of = (oggetto: string) => send(visitor, { oggetto, chiave: 'b'.repeat(32), stelle: '3' })
    await of('page:servizi')
    expect((await of('page:privacy')).status).to.equal(400)
    expect(await stored()).to.have.length(1)
    expect((await visitor.get('/valutazione/nessuna')).status).to.equal(404)
  })

  it('takes no more than a whole school would send from one network', async () => {
    const visitor = context.platform.visitor()
    const counters = context.platform.connection.collection('attempts')
    await send(visitor, { oggetto: 'page:servizi', stelle: '3' })
    await counters.updateMany({}, { $set: { count: 300 } })
    expect((await send(visitor, { oggetto: 'page:servizi', stelle: '3' })).status).to.equal(429)
    await counters.deleteMany({})
  })

  it('is read by who keeps the platform and by nobody else, the worst first', async () => {
    const visitor = context.platform.visitor()
    await rate(visitor, await visitor.get('/servizi'), { stelle: '5', preferito: 'chiare', dettaglio: '' })
    await rate(visitor, await visitor.get(CARD), {
      stelle: '1',
      difficolta: 'problemi-tecnici',
      dettaglio: '<b>Lento</b>',
    })
    const administrator = context.platform.visitor()
    const page = await logIn(administrator, 'Silvia Donati', '/ufficio/valutazioni')
    const [overall, first, second] = page.html
      .querySelectorAll('tbody tr')
      .map(({ text }) => text.replaceAll(/\s+/g, ' '))
    expect(overall, 'both together').to.match(/Quanto sono chiare .*3,0 su 5 2 1 stella: 1.*3 stelle: 0.*5 stelle: 1/)
    expect(first).to.match(/Accesso.*1,0 su 5.*Ho avuto problemi tecnici: 1/)
    expect(second).to.match(/Servizi.*5,0 su 5/)
    expect(page.text).to.include('<b>Lento</b>')
    const officer = context.platform.visitor()
    await logIn(officer, 'Chiara Moretti', '/ufficio')
    expect((await officer.get('/ufficio/valutazioni')).status).to.equal(404)
  })
})

describe('a rating without a key', () => {
  it('is one when its button is pressed twice, and another from elsewhere, with other words or later', () => {
    const at = (seconds: number) => new Date(Date.UTC(2026, 2, 2, 10, 0, seconds))
    const sent = { body: { oggetto: 'page:servizi', stelle: '3', dettaglio: '' }, from: '192.0.2.7 Firefox' }
    const first = keyOfPress(sent, 'salt', at(10))
    expect(first).to.match(/^[\w-]{16,64}$/)
    expect(keyOfPress(sent, 'salt', at(11))).to.equal(first)
    const others = [
      keyOfPress({ ...sent, from: '192.0.2.8 Firefox' }, 'salt', at(11)),
      keyOfPress({ ...sent, body: { ...sent.body, stelle: '4' } }, 'salt', at(11)),
      keyOfPress(sent, 'salt', at(71)),
      keyOfPress(sent, 'pepper', at(11)),
    ]
    expect(new Set([first, ...others])).to.have.property('size', 5)
  })
})

describe('the store of what people think', () => {
  const database = testDatabase()

  it('takes the stars and the whole form that come at the same moment', async () => {
    const store = createRatingStore(database.connection)
    const put = (key: string) =>
      store.put('vallechiara', { key, subject: { kind: 'page', id: 'servizi' }, stars: 3 }, new Date())
    // Of those that come at once MongoDB refuses one in fifty.
    for (let round = 0; round < 150; round += 1)
      expect(await Promise.all(Array.from({ length: 8 }, () => put(`round-${round}`)))).to.not.include(false)
  })
})
