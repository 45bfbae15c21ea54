import { expect } from 'chai'
import { eventually } from '../support/eventually.ts'
import { testPlatform } from '../support/platform.ts'
import type { Page, Visitor } from '../support/visitor.ts'
import { JPEG_BYTES } from '../documents/files.ts'
import {
  ACCESS,
  ACCESS_ANSWERS,
  answerOf,
  begun,
  begunIn,
  begunWith,
  documentsOf,
  endSession,
  entriesOf,
  filingOf,
  loggedIn,
  logsInFrom,
  post,
  ready,
  REPORT,
  REPORTED,
  sent,
  UNSENT,
  valueIn,
} from './citizen.ts'

const TITLE = 'disservizio.titolo'
const photo = () => new File([JPEG_BYTES], 'foto.jpg', { type: 'image/jpeg' })

describe('a session or token that does not hold', () => {
  const site = testPlatform()

  async function expectUntouched(id: string): Promise<void> {
    const { revision, pending } = await filingOf(site.platform, id)
    expect({ revision, pending }).to.deep.equal({ revision: 0, pending: [] })
    expect(await documentsOf(site.platform, id)).to.deep.equal([])
  }

  /** The page as it was, with another token in all its forms. */
  const withToken = (page: Page, token: string): Page => {
    for (const field of page.html.querySelectorAll('[name=_csrf]')) field.setAttribute('value', token)
    return page
  }

  async function expectRefusedButFound(visitor: Visitor, refused: Page, id: string): Promise<void> {
    expect(refused.status).to.equal(403)
    expect(refused.text).to.match(/aperta da troppo tempo o da un’altra sessione/)
    await expectUntouched(id)
    const again = await visitor.follow(refused, 'Torna alla pagina precedente')
    expect(valueIn(again, TITLE)).to.equal(REPORTED[TITLE])
    expect(again.text).to.include(UNSENT)
    expect((await visitor.submit(again, {}, { button: 'Avanti' })).url).to.match(/\/autore$/)
  }

  it('wrong token: nothing is saved, what was typed is there again', async () => {
    const { visitor, step, id } = await begun(site.platform, 'Giulia Conti')
    const sending = withToken(step, 'sbagliato')
    sending.html.querySelector('form.step-form')?.removeAttribute('enctype')
    await expectRefusedButFound(visitor, await visitor.submit(sending, REPORTED, { button: 'Avanti' }), id)
  })

  it('expired token, of the session before the last login, in a form with a file', async () => {
    const { visitor, step, id } = await begun(site.platform, 'Giulia Conti')
    await endSession(site.platform, visitor)
    await loggedIn(site.platform, 'Giulia Conti', '/area-personale', { visitor })
    const sending = { ...REPORTED, immagini: photo() }
    await expectRefusedButFound(visitor, await visitor.submit(step, sending, { button: 'Avanti' }), id)
  })

  it('missing token: the filing is not sent', async () => {
    const { visitor, summary, id } = await ready(site.platform, 'Giulia Conti')
    const refused = await post(visitor, `/pratiche/${id}/invia`, {})
    expect(refused.status).to.equal(403)
    expect((await filingOf(site.platform, id)).state).to.equal('draft')
    expect((await visitor.submit(summary)).text).to.match(/\d{7}\/\d{4}/)
  })

  it('keeps nothing that another site posts', async () => {
    const { visitor, id } = await begun(site.platform, 'Giulia Conti')
    const stranger = { 'sec-fetch-site': 'cross-site' }
    const address = `/pratiche/${id}/modulo/segnalazione`
    const body = new URLSearchParams({ [TITLE]: 'Scritto da altri' })
    await visitor.request(address, { method: 'POST', body, headers: stranger })
    expect(valueIn(await visitor.get(address), TITLE)).to.equal('')
    await expectUntouched(id)
  })

  for (const kind of ['urlencoded', 'multipart'] as const) {
    it(`session ended while a step was filled in (${kind}): what was typed is there after the login`, async () => {
      const { visitor, step, id } = await begun(site.platform, 'Giulia Conti')
      if (kind === 'urlencoded') step.html.querySelector('form.step-form')?.removeAttribute('enctype')
      await endSession(site.platform, visitor)
      const typed = { ...REPORTED, ...(kind === 'multipart' ? { immagini: photo() } : {}) }
      const access = await visitor.submit(step, typed, { button: 'Avanti' })
      expect(new URL(access.url).searchParams.get('ritorno')).to.equal(`/pratiche/${id}/modulo/segnalazione`)
      await expectUntouched(id)
      const page = await logsInFrom(visitor, access, 'Giulia Conti')
      expect(page.text).to.include(UNSENT)
      for (const name of ['disservizio.luogo.via', TITLE, 'disservizio.dettagli'] as const)
        expect(valueIn(page, name)).to.equal(REPORTED[name])
      expect((await visitor.submit(page, {}, { button: 'Avanti' })).url).to.match(/\/autore$/)
    })
  }

  it('does not show it to another person who logs in there', async () => {
    const { visitor, step, id } = await begunIn((await loggedIn(site.platform, 'Giulia Conti', '/')).visitor)
    await endSession(site.platform, visitor)
    const access = await visitor.submit(step, REPORTED, { button: 'Avanti' })
    const page = await logsInFrom(visitor, access, 'Marco Rinaldi')
    expect(page.status).to.equal(404)
    expect(page.body).to.not.include(REPORTED[TITLE])
    await expectUntouched(id)
  })

  it('session ended at an item of a list', async () => {
    const { visitor, id } = await begun(site.platform, 'Giulia Conti', 'accesso-documentale')
    const { answers } = await filingOf(site.platform, id)
    await site.platform.connection
      .collection<{ _id: string }>('filings')
      .updateOne({ _id: id }, { $set: { answers: { ...answers, qualita: 'proprio' } } })
    const item = await visitor.get(`/pratiche/${id}/modulo/documenti/documenti/nuovo`)
    await endSession(site.platform, visitor)
    const written = { 'documenti.0.descrizione': 'Permesso di costruire 45/2019' }
    const access = await visitor.submit(item, written, { button: 'Conferma' })
    const page = await logsInFrom(visitor, access, 'Giulia Conti')
    expect(page.text).to.include(UNSENT)
    expect(valueIn(page, 'documenti.0.descrizione')).to.equal(written['documenti.0.descrizione'])
  })

  it('session ended at the sending: after the login the filing is still there to be sent, once', async () => {
    const { visitor, summary, id } = await ready(site.platform, 'Giulia Conti')
    await endSession(site.platform, visitor)
    const page = await logsInFrom(visitor, await visitor.submit(summary), 'Giulia Conti')
    expect(page.url).to.match(/\/riepilogo$/)
    expect(await entriesOf(site.platform, id)).to.have.length(0)
    expect((await visitor.submit(page)).text).to.match(/\d{7}\/\d{4}/)
    expect(await entriesOf(site.platform, id)).to.have.length(1)
  })

  it('session ended at the privacy notice', async () => {
    const { visitor, page } = await loggedIn(site.platform, 'Giulia Conti', `/servizi/${REPORT}/avvia`)
    await endSession(site.platform, visitor)
    const back = await logsInFrom(visitor, await visitor.submit(page, { privacy: 'letta' }), 'Giulia Conti')
    expect(new URL(back.url).pathname).to.equal(`/servizi/${REPORT}/avvia`)
    expect(back.text).to.include(UNSENT)
    expect((await visitor.get(`/servizi/${REPORT}/avvia`)).text).not.to.include(UNSENT)
  })

  it('session ended while the office and the citizen wrote to each other', async () => {
    const { visitor, id } = await sent(site.platform, 'Giulia Conti')
    const officer = (await loggedIn(site.platform, 'Matteo Longo', '/ufficio')).visitor
    const step = async (name: string) => officer.get(`/ufficio/pratiche/${id}/passo/${name}`)
    await officer.submit(await step('prendi-in-carico'), {}, { form: 'form.office-form' })
    const asking = await step('chiedi-integrazione')
    await endSession(site.platform, officer)
    const typed = { testo: 'Da quanto tempo c’è la buca?', giorni: '15' }
    const access = await officer.submit(asking, typed, { form: 'form.office-form' })
    expect(access.text).to.include('La sessione è scaduta').and.include('non è andato perso')
    expect((await officer.get('/accesso?ritorno=/ufficio')).text, 'of another page').not.to.include('scaduta')
    const again = await logsInFrom(officer, access, 'Matteo Longo')
    expect([valueIn(again, 'testo'), valueIn(again, 'giorni')]).to.deep.equal([typed.testo, typed.giorni])
    expect(again.text).to.include(UNSENT)
    expect((await officer.submit(again, {}, { form: 'form.office-form' })).status).to.equal(200)

    const answering = await visitor.get(`/pratiche/${id}/passo/integra`)
    await endSession(site.platform, visitor)
    const answer = { testo: 'Da due settimane.' }
    const found = await logsInFrom(visitor, await visitor.submit(answering, answer), 'Giulia Conti')
    expect(valueIn(found, 'testo')).to.equal(answer.testo)
    expect(found.text).to.include(UNSENT)
    expect((await filingOf(site.platform, id)).state).to.equal('waiting-integration')
  })

  it('session ended while an entry was being annulled: the reason is there after the login', async () => {
    const { id } = await sent(site.platform, 'Giulia Conti')
    const { protocol } = await filingOf(site.platform, id)
    const { visitor } = await loggedIn(site.platform, 'Valentina Costa', '/ufficio/protocollo')
    const form = await visitor.get(`/ufficio/protocollo/${protocol?.entry ?? ''}/annulla`)
    await endSession(site.platform, visitor)
    const reason = { motivo: 'Registrata due volte' }
    const access = await visitor.submit(form, reason, { button: 'Annulla la registrazione' })
    const again = await logsInFrom(visitor, access, 'Valentina Costa')
    expect(valueIn(again, 'motivo')).to.equal(reason.motivo)
    expect(again.text).to.include(UNSENT)
  })

  it('a session of level 1 is asked for level 2 where the procedure wants it, and goes on there', async () => {
    const low = await loggedIn(site.platform, 'Giulia Conti', `/servizi/${REPORT}/avvia`, { level: 1 })
    expect(low.page.text, 'a report takes level 1').to.match(/Autorizzazioni e condizioni/)
    const address = '/servizi/accesso-documentale/avvia?da=scheda'
    const access = await low.visitor.get(address)
    expect(access.text).to.match(/Serve un accesso più sicuro/)
    expect(new URL(access.url).searchParams.get('livello')).to.equal('2')
    const page = await logsInFrom(low.visitor, access, 'Giulia Conti')
    expect(page.url).to.equal(site.platform.url + address)
    expect(page.text).to.match(/Ho letto e compreso/)
  })

  it('a draft of level 2 is not open to a session of level 1', async () => {
    const { id } = await begunWith(site.platform, 'Giulia Conti', { procedure: 'accesso-documentale', answers: {} })
    const low = await loggedIn(site.platform, 'Giulia Conti', '/area-personale', { level: 1 })
    const address = `/pratiche/${id}/modulo/richiedente`
    const access = await low.visitor.get(address)
    expect(access.text).to.match(/Serve un accesso più sicuro/)
    expect((await logsInFrom(low.visitor, access, 'Giulia Conti')).url).to.equal(site.platform.url + address)
  })

  it('what was sent at level 2 is not open to a session of level 1: page, papers, answer', async () => {
    const request = { procedure: ACCESS, answers: ACCESS_ANSWERS }
    const { visitor, id } = await begunWith(site.platform, 'Giulia Conti', request)
    expect((await visitor.submit(await visitor.get(`/pratiche/${id}/riepilogo`))).url).to.match(/\/inviata$/)
    const [paper] = await documentsOf(site.platform, id)
    const document = `/documenti/${String(paper?._id)}`
    const low = await loggedIn(site.platform, 'Giulia Conti', '/area-personale', { level: 1 })
    const papers = [document, `${document}/firma`, `${document}/copia`, '/fascicolo.zip']
    for (const page of ['', '/inviata', '/passo/integra', ...papers]) {
      const access = await low.visitor.get(`/pratiche/${id}${page}`)
      expect(access.text, page).to.match(/Serve un accesso più sicuro/)
      expect(new URL(access.url).searchParams.get('livello'), page).to.equal('2')
    }
    const address = `/pratiche/${id}`
    const open = await logsInFrom(low.visitor, await low.visitor.get(address), 'Giulia Conti')
    expect([open.url, open.status]).to.deep.equal([site.platform.url + address, 200])
    const other = await loggedIn(site.platform, 'Marco Rinaldi', '/area-personale', { level: 1 })
    expect((await other.visitor.get(address)).status, 'nobody learns that it exists').to.equal(404)
  })

  it('nor is what the office wrote of it, in the messages of a session of level 1', async () => {
    const request = { procedure: ACCESS, answers: ACCESS_ANSWERS }
    const { id } = await sent(site.platform, 'Marco Rinaldi', request)
    const officer = (await loggedIn(site.platform, 'Francesca Riva', '/ufficio')).visitor
    const step = async (name: string) => officer.get(`/ufficio/pratiche/${id}/passo/${name}`)
    await officer.submit(await step('prendi-in-carico'), {}, { form: 'form.office-form' })
    const typed = { testo: 'Manca il verbale della commissione medica.', giorni: '15' }
    await officer.submit(await step('chiedi-integrazione'), typed, { form: 'form.office-form' })
    const messages = site.platform.connection.collection<{ _id: string }>('messages')
    const written = { filing: id, text: /commissione medica/ }
    await eventually(async () => expect(await messages.countDocuments(written)).to.equal(1))
    const message = await messages.findOne(written)
    const address = `/area-personale/messaggi/${message?._id ?? ''}`
    const low = await loggedIn(site.platform, 'Marco Rinaldi', '/area-personale/messaggi', { level: 1 })
    expect(low.page.text).to.include('Novità sulla pratica').and.include('accesso più sicuro').and.not.include('medica')
    const access = await low.visitor.get(address)
    expect(access.text).to.match(/Serve un accesso più sicuro/)
    expect(new URL(access.url).searchParams.get('livello')).to.equal('2')
    expect(await messages.countDocuments({ ...written, readAt: null }), 'not read').to.equal(1)
    const page = await logsInFrom(low.visitor, access, 'Marco Rinaldi')
    expect(page.url).to.equal(site.platform.url + address)
    expect(page.text).to.include('medica')
  })

  it('an officer’s session of level 1 is asked for level 2, and then is at the desk', async () => {
    const low = await loggedIn(site.platform, 'Chiara Moretti', '/area-personale', { level: 1 })
    for (const address of ['/ufficio', '/ufficio/protocollo', '/ufficio/pratiche/x']) {
      const access = await low.visitor.get(address)
      expect(access.text, address).to.match(/Serve un accesso più sicuro/)
      expect(new URL(access.url).searchParams.get('livello'), address).to.equal('2')
    }
    const desk = await logsInFrom(low.visitor, await low.visitor.get('/ufficio'), 'Chiara Moretti')
    expect([desk.url, desk.status]).to.deep.equal([`${site.platform.url}/ufficio`, 200])
  })

  const provided = async (visitor: Visitor): Promise<Page> => {
    const query = new URLSearchParams({ idp: site.platform.identityProvider.entityId, livello: '2' })
    return answerOf(visitor, await visitor.get(`/accesso/spid?${query.toString()}`), 'Giulia Conti')
  }
  const send = (visitor: Visitor, page: Page) => visitor.submit(page, {}, { form: 'form' })
  const isLoggedIn = async (visitor: Visitor) =>
    new URL((await visitor.get('/area-personale')).url).pathname === '/area-personale'
  const sessions = () => site.platform.connection.collection('sessions').countDocuments()

  it('SAML response replayed: refused, also in the same browser', async () => {
    const visitor = site.platform.visitor()
    const response = await provided(visitor)
    expect((await send(visitor, response)).status).to.equal(200)
    await endSession(site.platform, visitor)
    const refused = await send(visitor, response)
    expect(refused.status).to.equal(403)
    expect(refused.text).to.match(/è già stata usata oppure è partita da un altro browser. Ripeti l’accesso/)
    expect(await isLoggedIn(visitor)).to.equal(false)
  })

  it('SAML response delivered to another browser: refused there, still good where it belongs', async () => {
    const [visitor, other] = [site.platform.visitor(), site.platform.visitor()]
    const response = await provided(visitor)
    await provided(other)
    const before = await sessions()
    const refused = await send(other, response)
    expect(refused.status).to.equal(403)
    expect(refused.text).to.match(/è partita da un altro browser/)
    expect(await isLoggedIn(other)).to.equal(false)
    expect(await sessions()).to.equal(before)
    await send(visitor, response)
    expect(await isLoggedIn(visitor)).to.equal(true)
  })

  for (const outside of ['https://evil.example/', '//evil.example', '/\\evil.example', '/%09/evil.example']) {
    it(`after the login nobody is sent to ${outside}`, async () => {
      const { page, visitor } = await loggedIn(site.platform, 'Giulia Conti', outside)
      expect(new URL(page.url).origin).to.equal(site.platform.url)
      const already = await visitor.get(`/accesso?ritorno=${encodeURIComponent(outside)}`)
      expect(new URL(already.url).origin).to.equal(site.platform.url)
    })
  }
})
