import { expect } from 'chai'
import { entriesOf, filingOf, loggedIn, receiptMade, sent } from '../filings/citizen.ts'
import { testPlatform } from '../support/platform.ts'

const ROBERTA = 'VLLRRT68L62F205A'

describe('a step that takes a while', () => {
  const site = testPlatform()

  it('is not taken by an officer whose role ends while the seal of its letter is made', async () => {
    const { connection, trustServices } = site.platform
    const { id } = await sent(site.platform, 'Giulia Conti')
    await receiptMade(site.platform, id)
    const { visitor: matteo } = await loggedIn(site.platform, 'Matteo Longo', '/ufficio')
    const step = async (name: string) => matteo.get(`/ufficio/pratiche/${id}/passo/${name}`)
    const form = { form: 'form.office-form' }
    await matteo.submit(await step('prendi-in-carico'), {}, form)
    const page = await step('accogli')
    const before = await filingOf(site.platform, id)
    const his = { givenName: 'Matteo' }
    const give = (to: string | null) => connection.collection('appointments').updateMany(his, { $set: { to } })
    trustServices.beforeTimestamp(() => give('2020-01-01'))
    const refused = await matteo.submit(page, { testo: 'Buca riempita.' }, form)
    trustServices.beforeTimestamp(null)
    expect(refused.status).to.equal(404)
    expect(await filingOf(site.platform, id)).to.deep.equal(before)
    expect(await entriesOf(site.platform, id)).to.have.length(1)
    await give(null)
    await matteo.submit(await step('accogli'), { testo: 'Buca riempita.' }, form)
    expect(await entriesOf(site.platform, id), 'and is, once it is his again').to.have.length(2)
  })

  it('is taken although the filing is assigned while the seal of its letter is made', async () => {
    const { id } = await sent(site.platform, 'Giulia Conti')
    const { visitor: matteo } = await loggedIn(site.platform, 'Matteo Longo', '/ufficio')
    const { visitor: roberta } = await loggedIn(site.platform, 'Roberta Villa', '/ufficio')
    const desk = `/ufficio/pratiche/${id}`
    await receiptMade(site.platform, id)
    await matteo.submit(await matteo.get(`${desk}/passo/prendi-in-carico`), {}, { form: 'form.office-form' })
    const assignment = await roberta.get(`${desk}/assegna`)
    const assigned: number[] = []
    site.platform.trustServices.beforeTimestamp(async () => {
      if (assigned.length === 0) assigned.push((await roberta.submit(assignment, { persona: ROBERTA })).status)
    })
    const page = await matteo.get(`${desk}/passo/accogli`)
    const done = await matteo.submit(page, { testo: 'Buca riempita.' }, { form: 'form.office-form' })
    site.platform.trustServices.beforeTimestamp(null)
    expect([assigned, done.status]).to.deep.equal([[200], 200])
    expect((await filingOf(site.platform, id)).state).to.equal('accepted')
    expect(await entriesOf(site.platform, id)).to.have.length(2)
  })

  it('decides nothing while it leaves unread what came in after its page was opened', async () => {
    const { visitor: citizen, id } = await sent(site.platform, 'Giulia Conti')
    const { visitor: matteo } = await loggedIn(site.platform, 'Matteo Longo', '/ufficio')
    const desk = `/ufficio/pratiche/${id}`
    const form = { form: 'form.office-form' }
    await matteo.submit(await matteo.get(`${desk}/passo/prendi-in-carico`), {}, form)
    await matteo.submit(await matteo.get(`${desk}/passo/chiedi-integrazione`), { testo: 'Dove?' }, form)
    const [before, decision] = [await matteo.get(desk), await matteo.get(`${desk}/passo/accogli`)]
    await citizen.submit(await citizen.get(`/pratiche/${id}/passo/integra`), { testo: 'Davanti al n. 5.' })
    // From a page of the filing that was opened before the answer, too.
    const follows = await matteo.follow(before, 'Chiudi: problema risolto')
    expect(follows.text)
      .to.include('Integrazione ricevuta')
      .and.match(/Davanti al n\.\s5/)
    const told = await matteo.submit(decision, { testo: 'Non ha risposto.' }, form)
    expect(told.status).to.equal(409)
    expect(told.text)
      .to.include('Integrazione ricevuta')
      .and.match(/Davanti al n\.\s5/)
      .and.include('Non ha risposto.')
    expect((await filingOf(site.platform, id)).state, 'nothing is decided').to.equal('in-charge')
    const done = await matteo.submit(told, { testo: 'Buca riempita.' }, form)
    expect([done.status, (await filingOf(site.platform, id)).state]).to.deep.equal([200, 'accepted'])
  })
})
