import { expect } from 'chai'
import { filingOf, filings, sent } from '../filings/citizen.ts'
import { personAt } from '../journeys/person.ts'
import { testBrowser } from '../support/browser.ts'
import { logIn } from '../support/login.ts'
import { testPlatform } from '../support/platform.ts'
import type { Page } from '../support/visitor.ts'

/** What the page says was just done, and whether whoever reads with their ears is put there. */
const TOLD = '.confirmation-told [role=status]'
const toldOn = ({ html }: Page): string => html.querySelector(TOLD)?.structuredText ?? ''
const FOCUSED = 'document.activeElement.className'

describe('what was just done', () => {
  const site = testPlatform()
  const browser = testBrowser()

  for (const javascript of [true, false]) {
    it(`is said once, where the focus is, ${javascript ? 'with' : 'without'} a script`, async () => {
      const { id } = await sent(site.platform, 'Giulia Conti')
      const page = await browser.visit({ javascript, width: javascript ? 360 : 1280 })
      const matteo = personAt(page, site.platform.url, { javascript })
      await matteo.enter('Matteo Longo', `/ufficio/pratiche/${id}/passo/prendi-in-carico`)
      await matteo.press('Prendi in carico')
      const told = page.locator(TOLD)
      expect(await told.innerText())
        .to.match(/Hai preso in carico la pratica n\.\s\d{7}\/\d{4}/)
        .and.to.match(/Giulia Conti riceve un avviso/)
        .and.to.match(/Va conclusa entro \S+ \d/)
      expect(await page.evaluate(FOCUSED)).to.equal('confirmation-told')
      await matteo.look()
      await page.reload()
      expect(await told.count()).to.equal(0)
    })
  }

  it('names the letter by its number, and by when an answer is due', async () => {
    const { id, visitor: giulia } = await sent(site.platform, 'Giulia Conti')
    const matteo = site.platform.visitor()
    await logIn(matteo, 'Matteo Longo', '/ufficio')
    const step = async (name: string, fields: Record<string, string>) =>
      matteo.submit(await matteo.get(`/ufficio/pratiche/${id}/passo/${name}`), fields, { form: '.office-form' })
    await step('prendi-in-carico', {})
    const asked = await step('chiedi-integrazione', { testo: 'Di quale civico si tratta?' })
    expect(toldOn(asked))
      .to.match(/Fatto: «Chiedi precisazioni»/)
      .and.to.match(/La lettera è registrata con il n\.\s\d{7}/)
      .and.to.match(/Si può rispondere fino a/)
    const list = await matteo.get('/ufficio?elenco=in-attesa')
    expect(list.text).to.match(/Da integrare\s+Risposta entro il \d/)
    const until = async () => (await filingOf(site.platform, id)).answerBy
    expect(await until(), 'by which the list has its order').to.match(/^\d{4}-/)
    expect((await matteo.get(asked.url)).text).to.match(/Risposta del cittadino\s+Entro \S+ \d/)
    const early = await matteo.get(`/ufficio/pratiche/${id}/passo/respingi`)
    expect([early.status, early.html.querySelector('main h1')?.text]).to.deep.equal([409, 'È ancora presto'])
    expect(early.text).to.match(/Il cittadino può rispondere fino a \S+ \d+ \S+ \d{4} compreso/)
    const answer = await giulia.get(`/pratiche/${id}/passo/integra`)
    const answered = await giulia.submit(answer, { testo: 'Davanti al 12.' })
    expect((await matteo.get(asked.url)).text, 'it has come').not.to.include('Risposta del cittadino')
    expect(await until()).to.equal('')
    expect(toldOn(answered)).to.match(/^Hai inviato le informazioni richieste\n/)
    const closed = await step('respingi', { testo: 'Non è una strada comunale.' })
    expect(toldOn(closed)).to.include('La pratica è conclusa')
    expect((await matteo.get('/ufficio?elenco=concluse')).text).to.match(/Conclusa il\s\d\d\//)
  })

  it('leads on to the next of the officer’s own, that which is due first', async () => {
    const rows = filings(site.platform)
    await rows.updateMany({ state: { $ne: 'draft' } }, { $set: { state: 'closed' } })
    const ids: string[] = []
    for (const name of ['Giulia Conti', 'Marco Rinaldi', 'Luca Neri', 'Anna Maria Galli'])
      ids.push((await sent(site.platform, name)).id)
    const [first = '', later = '', sooner = '', nobodys = ''] = ids
    const matteo = site.platform.visitor()
    await logIn(matteo, 'Matteo Longo', '/ufficio')
    const step = async (id: string, name: string, testo?: string) =>
      matteo.submit(await matteo.get(`/ufficio/pratiche/${id}/passo/${name}`), testo ? { testo } : {}, {
        form: '.office-form',
      })
    const waysOn = ({ html }: Page) =>
      html.querySelectorAll('.confirmation-told a').map((link) => [link.text, link.getAttribute('href')])
    for (const id of [first, later, sooner])
      expect(waysOn(await step(id, 'prendi-in-carico')), 'there is work to do on it').to.deep.equal([])
    await rows.updateOne({ _id: nobodys }, { $set: { due: '2026-01-01' } as never })
    await rows.updateOne({ _id: sooner }, { $set: { due: '2026-01-02' } as never })
    await rows.updateOne({ _id: later }, { $set: { due: '2099-12-31' } as never })

    const refused = await step(first, 'respingi', 'Non è una strada comunale.')
    expect(toldOn(refused)).to.match(
      /La tua prossima pratica: Segnalazione di disservizio, n\.\s\d{7}\/\d{4}, andava conclusa entro venerdì 2 gennaio 2026/,
    )
    expect(waysOn(refused)).to.deep.equal([
      ['Apri la prossima pratica', `/ufficio/pratiche/${sooner}`],
      ['Le mie pratiche: In lavorazione', '/ufficio?elenco=in-corso&mie=1'],
    ])
    const waiting = await step(sooner, 'chiedi-integrazione', 'Di quale civico si tratta?')
    expect(toldOn(waiting)).to.include('da concludere entro giovedì 31 dicembre 2099')
    expect(waysOn(waiting)[0], 'it waits for the citizen').to.deep.equal([
      'Apri la prossima pratica',
      `/ufficio/pratiche/${later}`,
    ])
    const last = await step(later, 'respingi', 'Non è una strada comunale.')
    expect(toldOn(last)).to.include('Nessun’altra pratica assegnata a te è da lavorare.')
    expect(waysOn(last)).to.deep.equal([['Da prendere in carico', '/ufficio?elenco=da-prendere']])
  })

  it('is not said by another page that is opened before', async () => {
    const { id } = await sent(site.platform, 'Giulia Conti')
    const matteo = site.platform.visitor()
    const form = await logIn(matteo, 'Matteo Longo', `/ufficio/pratiche/${id}/passo/prendi-in-carico`)
    const token = form.html.querySelector('[name=_csrf]')?.getAttribute('value') ?? ''
    // As a browser that has sent the form and not followed yet.
    const cookie = [...(matteo.cookies.get(new URL(site.platform.url).host) ?? [])].map((pair) => pair.join('='))
    const answer = await fetch(form.url, {
      method: 'POST',
      redirect: 'manual',
      headers: { cookie: cookie.join('; ') },
      body: new URLSearchParams({ _csrf: token }),
    })
    expect(answer.headers.get('location')).to.equal(`/ufficio/pratiche/${id}`)
    expect(toldOn(await matteo.get('/ufficio'))).to.equal('')
    expect(toldOn(await matteo.get(`/ufficio/pratiche/${id}`))).to.include('preso in carico')
    expect(toldOn(await matteo.get(`/ufficio/pratiche/${id}`))).to.equal('')
  })
})
