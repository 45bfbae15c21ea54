import { expect } from 'chai'
import { makePdf } from '../documents/files.ts'
import { documentsOf, entriesOf, filingOf, loggedIn, receiptMade, sent, valueIn } from '../filings/citizen.ts'
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

  it('of a citizen is no answer to what the office wrote after its page was opened', async () => {
    const { visitor: citizen, id } = await sent(site.platform, 'Giulia Conti')
    const { visitor: matteo } = await loggedIn(site.platform, 'Matteo Longo', '/ufficio')
    const desk = `/ufficio/pratiche/${id}/passo`
    const form = { form: 'form.office-form' }
    const state = async () => (await filingOf(site.platform, id)).state
    await matteo.submit(await matteo.get(`${desk}/prendi-in-carico`), {}, form)
    const [before, withdrawal] = [
      await citizen.get(`/pratiche/${id}`),
      await citizen.get(`/pratiche/${id}/passo/ritira`),
    ]
    await matteo.submit(await matteo.get(`${desk}/chiedi-integrazione`), { testo: 'Dove si trova?' }, form)
    expect((await citizen.follow(before, 'Ritira la segnalazione')).text, 'from an older page').to.include('Dove si')
    const told = await citizen.submit(withdrawal, { testo: 'Non serve più.' })
    expect([told.status, await state()]).to.deep.equal([409, 'waiting-integration'])
    expect(told.text)
      .to.include('Richiesta di integrazione')
      .and.include('Dove si trova?')
      .and.include('Non serve più.')

    // A page of an earlier request, by what it carries: two may follow one another in a SCIA.
    const page = await citizen.get(`/pratiche/${id}/passo/integra`)
    expect(page.text).not.to.include('C’è una novità')
    const older = { visti: String(Number(valueIn(page, 'visti')) - 1), testo: 'Davanti al n. 5.' }
    const file = new File([new Uint8Array(await makePdf('Foto'))], 'foto.pdf')
    const again = await citizen.submit(page, { ...older, documenti: file })
    expect([again.status, await state()]).to.deep.equal([409, 'waiting-integration'])
    expect(again.text).to.include('C’è una novità').and.include('Scegli di nuovo i file')
    expect(again.text.split('Dove si trova?'), 'its words once').to.have.length(2)
    expect(valueIn(again, 'testo')).to.equal('Davanti al n. 5.')
    const kinds = async () =>
      (await documentsOf(site.platform, id)).filter(({ kind }) => (kind as string) === 'integration')
    expect(await kinds(), 'none is kept').to.have.length(0)
    expect([(await citizen.submit(again, { documenti: file })).status, await state()]).to.deep.equal([200, 'in-charge'])
  })
})
