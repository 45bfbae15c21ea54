import { expect } from 'chai'
import { romeDate, addDays, type IsoDate } from '../../server/shared/dates.ts'
import { testPlatform } from '../support/platform.ts'
import type { Page, Visitor } from '../support/visitor.ts'
import {
  ACCESS,
  ACCESS_ANSWERS,
  begunIn,
  documentsOf,
  entriesOf,
  filingOf,
  filings,
  idIn,
  loggedIn,
  post,
  readyIn,
  tokenIn,
} from '../filings/citizen.ts'

const SCIA = 'scia-esercizio-di-vicinato-apertura'
const ANNA = 'GLLNMR42T48I921B'
const GIULIA = 'CNTGLI85H54G478Q'

describe('acting for another person', () => {
  const site = testPlatform()
  const today = romeDate(new Date())
  let anna: Visitor
  let giulia: Visitor

  before(async () => {
    ;({ visitor: anna } = await loggedIn(site.platform, 'Anna Maria Galli', '/area-personale'))
    ;({ visitor: giulia } = await loggedIn(site.platform, 'Giulia Conti', '/area-personale'))
  })

  beforeEach(async () => {
    // Each test begins without a mandate that holds.
    await site.platform.connection.collection('mandates').updateMany({}, { $set: { revokedAt: new Date() } })
  })

  /** The form of a mandate to Giulia for a month, but for what she may do. */
  const toGiulia = { nome: 'Giulia', cognome: 'Conti', codiceFiscale: GIULIA, dal: today, al: addDays(today, 30) }

  /** Anna gives Giulia a mandate for one service, as a person does; returns its address. */
  async function given(service: string = ACCESS): Promise<string> {
    const page = await anna.fill(await anna.get('/area-personale/deleghe/nuova'), {
      ...toGiulia,
      ambito: 'servizi',
      servizi: [service],
    })
    expect(page.text).to.include('Delega a Giulia Conti').and.to.include('Valida')
    return new URL(page.url).pathname
  }

  const revoked = async (mandate: string): Promise<Page> =>
    anna.submit(await anna.get(mandate), {}, { button: 'Revoca la delega' })

  const chosen = async (visitor: Visitor, fields: Record<string, string>, procedure: string = ACCESS): Promise<Page> =>
    visitor.fill(await visitor.get(`/servizi/${procedure}/avvia`), { privacy: 'letta', ...fields })

  /** A draft of Giulia for Anna that lacks nothing. */
  async function drafted(mandate: string): Promise<{ id: string; step: Page }> {
    const step = await chosen(giulia, { perChi: `delega-${mandate.split('/').at(-1) ?? ''}` })
    const id = idIn(step)
    const { answers } = await filingOf(site.platform, id)
    await filings(site.platform).updateOne({ _id: id }, { $set: { answers: { ...ACCESS_ANSWERS, ...answers } } })
    return { id, step }
  }

  const sent = async (id: string): Promise<Page> => {
    const summary = await giulia.get(`/pratiche/${id}/riepilogo`)
    expect(summary.text).to.include('per conto di Anna Maria Galli')
    return giulia.submit(summary)
  }

  it('is shown on every page, and written into filing, application, register and history', async () => {
    const mandate = await given()
    const { id, step } = await drafted(mandate)
    expect(step.text).to.include('Agisci per conto di Anna Maria Galli, come delegato')
    const confirmation = await sent(id)
    expect(confirmation.text).to.match(/Per conto di\s+Anna Maria Galli/)
    const filing = (await filingOf(site.platform, id)) as unknown as Record<string, unknown>
    expect(filing).to.deep.include({ profile: 'proxy', owner: GIULIA })
    expect(filing['principal']).to.deep.include({ familyName: 'Galli', cf: ANNA })
    const [entry] = await entriesOf(site.platform, id)
    expect(entry?.['sender']).to.deep.include({ cf: ANNA })
    expect(entry?.['actedBy']).to.deep.include({ cf: GIULIA })
    expect(entry?.['actedAs']).to.equal('delegato')
    const application = (await documentsOf(site.platform, id)).find(({ kind }) => kind === 'application')
    const istanza = await giulia.get(`/pratiche/${id}/documenti/${String(application?.['_id'])}`)
    expect(JSON.parse(istanza.body)).to.deep.include({
      inQualitaDi: 'delegato',
      titolo: 'delega data in linea al Comune',
    })
    expect((await anna.get(mandate)).text).to.include('Usata per inviare una richiesta')
  })

  it('is seen by the principal always, by the proxy while the mandate holds, by nobody else', async () => {
    const mandate = await given()
    const { id } = await drafted(mandate)
    expect((await anna.get(`/pratiche/${id}`)).status, 'a draft of the proxy').to.equal(404)
    await sent(id)
    expect((await anna.get(`/pratiche/${id}`)).text).to.match(/Inviata da\s+Giulia Conti/)
    expect((await giulia.get(`/pratiche/${id}`)).text, 'to herself').not.to.match(/Inviata da/)
    const back = await giulia.get(`/pratiche/${id}/riepilogo`)
    expect(back.text, 'back to the form').to.include('Questa richiesta è già stata inviata')
    const { visitor: marco } = await loggedIn(site.platform, 'Marco Rinaldi', '/area-personale')
    const statuses = async () =>
      Promise.all([anna, giulia, marco].map(async (one) => (await one.get(`/pratiche/${id}`)).status))
    expect(await statuses()).to.deep.equal([200, 200, 404])
    expect((await anna.get('/area-personale/pratiche')).body).to.include(`/pratiche/${id}`)
    await revoked(mandate)
    expect(await statuses(), 'after the revocation').to.deep.equal([200, 404, 404])
    expect((await giulia.get('/area-personale/pratiche')).body).not.to.include(`/pratiche/${id}`)
  })

  it('is not sent once the mandate was revoked, and loses nothing', async () => {
    const mandate = await given()
    const { id } = await drafted(mandate)
    const summary = await giulia.get(`/pratiche/${id}/riepilogo`)
    const before = await filingOf(site.platform, id)
    const saying = async (words: string) => {
      const pages = [`/pratiche/${id}/modulo/richiedente`, `/pratiche/${id}/riepilogo`, '/area-personale']
      const texts = await Promise.all(pages.map(async (path) => (await giulia.get(path)).text))
      return texts.map((text) => text.includes(words))
    }
    expect(await saying('Non hai più una delega valida'), 'while it holds').to.deep.equal([false, false, false])
    await revoked(mandate)
    expect(await saying('Non hai più una delega valida'), 'before it is sent').to.deep.equal([true, true, true])
    const refused = await giulia.submit(summary)
    expect(refused.status).to.equal(403)
    expect(refused.text).to.include('La delega con cui agisci non è più valida')
    expect(await filingOf(site.platform, id)).to.deep.equal(before)
    await given()
    expect((await sent(id)).text, 'with a new mandate').to.match(/\d{7}\/\d{4}/)
  })

  it('rests on one mandate however often its form comes, and on another if that says something else', async () => {
    const form = await anna.get('/area-personale/deleghe/nuova')
    const send = (to: IsoDate) => anna.submit(form, { ...toGiulia, ambito: 'tutti', al: to })
    const pages = await Promise.all(Array.from({ length: 6 }, () => send(addDays(today, 30))))
    expect(new Set(pages.map(({ status, url }) => `${status} ${url}`))).to.have.property('size', 1)
    expect(pages[0]?.text).to.include('Delega a Giulia Conti').and.to.include('Valida')
    const longer = await send(addDays(today, 60))
    const given = await site.platform.connection.collection('mandates').find({ revokedAt: null }).toArray()
    expect(given.map(({ _id }) => String(_id))).to.have.members(
      [pages[0], longer].map((page) => page?.url.split('/').at(-1) ?? ''),
    )
  })

  it('is open to nobody with the mandate of another, one that ended, or one for other services', async () => {
    const mandate = await given()
    const id = mandate.split('/').at(-1) ?? ''
    const choice = { perChi: `delega-${id}` }
    const { visitor: marco } = await loggedIn(site.platform, 'Marco Rinaldi', '/area-personale')
    const tried = async (visitor: Visitor, procedure = ACCESS) => {
      const page = await visitor.get(`/servizi/${procedure}/avvia`)
      const fields = { _csrf: tokenIn(page), privacy: 'letta', chiave: 'k', ...choice }
      const answer = await post(visitor, `/servizi/${procedure}/avvia`, fields)
      return [answer.status, answer.text.includes('Scegli per chi fai la richiesta')]
    }
    expect(await tried(marco), 'of another person').to.deep.equal([422, true])
    expect((await marco.get(mandate)).status, 'its page').to.equal(404)
    expect(await tried(giulia, 'occupazione-suolo-pubblico-temporanea'), 'out of scope').to.deep.equal([422, true])
    await site.platform.connection
      .collection<{ _id: string }>('mandates')
      .updateOne({ _id: id }, { $set: { from: '2020-01-01', to: addDays(today, -1) } })
    expect(await tried(giulia), 'expired').to.deep.equal([422, true])
  })

  it('cannot be turned on somebody else by an edited form', async () => {
    const { id } = await drafted(await given())
    const page = await giulia.get(`/pratiche/${id}/modulo/rappresentato`)
    expect(page.html.querySelector('[name="interessato.codiceFiscale"]'), 'locked').to.equal(null)
    const { revision } = await filingOf(site.platform, id)
    await post(giulia, `/pratiche/${id}/modulo/rappresentato`, {
      _csrf: tokenIn(page),
      revision: String(revision),
      action: 'next',
      'interessato.codiceFiscale': 'RNLMRC81C02D653D',
      'interessato.nome': 'Marco',
      qualita: 'proprio',
      principal: 'RNLMRC81C02D653D',
      profile: 'self',
    })
    await filings(site.platform).updateOne(
      { _id: id },
      { $set: { 'answers.interessato.codiceFiscale': 'RNLMRC81C02D653D' } },
    )
    await sent(id)
    const filing = await filingOf(site.platform, id)
    expect(filing.answers['interessato'], 'taken from the choice again').to.deep.include({
      codiceFiscale: ANNA,
      nome: 'Anna Maria',
    })
    expect((filing as unknown as { principal: object }).principal).to.deep.include({ cf: ANNA })
  })

  it('is told to both when the office does something, and its use to the principal', async () => {
    const { id } = await drafted(await given())
    const [number = 'no number'] = /\d{7}\/\d{4}/.exec((await sent(id)).text) ?? []
    const { visitor: francesca } = await loggedIn(site.platform, 'Francesca Riva', '/ufficio')
    const step = await francesca.get(`/ufficio/pratiche/${id}/passo/prendi-in-carico`)
    await francesca.submit(step, {}, { button: 'Prendi in carico' })
    for (const [who, subject] of [
      [anna, 'La tua delega è stata usata'],
      [anna, `Novità sulla pratica ${number}`],
      [giulia, `Novità sulla pratica ${number}`],
    ] as const)
      await arrived(who, subject)
  })

  /** Messages are a worker's: it may take a moment. */
  async function arrived(visitor: Visitor, subject: string): Promise<void> {
    for (let tries = 0; tries < 100; tries += 1) {
      if ((await visitor.get('/area-personale/messaggi')).text.includes(subject)) return
      await new Promise((resolve) => setTimeout(resolve, 100))
    }
    throw new Error(`No message «${subject}»`)
  }

  it('may be following one filing that the principal sent, and nothing else of theirs', async () => {
    const [first, second] = [await sentByAnna(), await sentByAnna()]
    const page = await anna.fill(await anna.get('/area-personale/deleghe/nuova'), {
      ...toGiulia,
      ambito: 'pratica',
      pratica: first,
    })
    expect(page.text).to.include('una sola pratica: Segnalazione')
    const statuses = async () =>
      Promise.all([first, second].map(async (id) => (await giulia.get(`/pratiche/${id}`)).status))
    expect(await statuses()).to.deep.equal([200, 404])
    expect((await giulia.get('/area-personale/pratiche')).body)
      .to.include(first)
      .and.not.to.include(second)
    await revoked(new URL(page.url).pathname)
    expect(await statuses()).to.deep.equal([404, 404])
  })

  it('may be about any of many filings: the last ones are offered, the others named by their number', async () => {
    const first = await filingOf(site.platform, await sentByAnna())
    const others = Array.from({ length: 25 }, (_, index) => ({
      ...first,
      _id: `many-${index}`,
      key: `many-${index}`,
      verificationCode: `many-${index}`,
      protocol: { ...first.protocol, entry: `many-${index}`, number: 5_000 + index, year: 2026 },
      updatedAt: new Date(Date.now() + 1_000 * index),
    }))
    await filings(site.platform).insertMany(others)
    const page = await anna.get('/area-personale/deleghe/nuova')
    expect(page.html.querySelectorAll('[name=pratica]')).to.have.length(20)
    const given = await anna.fill(page, {
      ...toGiulia,
      ambito: 'pratica',
      numero: '5000/2026',
    })
    expect(given.text).to.include('una sola pratica: Segnalazione').and.include('5000/2026')
    expect((await anna.get('/area-personale/deleghe')).text).to.include('0005000/2026')
    expect((await giulia.get('/pratiche/many-0')).status).to.equal(200)
    await revoked(new URL(given.url).pathname)
    await filings(site.platform).deleteMany({ _id: /^many-/ as never })
  })

  async function sentByAnna(): Promise<string> {
    const { visitor, summary, id } = await readyIn(await begunIn(anna))
    await visitor.submit(summary)
    return id
  }

  for (const [perChi, procedure, capacity] of [
    ['genitore', 'dichiarazione-cambio-indirizzo', 'genitore'],
    ['tutore', 'contrassegno-disabili-rilascio', 'tutore o amministratore di sostegno'],
  ] as const) {
    it(`as ${perChi} rests on the person’s word, which the office checks`, async () => {
      const named = { perChi, nome: 'Anna Maria', cognome: 'Galli', codiceFiscale: ANNA }
      const step = await chosen(giulia, named, procedure)
      expect(step.text).to.include(`Agisci per conto di Anna Maria Galli, come ${capacity}`)
      const filing = (await filingOf(site.platform, idIn(step))) as unknown as Record<string, unknown>
      expect(filing['ground']).to.deep.equal({ kind: 'declared', because: 'own-word' })
      expect(filing['principal']).to.deep.include({ cf: ANNA })
      expect((await anna.get(`/pratiche/${idIn(step)}`)).status, 'a mere word gives nothing to see').to.equal(404)
    })
  }

  it('asks what it must know, and keeps what was typed', async () => {
    const page = await chosen(giulia, { perChi: 'delegato', nome: 'Luca', codiceFiscale: 'NRELCU73E27D612Z' })
    expect(page.status).to.equal(422)
    expect(page.text).to.include('Scrivi il cognome.').and.to.include('Controlla il codice fiscale')
    expect(page.html.querySelector('[name=nome]')?.getAttribute('value')).to.equal('Luca')
    const step = await giulia.submit(page, { cognome: 'Neri', codiceFiscale: 'NRELCU73E27D612Y' })
    expect(step.text).to.include('Agisci per conto di Luca Neri')
  })

  it('asks without a script only what goes with the choice, and blames nobody for what it did not ask', async () => {
    const first = await giulia.get(`/servizi/${SCIA}/avvia`)
    const shown = (page: Page) =>
      page.html.querySelectorAll('main form .form-group:not([hidden]) input[type=text]').map((one) => one.id)
    expect(shown(first)).to.deep.equal([])
    const asked = await giulia.submit(first, { privacy: 'letta', perChi: 'rappresentante' })
    expect(shown(asked)).to.deep.equal(['cfImpresa'])
    expect(asked.text).to.include('completa i nuovi campi')
    expect(asked.html.querySelector('.error-summary, .has-error'), 'no blame').to.equal(null)
    const empty = await giulia.submit(asked)
    expect(empty.html.querySelector('.error-summary')?.text).to.include('codice fiscale dell’impresa')
  })

  it('asks nothing where one can only act for oneself', async () => {
    const { step, id } = await begunIn(giulia)
    expect(step.text).not.to.include('Agisci per conto')
    expect(await filingOf(site.platform, id)).to.deep.include({ profile: 'self', principal: null })
  })

  it('leads in no circle when answers of the step about another are stored for oneself', async () => {
    const id = idIn(await chosen(giulia, { perChi: 'proprio' }))
    const { answers } = await filingOf(site.platform, id)
    for (const stray of [{}, { nome: 'Anna' }, 'Anna', [], [{ nome: 'Anna' }]]) {
      await filings(site.platform).updateOne(
        { _id: id },
        { $set: { answers: { ...answers, ...ACCESS_ANSWERS, interessato: stray } } },
      )
      for (const path of ['', '/modulo/rappresentato', '/modulo/documenti', '/riepilogo', '/modulo/non-esiste'])
        expect((await giulia.get(`/pratiche/${id}${path}`)).status, `${path}: ${JSON.stringify(stray)}`).to.equal(200)
    }
    const page = await giulia.get(`/pratiche/${id}/riepilogo`)
    expect(page.url).to.match(/\/modulo\/richiedente$/)
    expect((await giulia.submit(page, {}, { button: 'Avanti' })).url).to.match(/\/modulo\/documenti$/)
    expect((await filingOf(site.platform, id)).answers).not.to.have.property('interessato')
    expect((await giulia.get(`/pratiche/${id}/riepilogo`)).url, 'put right').to.match(/\/riepilogo$/)
  })
})
