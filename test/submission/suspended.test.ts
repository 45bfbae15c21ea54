import { expect } from 'chai'
import { setTimeout as sleep } from 'node:timers/promises'
import { createMunicipalities, type ServiceNotice } from '../../server/municipalities/index.ts'
import {
  ACCESS,
  begun,
  begunIn,
  begunWith,
  entriesOf,
  filingOf,
  filings,
  loggedIn,
  post,
  ready,
  REPORT,
  sent,
  tokenIn,
} from '../filings/citizen.ts'
import { addDays, romeDate } from '../../server/shared/dates.ts'
import { sampleAnswers } from '../procedures/answers.ts'
import { eventually } from '../support/eventually.ts'
import { testPlatform } from '../support/platform.ts'
import type { Page, Visitor } from '../support/visitor.ts'

const REASON = 'Stiamo spostando l’ufficio.'
const MOVE = 'dichiarazione-cambio-indirizzo'

/** What each process keeps of a municipality is five seconds old at most. Asked all the while, its pages would cost the other tests. */
async function learned(check: () => Promise<unknown>): Promise<void> {
  await sleep(5_000)
  await eventually(check)
}

/** The office closes the service between two clicks of a citizen, from another process, and opens it again. */
describe('a service that is suspended while people are at it', () => {
  const site = testPlatform()
  let giulia: Visitor
  let matteo: Visitor
  let draft: Awaited<ReturnType<typeof ready>>
  let filing: string
  /** Of a service that ended. */
  let old: string

  const said = (...services: ServiceNotice[]) =>
    createMunicipalities({ connection: site.platform.connection, now: () => new Date() }).save({
      ...site.platform.demonstration.municipality,
      ...(services.length > 0 && { services }),
    })
  const titlesOf = ({ html }: Page) => html.querySelectorAll('.alert-heading').map(({ text }) => text)
  const buttonsOf = ({ html }: Page) =>
    html.querySelectorAll('main button:not([aria-hidden])').map(({ text }) => text.trim())
  const numbers = () => site.platform.connection.collection('registerentries').countDocuments()

  before(async () => {
    ;({ visitor: giulia, id: filing } = await sent(site.platform, 'Giulia Conti'))
    draft = await ready(site.platform, 'Giulia Conti')
    ;({ visitor: matteo } = await loggedIn(site.platform, 'Matteo Longo', '/ufficio'))
    const asked = { testo: 'Dove si trova?', giorni: '10' }
    for (const [step, fields] of [
      ['prendi-in-carico', {}],
      ['chiedi-integrazione', asked],
    ] as const) {
      const path = `/ufficio/pratiche/${filing}/passo/${step}`
      await post(matteo, path, { _csrf: tokenIn(await matteo.get(path)), ...fields })
    }
    old = await withUsedStamp()
    await said(
      { procedure: REPORT, status: 'suspended', reason: REASON },
      { procedure: ACCESS, status: 'ended', reason: REASON },
    )
  })

  /** A complete draft, whose revenue stamp is on another request already. */
  async function withUsedStamp(): Promise<string> {
    const answers = sampleAnswers(romeDate(new Date()))[ACCESS] ?? {}
    const { id } = await begunWith(site.platform, 'Giulia Conti', { procedure: ACCESS, answers })
    const { identificativo: identifier } = answers['bollo'] as { identificativo: string }
    const municipality = site.platform.demonstration.municipality.id
    const used = { municipality, identifier, filing: 'another', at: new Date() }
    await site.platform.connection.collection('usedstamps').insertOne(used)
    return id
  }

  it('takes no number and keeps the draft when it is sent from a summary of before', async () => {
    const before = await numbers()
    const refused = await giulia.submit(draft.summary)
    expect(refused.status).to.equal(409)
    expect(refused.text)
      .to.include('La richiesta non è stata inviata. Il servizio è sospeso. Stiamo spostando l’ufficio.')
      .and.include('La bozza resta salvata')
    expect(await numbers()).to.equal(before)
    expect(await filingOf(site.platform, draft.id)).to.include({ state: 'draft' })
    const back = await giulia.follow(refused, /^Torna/)
    expect(new URL(back.url).pathname).to.equal(`/pratiche/${draft.id}/riepilogo`)
  })

  it('says so above every page of the draft, without the button to send it', async () => {
    const place = `/pratiche/${draft.id}`
    await learned(async () =>
      expect(titlesOf(await giulia.get(`${place}/riepilogo`))).to.include('Il servizio è sospeso'),
    )
    const summary = await giulia.get(`${place}/riepilogo`)
    expect(summary.status).to.equal(200)
    expect(summary.text).to.include('Buca profonda').and.include('quando il servizio sarà di nuovo attivo')
    expect(buttonsOf(summary)).to.deep.equal(['Salva richiesta'])
    expect(summary.html.querySelector('.declarations')).to.equal(null)
    const step = await giulia.get(`${place}/modulo/segnalazione`)
    expect(titlesOf(step)).to.include('Il servizio è sospeso')
    expect(buttonsOf(step)).to.include('Avanti')
    const row = (await giulia.get('/area-personale/pratiche?stato=bozze')).text
    expect(row).to.include('Il servizio è sospeso: per ora la richiesta non si può inviare.')
    expect((await giulia.get('/area-personale')).text).to.include('Il servizio è sospeso: per ora')
  })

  it('that has ended asks nobody to put a draft right', async () => {
    const summary = await giulia.get(`/pratiche/${old}/riepilogo`)
    expect(titlesOf(summary)).to.include('Il servizio non è più attivo')
    expect(summary.html.querySelectorAll('.error-summary')).to.have.length(0)
    expect(summary.html.querySelector('title')?.text).not.to.include('Errore')
  })

  it('lets the draft be filled in', async () => {
    const step = await giulia.get(`/pratiche/${draft.id}/modulo/segnalazione`)
    await giulia.submit(step, { 'disservizio.titolo': 'Buca più profonda' }, { button: 'Avanti' })
    const { answers } = await filingOf(site.platform, draft.id)
    expect(answers).to.have.nested.property('disservizio.titolo', 'Buca più profonda')
  })

  it('begins no request, and asks nobody to log in to learn it', async () => {
    const page = await site.platform.visitor().get(`/servizi/${REPORT}/avvia`)
    expect([page.status, new URL(page.url).pathname]).to.deep.equal([409, `/servizi/${REPORT}/avvia`])
    const count = () => filings(site.platform).countDocuments({ state: 'draft' })
    const before = await count()
    const pressed = await post(giulia, `/servizi/${REPORT}/avvia`, { _csrf: tokenIn(draft.summary), privacy: 'letta' })
    expect(pressed.status).to.equal(409)
    expect(pressed.text).to.include(REASON)
    expect(await count()).to.equal(before)
  })

  it('stops nothing that was sent: the office is answered, and goes on', async () => {
    const path = `/pratiche/${filing}/passo/integra`
    const form = await giulia.get(path)
    expect(form.status).to.equal(200)
    const answered = await post(giulia, path, { _csrf: tokenIn(form), testo: 'Davanti al n. 5.' })
    expect(answered.status).to.equal(200)
    expect(await filingOf(site.platform, filing)).to.include({ state: 'in-charge' })
    expect(await entriesOf(site.platform, filing)).to.have.length(3)
  })

  it('lets the draft be thrown away', async () => {
    const copy = { ...(await filingOf(site.platform, draft.id)), _id: 'unwanted', key: 'unwanted' }
    await filings(site.platform).insertOne(copy)
    const asked = await giulia.get('/pratiche/unwanted/elimina')
    await giulia.submit(asked, {}, { button: 'Elimina la bozza' })
    expect(await filings(site.platform).countDocuments({ _id: 'unwanted' })).to.equal(0)
  })

  it('is another matter than every other service', async () => {
    const { step } = await begun(site.platform, 'Marco Rinaldi', MOVE)
    expect([step.status, titlesOf(step)]).to.deep.equal([200, []])
  })

  it('that is opened again takes the draft, as a process learns by itself', async () => {
    await said()
    await learned(async () => {
      const summary = await giulia.get(`/pratiche/${draft.id}/riepilogo`)
      expect((await giulia.submit(summary, {}, { button: /invia/ })).status).to.equal(200)
    })
    expect(await filingOf(site.platform, draft.id)).to.include({ state: 'submitted' })
    expect((await begunIn(giulia)).step.status).to.equal(200)
  })

  it('that will be suspended says so to whoever begins, and on the way', async () => {
    await said({ procedure: REPORT, status: 'suspended', reason: REASON, from: addDays(romeDate(new Date()), 3) })
    const first = () => giulia.get(`/servizi/${REPORT}/avvia`)
    await learned(async () => expect(titlesOf(await first()).join()).to.include('Il servizio sarà sospeso da'))
    const { step, id } = await begunIn(giulia)
    expect(titlesOf(step).join()).to.include('Il servizio sarà sospeso da')
    expect(step.text).to.include('Puoi inviare la richiesta fino a')
    expect((await giulia.get(`/pratiche/${id}/riepilogo`)).status).to.equal(200)
  })
})
