import { expect } from 'chai'
import { treatmentOf } from '../../server/personal-data/correction-views.ts'
import { unpacked, download } from '../bundles/archive.ts'
import { loggedIn, post, tokenIn } from '../filings/citizen.ts'
import { personAt, type Person } from '../journeys/person.ts'
import { testBrowser } from '../support/browser.ts'
import { logIn } from '../support/login.ts'
import { testPlatform } from '../support/platform.ts'

const MINE = '/area-personale/i-miei-dati'
const DESK = '/ufficio/rettifiche'
const ASKED = { dato: 'Telefono', errato: 'Manca una cifra.', corretto: '075 5550100' }

describe('the pages of corrections', function () {
  this.timeout(90_000)
  const site = testPlatform()
  const browser = testBrowser()

  const arrive = async (name: string, path: string, width: 360 | 1280): Promise<Person> => {
    const person = personAt(await browser.visit({ javascript: true, width }), site.platform.url)
    await person.enter(name, path)
    return person
  }

  it('lead from a request to its answer', async () => {
    const giulia = await arrive('Giulia Conti', MINE, 360)
    await giulia.look()
    await giulia.follow('Chiedi la rettifica')
    await giulia.page.getByLabel('Quale dato è sbagliato').fill('Numero di telefono')
    await giulia.press('Invia la richiesta')
    expect(await giulia.read()).to.contain('Scrivi qual è il dato giusto.')
    expect(await giulia.page.getByLabel('Quale dato è sbagliato').inputValue()).to.equal('Numero di telefono')
    await giulia.look()
    await giulia.page.getByLabel('Che cosa c’è di sbagliato').fill('Manca una cifra.')
    await giulia.page.getByLabel('Qual è il dato giusto').fill('075 5550100')
    await giulia.press('Invia la richiesta')
    expect(await giulia.read()).to.match(
      /Hai inviato la richiesta[\s\S]*rettifica n\. \d+\/\d{4}[\s\S]*In esame[\s\S]*Risposta entro il/i,
    )
    await giulia.look()

    const laura = await arrive('Laura Sforza', DESK, 1280)
    expect(await laura.read()).to.match(/\d+ giorni/i)
    expect(await laura.read(), 'the list').not.to.contain('Giulia')
    await laura.look()
    await laura.follow(/^n\. /)
    expect(await laura.read())
      .to.contain('Giulia Conti')
      .and.contain('Manca una cifra.')
    await laura.press('Non accogliere')
    expect(await laura.read()).to.contain('Scrivi perché la rettifica non è possibile')
    await laura.look()
    await laura.page.getByLabel(/Che cosa è stato corretto/).fill('Numero corretto dall’ufficio Anagrafe.')
    await laura.press('Il dato è stato corretto')
    expect(await laura.read()).to.match(/Nessuna richiesta senza risposta[\s\S]*Ultime risposte[\s\S]*Accolta/i)
    await laura.look()

    await giulia.open(MINE)
    await giulia.follow(/^Richiesta n\. /)
    expect(await giulia.read()).to.contain('Numero corretto dall’ufficio Anagrafe.')
    await giulia.look()
    await giulia.open('/area-personale/consultazioni')
    expect(await giulia.read()).to.match(/Responsabile della protezione dei dati[\s\S]*Ha aperto la richiesta di/i)
    // A worker tells it: that may take a moment.
    const message = giulia.page.getByText(/Richiesta di rettifica n\. \d+\/\d{4}: accolta/)
    for (let tries = 0; tries < 40 && (await message.count()) === 0; tries += 1) {
      await giulia.page.waitForTimeout(250)
      await giulia.open('/area-personale/messaggi')
    }
    expect(await message.count()).to.equal(1)
  })

  it('are closed to everybody else, and take one answer', async () => {
    const { visitor: marco, page: data } = await loggedIn(site.platform, 'Marco Rinaldi', MINE)
    const shown = await marco.submit(await marco.follow(data, 'Chiedi la rettifica'), ASKED)
    const id = /rettifiche\/([\w-]+)$/.exec(shown.url)?.[1] ?? ''
    expect(id).not.to.equal('')

    const { visitor: anna } = await loggedIn(site.platform, 'Anna Maria Galli', MINE)
    expect((await anna.get(`${MINE}/rettifiche/${id}`)).status, 'another person').to.equal(404)
    for (const name of ['Enrico Sala', 'Chiara Moretti', 'Silvia Donati', 'Anna Maria Galli']) {
      const visitor = site.platform.visitor()
      const area = await logIn(visitor, name, '/area-personale/i-miei-dati/rettifica')
      const body = { _csrf: tokenIn(area), risposta: 'Ci penso io', esito: 'rifiuta' }
      expect((await visitor.get(DESK)).status, name).to.equal(404)
      expect((await visitor.get(`${DESK}/${id}`)).status, name).to.equal(404)
      expect((await post(visitor, `${DESK}/${id}`, body)).status, name).to.equal(404)
    }

    const laura = site.platform.visitor()
    const form = await logIn(laura, 'Laura Sforza', `${DESK}/${id}`)
    const answer = { risposta: 'Il numero risulta giusto.' }
    expect((await laura.submit(form, answer, { button: 'Non accogliere' })).status).to.equal(200)
    expect((await laura.submit(form, answer, { button: 'Il dato è stato corretto' })).status).to.equal(409)
    const told = await marco.get(shown.url)
    expect(told.text).to.contain('Non accolta').and.contain('Garante')

    const { bytes } = await download(marco, new URL(`${MINE}/dati.zip`, site.platform.url))
    const exported = unpacked(bytes).get('dati/rettifiche.json')?.toString() ?? ''
    expect(exported).to.contain('Manca una cifra.').and.contain('Il numero risulta giusto.')
    expect(exported, 'the officer').not.to.contain('Sforza').and.not.to.contain('SFRLRA75L61H501S')
  })

  it('keep what was typed when one too many is asked for', async () => {
    const { visitor } = await loggedIn(site.platform, 'Omar Haddad', MINE)
    const form = await visitor.get(`${MINE}/rettifica`)
    for (let count = 0; count < 5; count += 1) await visitor.submit(form, { ...ASKED, dato: `Telefono ${count}` })
    const full = await visitor.submit(form, ASKED)
    expect(full.status).to.equal(422)
    expect(full.text).to.contain('Hai già 5 richieste senza risposta')
    expect(full.html.querySelector('#errato')?.text).to.equal(ASKED.errato)
    expect((await visitor.get(MINE)).html.querySelector(`a[href="${MINE}/rettifica"]`)).to.equal(null)
  })

  it('say who will treat the request, or that another person must be named', async () => {
    const { page: giulias } = await loggedIn(site.platform, 'Giulia Conti', `${MINE}/rettifica`)
    expect(giulias.text).to.contain('Della richiesta si occupa Laura Sforza, responsabile della protezione dei dati.')

    const { visitor: laura, page: form } = await loggedIn(site.platform, 'Laura Sforza', `${MINE}/rettifica`)
    const unheld = 'Nessuno può ancora trattare la richiesta'
    expect(form.text).to.contain(unheld).and.contain('deve nominare anche un’altra persona')
    const own = await laura.submit(form, ASKED)
    expect(own.text).to.contain(unheld)

    const { visitor: silvia, page: giving } = await loggedIn(site.platform, 'Silvia Donati', '/ufficio/incarichi/nuovo')
    const given = await silvia.submit(giving, {
      cf: 'RNLMRC81C02D653D',
      nome: 'Marco',
      cognome: 'Rinaldi',
      ruolo: 'data-protection-officer',
      motivo: 'Decreto 12',
    })
    expect(given.text).to.contain('Marco Rinaldi')
    const named = await laura.get(own.url)
    expect(named.text).to.contain('Della richiesta si occupa Marco Rinaldi').and.not.to.contain(unheld)
    const { page: twice } = await loggedIn(site.platform, 'Giulia Conti', `${MINE}/rettifica`)
    expect(twice.text).to.contain('Della richiesta si occupa Laura Sforza o Marco Rinaldi')
  })
})

describe('who treats a request for correction', () => {
  const treated = (...holders: { name: string; closed: string[] }[]) =>
    treatmentOf({ key: 'A' }, holders, { pec: 'comune@pec.example' })

  it('is each holder who may', () => {
    expect(treated({ name: 'Laura', closed: ['A'] }, { name: 'Ugo', closed: ['B'] })).to.deep.equal({
      text: 'Della richiesta si occupa Ugo, responsabile della protezione dei dati.',
      problem: null,
    })
  })

  it('is nobody where nobody was named, or none may: the page says whom to write to', () => {
    for (const [{ text, problem }, why] of [
      [treated(), 'nessuno è responsabile'],
      [treated({ name: 'Laura', closed: ['L', 'A'] }), 'non può trattare questa richiesta'],
    ] as const) {
      expect(problem).to.be.a('string')
      expect(text).to.contain(why).and.contain('comune@pec.example')
    }
  })
})
