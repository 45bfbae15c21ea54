import { expect } from 'chai'
import { setTimeout as sleep } from 'node:timers/promises'
import { makePdf } from '../documents/files.ts'
import { sampleAnswers } from '../procedures/answers.ts'
import { romeDate } from '../../server/shared/dates.ts'
import {
  begun,
  documentsOf,
  entriesOf,
  filingOf,
  filings,
  loggedIn,
  post,
  receiptMade,
  sent,
  tokenIn,
} from '../filings/citizen.ts'
import type { Entries } from '../support/form-data.ts'
import { testPlatform } from '../support/platform.ts'
import type { Page, Visitor } from '../support/visitor.ts'

const OFFICE_FORM = { form: 'form.office-form' }

describe('what a person declares after the sending', () => {
  const site = testPlatform()
  let giulia: Visitor
  let matteo: Visitor
  let id: string

  before(async () => {
    ;({ visitor: matteo } = await loggedIn(site.platform, 'Matteo Longo', '/ufficio'))
  })

  beforeEach(async () => {
    ;({ visitor: giulia, id } = await sent(site.platform, 'Giulia Conti'))
    await receiptMade(site.platform, id)
  })

  const own = (rest = '') => giulia.get(`/pratiche/${id}${rest}`)
  const desk = (rest: string) => matteo.get(`/ufficio/pratiche/${id}/${rest}`)
  const take = async (step: string, fields: Readonly<Record<string, string>> = {}) =>
    matteo.submit(await desk(`passo/${step}`), fields, OFFICE_FORM)
  const say = async (step: string, testo: string): Promise<Page> => {
    const form = await own(`/passo/${step}`)
    return post(giulia, form.url, { _csrf: tokenIn(form), testo })
  }
  const lastEntry = async () => (await entriesOf(site.platform, id)).at(-1)
  const statementOf = async (entry: Awaited<ReturnType<typeof lastEntry>>) => {
    const [primary] = (entry?.['documents'] ?? []) as { id: string; name: string; primary: boolean }[]
    const page = await own(`/documenti/${primary?.id ?? ''}`)
    return { primary, content: JSON.parse(page.body) as Record<string, unknown> }
  }

  it('is registered though no file comes with it: who, how they logged in, what they wrote', async () => {
    await take('prendi-in-carico')
    await take('chiedi-integrazione', { testo: 'Dove si trova?', giorni: '10' })
    await say('integra', 'Davanti al n. 5.')
    const entry = await lastEntry()
    expect(entry).to.include({ direction: 'in', subject: 'Segnalazione di disservizio – Integrazione ricevuta' })
    const { primary, content } = await statementOf(entry)
    expect(primary).to.include({ name: 'integra.json', primary: true })
    expect(content).to.deep.include({ pratica: id, testo: 'Davanti al n. 5.', perContoDi: null, allegati: [] })
    expect(content['resaDa']).to.include({ givenName: 'Giulia', familyName: 'Conti' })
    expect(content['identificazione']).to.include({ scheme: 'spid', level: 2 })
    expect((await own()).text).to.include('integra.json')
  })

  it('names a file that was chosen twice once, and under another name again', async () => {
    await take('prendi-in-carico')
    await take('chiedi-integrazione', { testo: 'Manda una foto.', giorni: '10' })
    const form = await own('/passo/integra')
    const body = new FormData()
    const bytes = new Uint8Array(await makePdf('Foto'))
    for (const [name, value] of Object.entries({ _csrf: tokenIn(form), testo: 'Eccola.' })) body.append(name, value)
    for (const name of ['foto.pdf', 'copia.pdf', 'foto.pdf']) body.append('documenti', new File([bytes], name))
    expect((await giulia.request(form.url, { method: 'POST', body })).status).to.equal(200)
    const kept = (await documentsOf(site.platform, id)).filter(
      ({ kind, name }) => kind === 'integration' && name !== 'integra.json',
    )
    expect(kept.map(({ name }) => name as string)).to.have.members(['foto.pdf', 'copia.pdf'])
    for (const { _id } of kept) expect((await own(`/documenti/${String(_id)}`)).status).to.equal(200)
  })

  it('is told all that is wrong with it at once, in text and files', async () => {
    await take('prendi-in-carico')
    await take('chiedi-integrazione', { testo: 'Manda una foto.', giorni: '10' })
    const form = await own('/passo/integra')
    const empty = new File([], 'vuota.pdf')
    const good = new File([new Uint8Array(await makePdf('Foto'))], 'foto.pdf')
    const wrong = async (fields: Entries) =>
      (await giulia.submit(form, fields)).html.querySelectorAll('.error-summary a').map(({ text }) => text)
    const [text, file] = await wrong({ testo: 'e'.repeat(10_001), documenti: [good, empty] })
    expect(text).to.include('Il testo può avere al massimo')
    expect(file)
      .to.include('«vuota.pdf»')
      .and.to.match(/anche gli altri file\.$/)
    expect(await wrong({ testo: '', documenti: empty }), 'a file came: nobody is asked for one').to.have.length(1)
  })

  it('may be that they withdraw it: then it is over for both, registered, told by mail, and nothing more can be done', async () => {
    await take('prendi-in-carico')
    const decision = await desk('passo/accogli')
    const link = (await own()).html.querySelector('#withdrawal-title ~ .actions a')
    expect(link?.text).to.equal('Ritira la segnalazione')
    const page = await giulia.get(link?.getAttribute('href') ?? '')
    expect(page.text).to.include('Se ritiri la segnalazione l’ufficio chiude la pratica e non ti risponde.')
    const after = await say('ritira', 'La buca è stata riparata.')
    expect(after.status).to.equal(200)
    expect(after.text).to.include('Ritirata').and.not.to.include('Hai cambiato idea?')
    expect((await filingOf(site.platform, id)).state).to.equal('withdrawn')
    const entry = await lastEntry()
    expect(entry?.['subject']).to.equal('Segnalazione di disservizio – Rinuncia del richiedente')
    expect((await statementOf(entry)).content).to.include({ testo: 'La buca è stata riparata.' })
    expect((await matteo.submit(decision, { testo: 'Buca riempita.' }, OFFICE_FORM)).status).to.equal(409)
    expect((await matteo.get('/ufficio?elenco=concluse')).text).to.include('Ritirata')
    const messages = site.platform.connection.collection('messages')
    while (!(await messages.findOne({ filing: id, text: /La segnalazione è stata ritirata/ }))) await sleep(50)
    expect((await documentsOf(site.platform, id)).map(({ kind }) => kind as string)).not.to.include('outcome')
  })

  it('may be that they want an attestation of a silence that was consent: asked once the term is over, and made', async () => {
    const procedure = 'dichiarazione-cambio-indirizzo'
    const answers = sampleAnswers(romeDate(new Date()))[procedure] ?? {}
    const draft = await begun(site.platform, 'Giulia Conti', procedure)
    ;({ id } = draft)
    await filings(site.platform).updateOne({ _id: id }, { $set: { answers } })
    await post(giulia, `/pratiche/${id}/invia`, { _csrf: tokenIn(draft.step) })
    const { visitor: chiara } = await loggedIn(site.platform, 'Chiara Moretti', '/ufficio')
    const endTerm = () => filings(site.platform).updateOne({ _id: id }, { $set: { due: '2026-01-12' } as object })
    expect((await own('/passo/chiedi-attestazione')).status, 'the term runs').to.equal(409)
    await endTerm()
    const asking = await giulia.follow(await own(), 'Chiedi l’attestazione')
    const asked = await giulia.submit(asking)
    expect(asked.text).to.include('Attestazione richiesta')
    expect((await lastEntry())?.['subject']).to.match(/ – Richiesta di attestazione del termine passato$/)
    await endTerm()
    expect((await own()).text)
      .to.match(/rilascia entro .* Se non arriva/)
      .and.not.include('Chiedi l’attestazione')
    expect((await chiara.get('/ufficio?elenco=in-corso')).text).to.include('Attestazione richiesta')
    const attesting = await chiara.follow(await chiara.get(`/ufficio/pratiche/${id}`), 'Attesta il silenzio-assenso')
    expect(attesting.text).to.include('va rilasciata entro 10 giorni')
    expect((await chiara.submit(attesting, {}, OFFICE_FORM)).status).to.equal(200)
    expect((await filingOf(site.platform, id)).state).to.equal('accepted')
    expect(await lastEntry()).to.include({ direction: 'out' })
  })
})
