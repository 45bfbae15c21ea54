import { expect } from 'chai'
import { addDays, romeDate } from '../../server/shared/dates.ts'
import { sampleAnswers } from '../procedures/answers.ts'
import { testPlatform } from '../support/platform.ts'
import type { Page, Visitor } from '../support/visitor.ts'
import { JPEG_BYTES } from '../documents/files.ts'
import {
  begun,
  begunWith,
  documentsOf,
  entriesOf,
  filingOf,
  filings,
  loggedIn,
  post,
  ready,
  REPORTED,
  sent,
  tokenIn,
  valueIn,
} from './citizen.ts'

const DRAFT_PAGES = ['', '/riepilogo', '/elimina', '/modulo/segnalazione', '/inviata']
const FILING_PAGES = ['', '/inviata', '/passo/integra', '/modulo/segnalazione', '/riepilogo']

describe('filings, whoever asks and however often', () => {
  const site = testPlatform()

  const numbers = async (): Promise<number[]> =>
    (await site.platform.connection.collection('registerentries').find({ municipality: 'vallechiara' }).toArray())
      .map((entry) => Number(entry['number']))
      .sort((a, b) => a - b)
  const expectNoGap = async () => {
    const all = await numbers()
    expect(all).to.deep.equal(all.map((_, index) => index + 1))
  }
  const officerNamed = async (name: string) => loggedIn(site.platform, name, '/ufficio')
  const takeStep = async (officer: Visitor, id: string, step: string, fields: Record<string, string> = {}) =>
    officer.submit(await officer.get(`/ufficio/pratiche/${id}/passo/${step}`), fields, { form: 'form.office-form' })

  describe('sending', () => {
    it('twenty times at once, from two tabs and with a second press: one filing, one number', async () => {
      const { visitor, summary, id } = await ready(site.platform, 'Giulia Conti')
      const tab = await visitor.get(`/pratiche/${id}/riepilogo`)
      const before = (await numbers()).length
      const pages = await Promise.all(
        Array.from({ length: 20 }, (_, index) => visitor.submit(index % 2 === 0 ? summary : tab)),
      )
      for (const page of pages) {
        expect(page.status).to.equal(200)
        expect(page.url).to.match(/\/inviata$/)
      }
      expect(new Set(pages.map(({ text }) => /\d{7}\/\d{4}/.exec(text)?.[0])).size).to.equal(1)
      expect((await visitor.submit(summary)).url).to.match(/\/inviata$/)
      expect(await entriesOf(site.platform, id)).to.have.length(1)
      expect(await numbers()).to.have.length(before + 1)
      const applications = (await documentsOf(site.platform, id)).filter(({ kind }) => kind === 'application')
      expect(applications).to.have.length(1)
      const events = await site.platform.connection.collection('historyevents').find({ filing: id }).toArray()
      expect(events.map(({ type }) => type as string)).to.deep.equal(['submitted'])
      await expectNoGap()
    })

    it('while another tab changes the draft: sent as one of the two, never a mixture', async () => {
      const { visitor, summary, id } = await ready(site.platform, 'Giulia Conti')
      const author = await visitor.get(`/pratiche/${id}/modulo/autore`)
      const email = 'nuova@posta.example'
      await Promise.all([
        visitor.submit(summary),
        visitor.submit(author, { 'recapiti.email': email }, { button: 'Avanti' }),
      ])
      const { state, answers } = await filingOf(site.platform, id)
      const entries = await entriesOf(site.platform, id)
      expect(entries).to.have.length(state === 'draft' ? 0 : 1)
      if (state === 'draft') expect(answers['recapiti']).to.include({ email })
      await expectNoGap()
    })

    it('from a summary that another tab has changed since: shown as it is now, and sent when that is confirmed', async () => {
      const { visitor, summary, id } = await ready(site.platform, 'Giulia Conti')
      const email = 'altra@posta.example'
      const author = await visitor.get(`/pratiche/${id}/modulo/autore`)
      await visitor.submit(author, { 'recapiti.email': email }, { button: 'Avanti' })
      const shown = await visitor.submit(summary)
      expect([shown.status, (await filingOf(site.platform, id)).state]).to.deep.equal([409, 'draft'])
      expect(shown.text).to.include('La richiesta è cambiata').and.include(email)
      expect((await visitor.submit(shown)).url).to.match(/\/inviata$/)
    })

    it('while another tab erases the draft: it is gone with its files, or sent with them', async () => {
      const { visitor, step, id } = await begun(site.platform, 'Giulia Conti')
      const photo = new File([JPEG_BYTES], 'buca.jpg')
      const author = await visitor.submit(step, { ...REPORTED, immagini: photo }, { button: 'Avanti' })
      const summary = await visitor.submit(author, {}, { button: 'Avanti' })
      const erasing = await visitor.get(`/pratiche/${id}/elimina`)
      await Promise.all([visitor.submit(erasing), visitor.submit(summary)])
      const names = (await documentsOf(site.platform, id)).map(({ name }) => name as string)
      const left = await filings(site.platform).findOne({ _id: id })
      if (left) expect(names).to.include.members(['buca.jpg', 'istanza.json'])
      else expect(names).to.deep.equal([])
      expect(await entriesOf(site.platform, id)).to.have.length(left ? 1 : 0)
    })

    it('of a draft that is gone leads to what the person has', async () => {
      const { visitor, step, id } = await begun(site.platform, 'Giulia Conti')
      await visitor.submit(await visitor.get(`/pratiche/${id}/elimina`))
      for (const page of [await visitor.submit(step, REPORTED, { button: 'Avanti' }), await visitor.get(step.url)]) {
        expect([page.status, page.text.includes('Se era una bozza è stata eliminata')]).to.deep.equal([404, true])
        expect((await visitor.follow(page, 'Vai all’area personale')).status).to.equal(200)
        expect(page.html.querySelector('.error-page .btn-primary')?.text).to.equal('Vai all’area personale')
      }
    })

    it('six people at once: six numbers without a gap', async () => {
      const drafts = await Promise.all(Array.from({ length: 6 }, () => ready(site.platform, 'Marco Rinaldi')))
      await Promise.all(drafts.map(({ visitor, summary }) => visitor.submit(summary)))
      for (const { id } of drafts) expect(await entriesOf(site.platform, id)).to.have.length(1)
      await expectNoGap()
    })
  })

  describe('a stamp', () => {
    const stamped = async (name: string, identificativo: string) => {
      const today = romeDate(new Date())
      const sample = sampleAnswers(today)['accesso-documentale'] ?? {}
      const answers = { ...sample, bollo: { identificativo, dataEmissione: addDays(today, -1) } }
      const draft = await begunWith(site.platform, name, { procedure: 'accesso-documentale', answers })
      return { ...draft, summary: await draft.visitor.get(`/pratiche/${draft.id}/riepilogo`) }
    }
    const usedUp = /La marca da bollo \d{14} è già stata usata per un’altra richiesta/

    it('serves one filing: the second person is told on the summary and at the sending', async () => {
      const first = await stamped('Giulia Conti', '01234567890125')
      const second = await stamped('Marco Rinaldi', '01234567890125')
      expect(second.summary.text).to.not.match(usedUp)
      expect((await first.visitor.submit(first.summary)).text).to.match(/\d{7}\/\d{4}/)
      const refused = await second.visitor.submit(second.summary)
      expect(refused.status).to.equal(422)
      expect(refused.text).to.match(usedUp)
      expect((await second.visitor.get(`/pratiche/${second.id}/riepilogo`)).text).to.match(usedUp)
      expect(await filingOf(site.platform, second.id)).to.include({ state: 'draft' })
      expect(await entriesOf(site.platform, second.id)).to.have.length(0)
      expect((await first.visitor.submit(first.summary)).url, 'sent again').to.match(/\/inviata$/)
    })

    it('in filings sent at the same time serves one of them; the others keep their draft and no number', async () => {
      const drafts = []
      for (const name of ['Giulia Conti', 'Marco Rinaldi', 'Maria Russo', 'Luca Neri'])
        drafts.push(await stamped(name, '55555555555555'))
      const pages = await Promise.all(drafts.map(({ visitor, summary }) => visitor.submit(summary)))
      expect(pages.map(({ status }) => status).sort()).to.deep.equal([200, 422, 422, 422])
      for (const { status, text } of pages) if (status === 422) expect(text).to.match(usedUp)
      const states = await Promise.all(drafts.map(async ({ id }) => (await filingOf(site.platform, id)).state))
      expect(states.filter((state) => state === 'draft')).to.have.length(3)
      await expectNoGap()
    })
  })

  it('a step of an officer: all that is wrong is told together, at the head and at each field', async () => {
    const { id } = await sent(site.platform, 'Giulia Conti')
    const { visitor: matteo } = await officerNamed('Matteo Longo')
    await takeStep(matteo, id, 'prendi-in-carico')
    const refused = await takeStep(matteo, id, 'chiedi-integrazione', { testo: '', giorni: '9999' })
    expect(refused.status).to.equal(422)
    const told = refused.html.querySelectorAll('.error-summary a')
    expect(told.map((link) => link.getAttribute('href'))).to.deep.equal(['#testo', '#giorni'])
    for (const link of told)
      expect(refused.html.querySelector(`${link.getAttribute('href') ?? ''}-error`)?.text).to.include(link.text)
    expect(valueIn(refused, 'giorni'), 'what was typed stays').to.equal('9999')
    const labelOn = ({ html }: Page) => html.querySelector('label[for=testo]')?.text
    expect(labelOn(refused)).to.include('*')
    expect(labelOn(await matteo.get(`/ufficio/pratiche/${id}/passo/accogli`))).to.include('(facoltativo)')
  })

  describe('two officers at once', () => {
    it('deciding: one wins, the other is told, one letter and one outgoing number', async () => {
      const { id } = await sent(site.platform, 'Giulia Conti')
      const matteo = (await officerNamed('Matteo Longo')).visitor
      const roberta = (await officerNamed('Roberta Villa')).visitor
      await takeStep(matteo, id, 'prendi-in-carico')
      const form = { form: 'form.office-form' }
      const [accepting, refusing] = await Promise.all([
        matteo.get(`/ufficio/pratiche/${id}/passo/accogli`),
        roberta.get(`/ufficio/pratiche/${id}/passo/respingi`),
      ])
      const reasons = { testo: 'La strada è della Provincia.' }
      const pages = await Promise.all([
        matteo.submit(accepting, { testo: 'Riparata.' }, form),
        roberta.submit(refusing, reasons, form),
      ])
      expect(pages.map(({ status }) => status).sort()).to.deep.equal([200, 409])
      const told = pages.find(({ status }) => status === 409)?.text
      expect(told).to.match(/Nel frattempo (questa pratica è stata modificata|la pratica è andata avanti)/)
      const directions = (await entriesOf(site.platform, id)).map(({ direction }) => direction as string)
      expect(directions.sort()).to.deep.equal(['in', 'out'])
      const outcomes = (await documentsOf(site.platform, id)).filter(({ kind }) => kind === 'outcome')
      expect(outcomes).to.have.length(1)
      const won = pages[0].status === 200 ? 'accepted' : 'refused'
      expect((await filingOf(site.platform, id)).state).to.equal(won)
      await expectNoGap()
    })

    it('the same step pressed eight times: taken once', async () => {
      const { id } = await sent(site.platform, 'Giulia Conti')
      const matteo = (await officerNamed('Matteo Longo')).visitor
      const page = await matteo.get(`/ufficio/pratiche/${id}/passo/prendi-in-carico`)
      const pages = await Promise.all(
        Array.from({ length: 8 }, () => matteo.submit(page, {}, { form: 'form.office-form' })),
      )
      expect(pages.map(({ status }) => status)).to.deep.equal(pages.map(() => 200))
      const events = await site.platform.connection.collection('historyevents').find({ filing: id }).toArray()
      expect(events.map(({ type }) => type as string)).to.deep.equal(['submitted', 'taken-in-charge'])
    })

    it('a step while the receipt is being made is nobody else’s doing', async () => {
      const matteo = (await officerNamed('Matteo Longo')).visitor
      for (let round = 0; round < 3; round += 1) {
        const { id } = await sent(site.platform, 'Giulia Conti')
        expect((await takeStep(matteo, id, 'prendi-in-carico')).status).to.equal(200)
        expect((await filingOf(site.platform, id)).state).to.equal('in-charge')
      }
    })
  })

  describe('what is not one’s own looks like what does not exist', () => {
    const missing = 'A'.repeat(22)

    /** Everything a person reads, without the addresses and numbers that differ by nature. */
    async function expectSameAsMissing(
      visitor: Visitor,
      id: string,
      pages: readonly string[],
      base = '/pratiche',
    ): Promise<void> {
      for (const tail of pages) {
        const [theirs, none] = [
          await visitor.get(`${base}/${id}${tail}`),
          await visitor.get(`${base}/${missing}${tail}`),
        ]
        expect(theirs.status, tail).to.equal(404)
        const plain = ({ text }: { text: string }) => text.replace(/codice: \S+/, '')
        expect(plain(theirs), tail).to.equal(plain(none))
      }
    }

    it('drafts: to read, to change, to send, to erase', async () => {
      const { id } = await ready(site.platform, 'Giulia Conti')
      const { visitor, page } = await loggedIn(site.platform, 'Marco Rinaldi', '/area-personale')
      await expectSameAsMissing(visitor, id, DRAFT_PAGES)
      const fields = { _csrf: tokenIn(page), revision: '2', 'disservizio.titolo': 'Altro' }
      for (const tail of ['/modulo/segnalazione', '/modulo/autore', '/invia', '/elimina'])
        expect((await post(visitor, `/pratiche/${id}${tail}`, fields)).status, tail).to.equal(404)
      expect(await filingOf(site.platform, id)).to.include({ state: 'draft', revision: 2 })
    })

    it('a draft to the officers of its office', async () => {
      const { id } = await ready(site.platform, 'Giulia Conti')
      await expectSameAsMissing((await officerNamed('Matteo Longo')).visitor, id, [''], '/ufficio/pratiche')
    })

    it('filings and documents, also through a filing of one’s own', async () => {
      const { id } = await sent(site.platform, 'Giulia Conti')
      const [document] = await documentsOf(site.platform, id)
      const file = `/documenti/${String(document?._id)}`
      const other = await sent(site.platform, 'Marco Rinaldi')
      await expectSameAsMissing(other.visitor, id, [...FILING_PAGES, file])
      expect((await other.visitor.get(`/pratiche/${other.id}${file}`)).status).to.equal(404)
    })

    it('filings of another office, to an officer', async () => {
      const { id } = await sent(site.platform, 'Giulia Conti')
      const [document] = await documentsOf(site.platform, id)
      const { visitor, page } = await officerNamed('Simone Barbieri')
      const tails = ['', '/passo/prendi-in-carico', `/documenti/${String(document?._id)}`]
      await expectSameAsMissing(visitor, id, tails, '/ufficio/pratiche')
      await expectSameAsMissing(visitor, id, FILING_PAGES)
      const fields = { _csrf: tokenIn(page) }
      expect((await post(visitor, `/ufficio/pratiche/${id}/passo/prendi-in-carico`, fields)).status).to.equal(404)
      expect(await filingOf(site.platform, id)).to.include({ state: 'submitted' })
    })

    it('the offices, to a citizen', async () => {
      const { visitor, id } = await sent(site.platform, 'Giulia Conti')
      const unknown = (await visitor.get('/non-esiste')).text.replace(/codice: \S+/, '')
      for (const path of ['', `/pratiche/${id}`, `/pratiche/${id}/passo/accogli`, '/protocollo', '/protocollo/abc']) {
        const page = await visitor.get(`/ufficio${path}`)
        expect(page.status, path).to.equal(404)
        expect(page.text.replace(/codice: \S+/, ''), path).to.equal(unknown)
      }
    })
  })
})
