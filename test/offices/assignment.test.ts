import { expect } from 'chai'
import { createHash } from 'node:crypto'
import type { Submitted } from '../../server/filings/index.ts'
import { createFilingStore } from '../../server/filings/filing-store.ts'
import { createHistory } from '../../server/history/index.ts'
import { createAssignmentService } from '../../server/offices/assignment-service.ts'
import { newId } from '../../server/shared/ids.ts'
import { createInTransaction } from '../../server/shared/transaction-store.ts'
import { filings, sent } from '../filings/citizen.ts'
import { personAt } from '../journeys/person.ts'
import { testBrowser } from '../support/browser.ts'
import { logIn } from '../support/login.ts'
import { testPlatform } from '../support/platform.ts'

describe('a declared conflict of interests', function () {
  this.timeout(90_000)
  const site = testPlatform()
  const browser = testBrowser()

  it('takes the filing from the officer, and the head of the office gives it to another', async () => {
    const { id, visitor: giulia } = await sent(site.platform, 'Giulia Conti')
    const filing = `/ufficio/pratiche/${id}`
    const matteo = personAt(await browser.visit({ javascript: true, width: 360 }), site.platform.url)
    await matteo.enter('Matteo Longo', filing)
    expect(await matteo.read()).to.include('Buca profonda')
    await matteo.look()
    await matteo.follow('Dichiara un conflitto di interessi')
    await matteo.press('Dichiaro il conflitto e mi astengo')
    expect(await matteo.read()).to.include('Scrivi perché ti astieni')
    await matteo.look()
    await matteo.page.getByLabel('Motivo').fill('a'.repeat(2001))
    await matteo.press('Dichiaro il conflitto e mi astengo')
    expect(await matteo.read()).to.include('Al massimo 2000 caratteri')
    expect(await matteo.page.getByLabel('Motivo').inputValue(), 'nothing is cut').to.have.length(2001)
    await matteo.page.getByLabel('Motivo').fill('È la mia vicina di casa')
    await matteo.press('Dichiaro il conflitto e mi astengo')
    expect(await matteo.read())
      .to.include('Hai dichiarato un conflitto di interessi')
      .and.not.to.include('Buca profonda')
    await matteo.look()

    const again = site.platform.visitor()
    await logIn(again, 'Matteo Longo', '/ufficio')
    for (const path of ['/passo/prendi-in-carico', '/fascicolo.zip', '/astensione', '/assegna'])
      expect((await again.get(filing + path)).status, path).to.equal(403)

    const roberta = site.platform.visitor()
    const form = await roberta.follow(await logIn(roberta, 'Roberta Villa', filing), 'Assegna')
    expect(form.text).to.include('È la mia vicina di casa')
    const offered = form.html.querySelectorAll('#persona option').map((one) => one.text.trim())
    expect(offered).to.deep.equal(['Scegli', 'Roberta Villa'])
    expect((await roberta.submit(form, { persona: '' })).status).to.equal(422)
    expect((await roberta.submit(form, { persona: 'VLLRRT68L62F205A' })).text).to.match(
      /Assegnata a[\s\S]*Roberta Villa/,
    )

    const citizen = await giulia.get(`/pratiche/${id}`)
    expect(citizen.text).to.include('Un operatore si è astenuto').and.not.to.include('vicina di casa')
    const stored = await filings(site.platform).findOne({ _id: id })
    const [abstention] = (stored as unknown as Submitted).abstentions ?? []
    expect(abstention).to.include({ cf: 'LNGMTT96H06D653K', reason: 'È la mia vicina di casa' })
    const history = createHistory({ connection: site.platform.connection, newId })
    const events = await history.of('vallechiara', id)
    expect(events.map(({ type }) => type)).to.deep.equal(['submitted', 'conflict-declared', 'assigned'])
    const digest = createHash('sha256').update(`${abstention?.salt}${abstention?.reason}`).digest('hex')
    expect(events[1]?.data, 'which the filer has too').to.deep.equal({ reasonDigest: digest })
    expect(await history.verify('vallechiara', id)).to.equal(null)
  })

  it('is for the head of the office to decide of whom the answers name, themselves too', async () => {
    const { id, visitor: giulia } = await sent(site.platform, 'Giulia Conti')
    const [matteoCf, robertaCf] = ['LNGMTT96H06D653K', 'VLLRRT68L62F205A']
    await filings(site.platform).updateOne({ _id: id }, { $set: { 'answers.altri': [matteoCf, robertaCf] } })
    const filing = `/ufficio/pratiche/${id}`
    const matteo = site.platform.visitor()
    const closed = await logIn(matteo, 'Matteo Longo', filing)
    expect(closed.text).to.include('c’è il tuo codice fiscale').and.not.to.include('Buca profonda')
    expect((await matteo.get(`${filing}/passo/prendi-in-carico`)).status).to.equal(403)

    const roberta = personAt(await browser.visit({ javascript: true, width: 360 }), site.platform.url)
    const persona = roberta.page.locator('#persona')
    await roberta.enter('Roberta Villa', filing)
    expect(await roberta.read()).not.to.include('Buca profonda')
    await roberta.follow('Assegna')
    await persona.selectOption(matteoCf)
    await roberta.look()
    await roberta.press('Assegna')
    expect(await roberta.read()).to.include('Scrivi perché Matteo Longo se ne può occupare')
    expect(await persona.inputValue()).to.equal(matteoCf)
    await roberta.look()
    await roberta.page.getByLabel('Motivo').fill('Codice scritto da chi non ci conosce')
    await roberta.press('Assegna')
    expect(await roberta.read())
      .to.include('a Matteo Longo')
      .and.not.to.include('Buca profonda')
    expect((await matteo.get(filing)).text).to.include('Buca profonda')
    await matteo.submit(await matteo.get(`${filing}/passo/prendi-in-carico`))

    await roberta.follow('Assegna')
    expect(await roberta.read()).to.include('deciso da Roberta Villa: Codice scritto da chi non ci conosce')
    await persona.selectOption(robertaCf)
    await roberta.page.getByLabel('Motivo').fill('Non c’è altro responsabile, e non ho interessi')
    await roberta.press('Assegna')
    expect(await roberta.read()).to.include('Buca profonda')

    const stored = (await filings(site.platform).findOne({ _id: id })) as unknown as Submitted
    expect(stored.clearances?.map(({ cf, by }) => [cf, by])).to.deep.equal([
      [matteoCf, 'Roberta Villa'],
      [robertaCf, 'Roberta Villa'],
    ])
    const history = createHistory({ connection: site.platform.connection, newId })
    const events = await history.of('vallechiara', id)
    const [first] = stored.clearances ?? []
    const reasonDigest = createHash('sha256').update(`${first?.salt}${first?.reason}`).digest('hex')
    expect(events[1]?.data, 'which the filer has too').to.deep.equal({ to: 'Matteo Longo', reasonDigest })
    expect((await giulia.get(`/pratiche/${id}`)).text).not.to.include('non ci conosce')
  })

  it('is heard although the filing changes while it is declared', async () => {
    const { id } = await sent(site.platform, 'Giulia Conti')
    const { connection } = site.platform
    const store = createFilingStore(connection)
    const history = createHistory({ connection, newId })
    let found = 0
    const find: typeof store.find = async (...which) => {
      const filing = await store.find(...which)
      if (++found === 1) await filings(site.platform).updateOne({ _id: id }, { $inc: { revision: 1 } })
      return filing
    }
    const inTransaction = createInTransaction(connection)
    const deps = { store: { ...store, find }, history, inTransaction, now: () => new Date(), newId }
    const appointments = [{ role: 'desk-officer', office: 'protocollo-urp', from: '2020-01-01', to: null }] as const
    const actor = { kind: 'officer', owner: 'X', cf: 'X', name: 'Matteo Longo', appointments, family: [] } as const
    await createAssignmentService(deps).abstain('vallechiara', id, { actor, reason: 'È la mia vicina' })
    const events = await history.of('vallechiara', id)
    expect(events.map(({ type }) => type)).to.deep.equal(['submitted', 'conflict-declared'])
  })
})
