import { expect } from 'chai'
import { romeDate } from '../../server/shared/dates.ts'
import {
  ACCESS,
  ACCESS_ANSWERS,
  begun,
  begunIn,
  begunWith,
  filingOf,
  filings,
  idIn,
  loggedIn,
  valueIn,
} from '../filings/citizen.ts'
import { personAt } from '../journeys/person.ts'
import { sampleAnswers } from '../procedures/answers.ts'
import { testBrowser } from '../support/browser.ts'
import { testPlatform } from '../support/platform.ts'
import type { Page, Visitor } from '../support/visitor.ts'

const OCCUPATION = 'occupazione-suolo-pubblico-temporanea'
const PERMIT = 'contrassegno-disabili-rilascio'
const BOTTEGA = '99000200016'
const PEC = 'giulia.conti@pec.example'
const address = { via: 'Via delle Fonti', civico: '3', cap: '06099', comune: 'Vallechiara', provincia: 'PG' }
const USE = /^Usa i dati della richiesta del/

describe('what a person gave in an earlier request', () => {
  const site = testPlatform()
  const browser = testBrowser()

  const offers = (page: Page): boolean => page.html.querySelectorAll('button').some(({ text }) => USE.test(text.trim()))

  /** Sends a request with these answers beside the usual ones. */
  async function sent(name: string, more: object = {}, procedure = ACCESS): Promise<string> {
    const answers = procedure === ACCESS ? { ...ACCESS_ANSWERS, ...more } : { ...more }
    const { visitor, id } = await begunWith(site.platform, name, { procedure, answers })
    await change(id, answers)
    await send(visitor, id)
    return id
  }
  const change = async (id: string, answers: object) => {
    const filing = await filingOf(site.platform, id)
    await filings(site.platform).updateOne({ _id: id }, { $set: { answers: { ...filing.answers, ...answers } } })
  }
  const send = async (visitor: Visitor, id: string) =>
    expect((await visitor.submit(await visitor.get(`/pratiche/${id}/riepilogo`))).text).to.match(/\d{7}\/\d{4}/)
  const firstStep = async (name: string, procedure = OCCUPATION) => (await begun(site.platform, name, procedure)).step

  afterEach(async () => {
    site.platform.businessRegister.misbehave(null)
    await filings(site.platform).deleteMany({})
  })

  it('is offered to them alone, in another procedure, and said to come from there', async () => {
    await sent('Giulia Conti', { recapiti: { ...ACCESS_ANSWERS.recapiti, pec: PEC } })
    const step = await firstStep('Giulia Conti')
    expect(step.text).to.include('Dati che ci hai già dato').and.include(PEC)
    expect(step.text, 'which request').to.match(/«Accesso[^»]*» (?:del |dell’)\d{2}\/\d{2}\/\d{4}/)
    expect(valueIn(step, 'recapiti.pec'), 'not before they want it').to.equal('')
    expect(offers(await firstStep('Marco Rinaldi')), 'somebody else').to.equal(false)
  })

  it('is not looked for in a request begun before anything was sent', async () => {
    const first = await begun(site.platform, 'Giulia Conti', OCCUPATION)
    expect(await filingOf(site.platform, first.id)).to.include({ nothingEarlier: true })
    await sent('Giulia Conti')
    const second = await begun(site.platform, 'Giulia Conti', OCCUPATION)
    expect(await filingOf(site.platform, second.id)).not.to.have.property('nothingEarlier')
  })

  it('is written where nothing was typed, once they want it, and stays theirs to change', async () => {
    await sent('Giulia Conti', { recapiti: { email: 'altra@posta.example', telefono: '+39075000111', pec: PEC } })
    const { visitor, step, id } = await begun(site.platform, 'Giulia Conti', OCCUPATION)
    const page = await visitor.submit(
      step,
      { 'recapiti.telefono': '333 12', 'recapiti.email': 'nuova@posta.example' },
      { button: USE },
    )
    expect(page.url, 'nothing of it in the address').to.match(/\/modulo\/richiedente$/)
    expect(page.text).to.match(
      /Abbiamo riportato i dati della richiesta (?:del |dell’)\d[\s\S]*In questa pagina: Indirizzo PEC\./,
    )
    expect(valueIn(page, 'recapiti.pec')).to.equal(PEC)
    expect(valueIn(page, 'recapiti.telefono'), 'typed, though not valid').to.equal('333 12')
    expect(valueIn(page, 'recapiti.email')).to.equal('nuova@posta.example')
    expect(offers(page)).to.equal(false)
    await visitor.submit(
      page,
      { 'recapiti.telefono': '333 1234567', 'recapiti.pec': 'altra@pec.example' },
      { button: 'Avanti' },
    )
    expect((await filingOf(site.platform, id)).answers['recapiti']).to.deep.equal({
      email: 'nuova@posta.example',
      pec: 'altra@pec.example',
      telefono: '+393331234567',
    })
  })

  it('is not taken from another request than the page showed', async () => {
    await sent('Giulia Conti', { recapiti: { ...ACCESS_ANSWERS.recapiti, pec: PEC } })
    const { visitor, step } = await begun(site.platform, 'Giulia Conti', OCCUPATION)
    await sent('Giulia Conti', { recapiti: { ...ACCESS_ANSWERS.recapiti, pec: 'nuova@pec.example' } })
    const page = await visitor.submit(step, {}, { button: USE })
    expect([page.url, valueIn(page, 'recapiti.pec')]).to.deep.equal([step.url, ''])
    expect(page.text).to.include('nuova@pec.example').and.not.include(PEC)
  })

  it('is read and pressed on a telephone', async () => {
    await sent('Giulia Conti', { recapiti: { ...ACCESS_ANSWERS.recapiti, pec: PEC } })
    const page = await browser.visit({ javascript: true, width: 360 })
    const giulia = personAt(page, site.platform.url)
    await giulia.enter('Giulia Conti', `/servizi/${OCCUPATION}/avvia`)
    await page.getByLabel('Per me').check()
    await page.getByLabel(/Ho letto/).check()
    await giulia.press('Avanti')
    await giulia.look()
    await giulia.press(USE)
    expect(await page.getByLabel('Indirizzo PEC').inputValue()).to.equal(PEC)
    await giulia.look()
  })

  it('is taken from the latest that has it, as a whole address', async () => {
    await sent('Giulia Conti', { modalita: { tipo: 'copia-semplice', consegna: 'posta', indirizzo: address } })
    await sent('Giulia Conti', { recapiti: { ...ACCESS_ANSWERS.recapiti, pec: PEC } })
    const { visitor, id } = await begunWith(site.platform, 'Giulia Conti', {
      procedure: ACCESS,
      answers: ACCESS_ANSWERS,
    })
    await change(id, { modalita: { tipo: 'copia-semplice', consegna: 'posta' } })
    const page = await visitor.get(`/pratiche/${id}/modulo/modalita`)
    expect(page.text).to.include('Via delle Fonti, 3, 06099, Vallechiara, PG')
    const half = await visitor.submit(page, { 'modalita.indirizzo.via': 'Via Nuova' }, { button: USE })
    expect(valueIn(half, 'modalita.indirizzo.civico'), 'no half of it').to.equal('')
    const whole = await visitor.submit(
      await visitor.get(page.url),
      { 'modalita.indirizzo.via': '' },
      { button: 'Salva richiesta' },
    )
    await visitor.submit(whole, {}, { button: USE })
    const { answers } = await filingOf(site.platform, id)
    expect((answers['modalita'] as { indirizzo: object }).indirizzo).to.deep.equal(address)
  })

  it('begins a list in which nothing is, into a request with health data too', async () => {
    const { 'dichiarazione-cambio-indirizzo': moved, [PERMIT]: permit } = sampleAnswers(romeDate(new Date()))
    await sent('Giulia Conti', moved, 'dichiarazione-cambio-indirizzo')
    const { contrassegno, precedente, bollo } = permit ?? {}
    const answers = { contrassegno, precedente, bollo }
    const { visitor, id } = await begunWith(site.platform, 'Giulia Conti', { procedure: PERMIT, answers })
    const page = await visitor.get(`/pratiche/${id}/modulo/targhe`)
    const taken = await visitor.submit(page, {}, { button: USE })
    expect(taken.text).to.include('In questa pagina: Targhe.')
    const { targhe } = (await filingOf(site.platform, id)).answers as { targhe: { _id: string; targa: string }[] }
    expect(targhe.map(({ targa }) => targa)).to.deep.equal(['GA123BC'])
    const item = await visitor.get(`/pratiche/${id}/modulo/targhe/targhe/${targhe[0]?._id ?? ''}`)
    expect([valueIn(item, 'targhe.0.targa'), offers(await visitor.get(page.url))]).to.deep.equal(['GA123BC', false])
    const giulia = personAt(await browser.visit({ javascript: true, width: 360 }), site.platform.url)
    await giulia.enter('Giulia Conti', new URL(page.url).pathname)
    await giulia.look()
  })

  it('is not offered once it is taken back or erased, nor out of a request with health data', async () => {
    const withPec = { recapiti: { ...ACCESS_ANSWERS.recapiti, pec: PEC } }
    const id = await sent('Giulia Conti', withPec)
    const { visitor, step } = await begun(site.platform, 'Giulia Conti', OCCUPATION)
    expect(offers(step)).to.equal(true)
    const stands = {
      state: 'submitted',
      procedure: (await filings(site.platform).findOne({ _id: id }))!['procedure' as never] as object,
    }
    const shown = async (set: object) => {
      await filings(site.platform).updateOne({ _id: id }, { $set: { ...stands, ...set } })
      return offers(await visitor.get(step.url))
    }
    expect(await shown({ state: 'withdrawn' })).to.equal(false)
    expect(await shown({ procedure: { ...stands.procedure, ...(await badge()) } })).to.equal(false)
    expect(await shown({})).to.equal(true)
    await filings(site.platform).deleteOne({ _id: id })
    const pressed = await visitor.submit(step, {}, { button: USE })
    expect(valueIn(pressed, 'recapiti.pec'), 'erased before the button was pressed').to.equal('')
    expect(pressed.url).to.equal(step.url)
  })

  /** The permit of people with a disability, as somebody begins it. */
  async function badge(): Promise<object> {
    const { id } = await begun(site.platform, 'Marco Rinaldi', PERMIT)
    const { procedure } = (await filingOf(site.platform, id)) as unknown as { procedure: object }
    return procedure
  }

  it('for a company stays with the company, while the register confirms who speaks for it', async () => {
    const paolo = (await loggedIn(site.platform, 'Paolo Ferri', '/area-personale')).visitor
    const beginsFor = async (fields: Record<string, string>): Promise<Page> =>
      paolo.fill(await paolo.get(`/servizi/${ACCESS}/avvia`), { privacy: 'letta', ...fields })
    const company = { perChi: 'rappresentante', cfImpresa: BOTTEGA }
    const represented = async (step: Page): Promise<Page> => paolo.submit(step, {}, { button: 'Avanti' })

    const first = await represented(await beginsFor(company))
    expect(offers(first)).to.equal(false)
    const { answers } = await filingOf(site.platform, idIn(first))
    const ente = { ...(answers['ente'] as object), pec: 'bottega@pec.example', sede: address, carica: 'amministratore' }
    await change(idIn(first), { ...ACCESS_ANSWERS, ...answers, ente })
    await send(paolo, idIn(first))

    const again = await represented(await beginsFor(company))
    expect(again.text).to.include('bottega@pec.example').and.include('Via delle Fonti, 3')
    expect(offers((await begunIn(paolo, OCCUPATION)).step), 'for himself').to.equal(false)

    site.platform.businessRegister.misbehave({ status: 503, body: '{}' })
    const told = await beginsFor(company)
    const unconfirmed = await represented(
      await paolo.submit(told, { denominazione: 'Bottega Ferri', dichiaro: 'true' }),
    )
    expect(unconfirmed.text).to.include('Sede')
    expect(offers(unconfirmed), 'the register is silent').to.equal(false)
  })
})
