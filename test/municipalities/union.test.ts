import { expect } from 'chai'
import { execFileSync } from 'node:child_process'
import { addDays, romeDate } from '../../server/shared/dates.ts'
import { unpacked } from '../bundles/archive.ts'
import {
  answerOf,
  begunIn,
  documentsOf,
  entriesOf,
  filingOf,
  loggedIn,
  post,
  readyIn,
  receiptMade,
  tokenIn,
} from '../filings/citizen.ts'
import { startFront, type Front } from '../support/front.ts'
import { testPlatform } from '../support/platform.ts'
import { createVisitor, type Page, type Visitor } from '../support/visitor.ts'
import { MONTELAGO, montelago, VALLECHIARA } from './second-municipality.ts'

const CORRECTION = { dato: 'Telefono', errato: 'Manca una cifra.', corretto: '075 5550100' }

describe('two municipalities on one platform, each on its own host', function () {
  this.timeout(90_000)
  // A forwarded host would be believed with it.
  const running = testPlatform({ env: { PUBLIC_ADDRESS: VALLECHIARA, TRUST_PROXY: '1' }, members: [montelago] })
  const fronts = new Map<string, string>()
  const open: Front[] = []
  let giulia: Record<'here' | 'there', Visitor>

  const visitorAt = (address: string): Visitor => createVisitor(address, fronts)
  async function arrived(
    name: string,
    address: string,
    path = '/area-personale',
  ): Promise<{ visitor: Visitor; page: Page }> {
    return loggedIn(running.platform, name, path, { visitor: visitorAt(address) })
  }
  async function bytesOf(visitor: Visitor, address: string, path: string): Promise<Buffer> {
    const cookies = [...(visitor.cookies.get(new URL(address).host) ?? [])].map(([name, value]) => `${name}=${value}`)
    const response = await fetch(new URL(path, fronts.get(address)), { headers: { cookie: cookies.join('; ') } })
    expect(response.status, path).to.equal(200)
    return Buffer.from(await response.arrayBuffer())
  }
  async function sentIn(visitor: Visitor): Promise<string> {
    const draft = await readyIn(await begunIn(visitor))
    await visitor.submit(draft.summary)
    await receiptMade(running.platform, draft.id)
    return draft.id
  }

  before(async () => {
    const { env, identityProvider } = running.platform
    for (const address of [VALLECHIARA, MONTELAGO]) open.push(await startFront(address, Number(env['PORT'])))
    for (const { address, url } of open) fronts.set(address, url)
    identityProvider.learn(`${fronts.get(MONTELAGO) ?? ''}/spid/metadata`)
    const [here, there] = [await arrived('Giulia Conti', VALLECHIARA), await arrived('Giulia Conti', MONTELAGO)]
    giulia = { here: here.visitor, there: there.visitor }
  })
  after(async () => Promise.all(open.map(async ({ stop }) => stop())))

  it('metadata: an entityID and addresses of each', async () => {
    for (const address of [VALLECHIARA, MONTELAGO])
      for (const scheme of ['spid', 'cie']) {
        const { body } = await visitorAt(address).get(`/${scheme}/metadata`)
        expect(/entityID="([^"]*)"/.exec(body)?.[1]).to.equal(address)
        const locations = [...body.matchAll(/ Location="([^"]*)"/g)].map(([, location]) => location)
        expect(locations).to.include(`${address}/${scheme}/acs`)
        expect(locations.every((location) => location?.startsWith(`${address}/`))).to.equal(true)
      }
  })

  it('a response for one is refused by the other, in the same browser too', async () => {
    const visitor = visitorAt(MONTELAGO)
    const query = new URLSearchParams({ idp: running.platform.identityProvider.entityId })
    const answer = await answerOf(visitor, await visitor.get(`/accesso/spid?${query.toString()}`), 'Giulia Conti')
    expect(answer.html.querySelector('form')?.getAttribute('action')).to.equal(`${MONTELAGO}/spid/acs`)
    const message = answer.html.querySelector('[name=SAMLResponse]')?.getAttribute('value') ?? ''
    const { host } = new URL(VALLECHIARA)
    // As if the browser's secret were known there.
    visitor.cookies.set(host, new Map(visitor.cookies.get(new URL(MONTELAGO).host)))
    expect((await post(visitor, `${VALLECHIARA}/spid/acs`, { SAMLResponse: message })).status).to.equal(403)
    expect((await visitor.get(`${VALLECHIARA}/area-personale`)).url).to.include('/accesso')
    const [, requestId] = / InResponseTo="([^"]+)"/.exec(Buffer.from(message, 'base64').toString()) ?? []
    const kept = running.platform.connection.collection('saml_messages').find({ requestId })
    expect(
      (await kept.toArray()).map(({ kind }) => kind as string),
      'as an answer',
    ).to.deep.equal(['request'])
    // It was not used up by that.
    expect((await visitor.submit(answer, {}, { form: 'form' })).url).to.equal(`${MONTELAGO}/area-personale`)
  })

  it('a session of one opens nothing at the other', async () => {
    const { visitor } = await arrived('Giulia Conti', MONTELAGO)
    visitor.cookies.set(new URL(VALLECHIARA).host, new Map(visitor.cookies.get(new URL(MONTELAGO).host)))
    const page = await visitor.get(`${VALLECHIARA}/area-personale`)
    expect(new URL(page.url).pathname).to.equal('/accesso')
    expect(page.body).not.to.include('Giulia')
  })

  it('the sessions of one are neither listed nor closed at the other', async () => {
    const list = await giulia.here.get('/area-personale/accessi')
    expect(list.html.querySelectorAll('main .document')).to.have.length(1)
    await post(giulia.here, `${VALLECHIARA}/area-personale/accessi/chiudi-altri`, { _csrf: tokenIn(list) })
    expect((await giulia.there.get('/area-personale')).url).to.equal(`${MONTELAGO}/area-personale`)
  })

  it('a page of one is never kept for visitors of the other, whatever host is said to be forwarded', async () => {
    const forged = { headers: { 'x-forwarded-host': new URL(MONTELAGO).host } }
    for (const init of [forged, {}]) {
      const { body } = await visitorAt(VALLECHIARA).request('/contatti', init)
      expect(body).to.include('Comune di Vallechiara').and.not.to.include('Montelago')
    }
    expect((await visitorAt(MONTELAGO).get('/contatti')).body).to.include('Comune di Montelago')
  })

  it('a host that is nobody’s has no pages', async () => {
    const front = await startFront('https://altro.example', Number(running.platform.env['PORT']))
    open.push(front)
    for (const path of ['/', '/accesso', '/spid/metadata', '/area-personale', '/ufficio'])
      expect((await createVisitor(front.url).get(path)).status, path).to.equal(404)
  })

  describe('a filing in the second', () => {
    let id: string
    let draft: string
    let papers: string[]
    let stored: Awaited<ReturnType<typeof filingOf>> & { verificationCode: string; secondCode: string }

    before(async () => {
      await sentIn(giulia.here)
      id = await sentIn(giulia.there)
      draft = (await begunIn(giulia.there)).id
      papers = (await documentsOf(running.platform, id)).map(({ _id }) => String(_id))
      stored = (await filingOf(running.platform, id)) as typeof stored
    })

    it('has a number of its own series', () => {
      expect(stored.protocol?.number).to.equal(1)
    })

    it('has a receipt with that municipality’s name, seal and addresses', async () => {
      const pdf = await bytesOf(giulia.there, MONTELAGO, `/pratiche/${id}/documenti/${stored.receipt ?? ''}`)
      // A hyphen at the end of a line is taken for one of ours by the reader, and left out.
      const plain = (words: string): string => words.replaceAll(/[\s-]+/g, '')
      const text = plain(execFileSync('pdftotext', ['-', '-'], { input: pdf }).toString())
      expect(text).to.include('ComunediMontelago').and.not.to.include('ComunediVallechiara')
      expect(text).to.include(plain(`${MONTELAGO.slice('https://'.length)}/verifica/${stored.verificationCode}`))
      expect(pdf.toString('latin1')).not.to.include(VALLECHIARA)
      const verification = await visitorAt(MONTELAGO).get(`/verifica/${stored.verificationCode}`)
      expect(verification.text).to.include('Comune di Montelago').and.not.to.include('Vallechiara')
    })

    it('is told of by mail with that municipality’s name and links', async () => {
      const mails = () => running.platform.mailbox.mails().filter(({ text }) => text.includes('Montelago'))
      while (mails().length === 0) await new Promise((resume) => setTimeout(resume, 50))
      for (const { subject, text, html } of mails()) {
        expect(subject).to.include('Comune di Montelago')
        for (const body of [text, html])
          expect(body).to.include(MONTELAGO).and.not.to.include('ervizi.comune.vallechiara')
      }
    })

    it('cannot be seen or touched from the first by the person whose it is', async () => {
      const { here, there } = giulia
      const today = romeDate(new Date())
      const mandate = await there.fill(await there.get('/area-personale/deleghe/nuova'), {
        nome: 'Marco',
        cognome: 'Rinaldi',
        codiceFiscale: 'RNLMRC81C02D653D',
        ambito: 'pratica',
        pratica: id,
        dal: today,
        al: addDays(today, 30),
      })
      const correction = await there.submit(await there.get('/area-personale/i-miei-dati/rettifica'), CORRECTION)
      const [message] = await running.platform.connection.collection('messages').find({ filing: id }).toArray()
      const paths = [
        ...['', '/inviata', '/fascicolo.zip'].map((rest) => `/pratiche/${id}${rest}`),
        ...papers.map((paper) => `/pratiche/${id}/documenti/${paper}`),
        ...['/riepilogo', '/elimina'].map((rest) => `/pratiche/${draft}${rest}`),
        `/area-personale/messaggi/${String(message?._id)}`,
        ...[mandate, correction].map(({ url }) => new URL(url).pathname),
        `/verifica/${stored.verificationCode}`,
      ]
      for (const path of paths) {
        expect((await there.get(path)).status, `there ${path}`).to.equal(200)
        expect((await here.get(path)).status, `here ${path}`).to.equal(404)
      }
      const token = tokenIn(await here.get('/area-personale/accessi'))
      const acts: [string, Record<string, string>][] = [
        [`/pratiche/${draft}/invia`, {}],
        [`/pratiche/${draft}/elimina`, {}],
        [`/pratiche/${draft}/modulo/disservizio`, {}],
        [`${new URL(mandate.url).pathname}/revoca`, {}],
        [`/verifica/${stored.verificationCode}`, { 'codice-riservato': stored.secondCode }],
        [`/verifica/${stored.verificationCode}/documento`, { 'codice-riservato': stored.secondCode }],
      ]
      for (const [path, fields] of acts)
        expect((await post(here, path, { _csrf: token, ...fields })).status, path).to.equal(404)
      expect((await there.get(`/pratiche/${draft}/elimina`)).status).to.equal(200)
      expect((await there.get(new URL(mandate.url).pathname)).text).to.include('Valida')
      const lists = ['', '/pratiche', '/messaggi', '/deleghe', '/i-miei-dati', '/consultazioni', '/accessi']
      for (const path of lists) {
        const { body } = await here.get(`/area-personale${path}`)
        expect(body, path).not.to.include(id).and.not.to.include(draft).and.not.to.include('Montelago')
        expect(body, path).not.to.include(String(message?._id))
      }
      const data = unpacked(await bytesOf(here, VALLECHIARA, '/area-personale/i-miei-dati/dati.zip'))
      for (const [name, bytes] of data)
        expect(
          [id, draft, 'ontelago'].filter((word) => bytes.includes(word)),
          name,
        ).to.deep.equal([])
      expect(JSON.parse(data.get('dati/accessi.json')?.toString() ?? '')).to.have.length(1)
    })

    it('is on the desk of its own office, and nowhere on the first’s, nor for the first’s officers', async () => {
      const [entry] = await entriesOf(running.platform, id)
      const own = { filing: `/ufficio/pratiche/${id}`, entry: `/ufficio/protocollo/${String(entry?._id)}` }
      const paths = [
        ...['', '/fascicolo.zip', '/assegna', '/astensione'].map((rest) => own.filing + rest),
        ...papers.map((paper) => `${own.filing}/documenti/${paper}`),
        ...['', '/segnatura.xml', '/annulla'].map((rest) => own.entry + rest),
      ]
      const answers = async (visitor: Visitor, address: string) =>
        Promise.all(paths.map(async (path) => (await visitor.get(address + path)).status))
      const { visitor: luca, page: desk } = await arrived('Luca Neri', MONTELAGO, '/ufficio')
      expect(desk.body).to.include(own.filing)
      const { visitor: maria, page: register } = await arrived('Maria Russo', MONTELAGO, '/ufficio/protocollo')
      expect(register.body).to.include(own.entry)
      const seen = [await answers(luca, MONTELAGO), await answers(maria, MONTELAGO)]
      expect(paths.filter((_path, at) => !seen.some((statuses) => statuses[at] === 200))).to.deep.equal([])

      const nowhere = paths.map(() => 404)
      for (const name of ['Luca Neri', 'Maria Russo']) {
        const { visitor, page } = await arrived(name, VALLECHIARA, '/ufficio')
        expect(page.status, `${name}, an officer elsewhere`).to.equal(404)
        expect(await answers(visitor, VALLECHIARA), name).to.deep.equal(nowhere)
      }
      for (const name of ['Matteo Longo', 'Valentina Costa', 'Silvia Donati', 'Enrico Sala', 'Laura Sforza']) {
        const { visitor: here, page } = await arrived(name, VALLECHIARA, '/ufficio')
        expect([page.status, page.body.includes(id)], name).to.deep.equal([200, false])
        expect(await answers(here, VALLECHIARA), `${name} at home`).to.deep.equal(nowhere)
        const { visitor: there, page: closed } = await arrived(name, MONTELAGO, '/ufficio')
        expect(closed.status, `${name} there`).to.equal(404)
        expect(await answers(there, MONTELAGO), `${name} there`).to.deep.equal(nowhere)
      }
    })

    it('cannot be worked on from the first’s desk by a form of its own', async () => {
      const { visitor } = await arrived('Matteo Longo', VALLECHIARA, '/ufficio')
      const token = tokenIn(await visitor.get('/ufficio/conflitti'))
      const { revision } = await filingOf(running.platform, id)
      for (const path of ['/passo/prendi-in-carico', '/assegna', '/astensione'])
        expect((await post(visitor, `/ufficio/pratiche/${id}${path}`, { _csrf: token })).status, path).to.equal(404)
      expect((await filingOf(running.platform, id)).revision).to.equal(revision)
    })

    it('and the log of logins of each holds its own', async () => {
      const { visitor } = await arrived('Enrico Sala', VALLECHIARA, '/ufficio/registro-accessi')
      const messages = running.platform.connection.collection('saml_messages')
      const there = await messages.findOne({ organization: 'montelago', kind: 'request' })
      expect(there).not.to.equal(null)
      const path = `/ufficio/registro-accessi/${String(there?.['requestId'])}`
      expect((await visitor.get(path)).status).to.equal(404)
      const { visitor: omar } = await arrived('Omar Haddad', MONTELAGO, '/ufficio/registro-accessi')
      expect((await omar.get(path)).status).to.equal(200)
    })
  })
})
