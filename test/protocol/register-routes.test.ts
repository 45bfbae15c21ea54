import { createHash } from 'node:crypto'
import { expect } from 'chai'
import { AppError } from '../../server/errors.ts'
import {
  createProtocol,
  protocolRoutes,
  type Protocol,
  type RegisterEntry,
  type RegisterReader,
} from '../../server/protocol/index.ts'
import { newId } from '../../server/shared/ids.ts'
import { createInTransaction } from '../../server/shared/transaction-store.ts'
import { testDatabase } from '../support/database.ts'
import { modelsReady } from '../support/models.ts'
import { servePages } from '../support/page-server.ts'
import { createVisitor, type Visitor } from '../support/visitor.ts'
import { loadLibxml } from './libxml.ts'
import { newEntry, vallechiara } from './sample.ts'
import { throwAwaySeal } from './seal.ts'

const BASE = '/ufficio/protocollo'
const protocolOfficer: RegisterReader = {
  author: {
    kind: 'officer',
    name: 'Anna Bianchi',
    cf: 'BNCNNA70A41H501X',
    role: 'protocol-officer',
    office: 'protocollo',
  },
  offices: ['edilizia'],
  protocolService: true,
  frame: { office: 'Protocollo generale', nav: [] },
}
const clerk: RegisterReader = { ...protocolOfficer, offices: ['tributi'], protocolService: false }

describe('the pages of the register', () => {
  const database = testDatabase()
  let protocol: Protocol
  let reader: RegisterReader | null
  const consultations: unknown[] = []
  let server: Awaited<ReturnType<typeof servePages>>
  let visitor: Visitor
  let plain: RegisterEntry
  let reserved: RegisterEntry

  before(async () => {
    protocol = createProtocol({ connection: database.connection, newId })
    const inTransaction = createInTransaction(database.connection)
    await modelsReady(database.connection)
    const register = (changes: Parameters<typeof newEntry>[0]) =>
      inTransaction((tx) => protocol.register(newEntry(changes), vallechiara, tx))
    plain = await register({})
    reserved = await register({
      subject: 'Segnalazione <b>riservata</b>',
      reserved: true,
      actedBy: { kind: 'person', givenName: 'Elena', familyName: 'Bruni', cf: 'BRNLNE79L52L219V' },
      actedAs: 'delegato',
    })
    const signer = await throwAwaySeal('rsa')
    const readerOf = async () => {
      if (!reader) throw new AppError('NOT_FOUND', 'no officer')
      return reader
    }
    const routes = protocolRoutes({
      protocol,
      inTransaction,
      readerOf,
      sealOf: async () => signer,
      consulted: async (entry, { cf }, page) => void consultations.push([entry.id, cf, page]),
      now: () => new Date('2026-03-05T10:00:00Z'),
    })
    const session = {}
    server = await servePages({
      municipality: vallechiara,
      pages: [[BASE, routes]],
      before: (req, _res, next) => {
        Object.assign(req, { session })
        next()
      },
    })
  })
  after(() => server.close())
  const find = async (form: Record<string, string>) => visitor.submit(await visitor.get(BASE), form)
  beforeEach(() => {
    reader = protocolOfficer
    visitor = createVisitor(server.origin)
  })

  it('find an entry by what an officer has at hand, and lead to it', async () => {
    const empty = await visitor.get(BASE)
    for (const entries of [
      { q: 'rossi suolo' },
      { q: 'RSSMRA80A01H501U' },
      { numero: '0000001/2026' },
      { dal: '2026-03-02', al: '2026-03-02' },
    ]) {
      const found = await visitor.submit(empty, entries)
      expect(found.status, JSON.stringify(entries)).to.equal(200)
      expect(found.text).to.contain(plain.subject).and.contain('Mario Rossi')
    }
    const entry = await visitor.follow(await visitor.submit(empty, { numero: '1' }), /0000001\/2026/)
    expect(entry.text)
      .to.contain('02/03/2026, 10:15:30')
      .and.contain('VI.3 Edilizia privata')
      .and.contain(plain.documents[0]?.sha256)
  })

  it('hand the closed days to the protocol service alone, byte for byte', async () => {
    const [day] = await protocol.closeDays(vallechiara, new Date('2026-03-05T02:00:00Z'))
    const page = await visitor.follow(await visitor.get(BASE), 'Registri giornalieri')
    expect(page.text).to.contain('02/03/2026').and.contain(day?.sha256)
    const beyond = await visitor.get(`${BASE}/registri-giornalieri?pagina=999`)
    expect(beyond.text, 'the last page').to.contain(day?.sha256)
    const address = `${server.origin}${BASE}/registri-giornalieri/2026-03-02.xml`
    const file = await fetch(address)
    expect(file.headers.get('content-disposition')).to.contain('registro-2026-03-02.xml')
    expect(
      createHash('sha256')
        .update(await file.text())
        .digest('hex'),
    ).to.equal(day?.sha256)
    expect((await fetch(address.replace('03-02', '03-05'))).status, 'not over yet').to.equal(404)
    reader = clerk
    expect((await visitor.get(BASE)).text).not.to.contain('Registri giornalieri')
    expect((await visitor.get(`${BASE}/registri-giornalieri`)).status).to.equal(404)
    expect((await fetch(address)).status).to.equal(404)
  })

  it('record each entry that is opened, and no list', async () => {
    consultations.length = 0
    await find({ q: 'rossi' })
    await visitor.get(`${BASE}/${plain.id}`)
    await visitor.get(`${BASE}/${plain.id}/segnatura.xml`)
    const { cf } = protocolOfficer.author
    expect(consultations).to.deep.equal([
      [plain.id, cf, `${BASE}/${plain.id}`],
      [plain.id, cf, `${BASE}/${plain.id}/segnatura.xml`],
    ])
  })

  it('say what to do when nothing is found, keeping what was asked', async () => {
    const page = await find({ q: 'inesistente' })
    expect(page.text).to.contain('Nessuna registrazione trovata')
    expect(page.html.querySelector('#q')?.getAttribute('value')).to.equal('inesistente')
  })

  it('say who acted for the sender, and find it by their name', async () => {
    const found = await find({ q: 'elena bruni' })
    expect(found.url, 'no name in the address').to.match(/\?ricerca=\d+$/)
    expect(found.text)
      .to.contain('1 registrazione')
      .and.match(/Mario Rossi\s+tramite Elena Bruni/)
    const entry = await visitor.get(`${BASE}/${reserved.id}`)
    expect(entry.text).to.match(/Presentata da\s+Elena Bruni \(BRNLNE79L52L219V\), delegato/)
    expect((await visitor.get(`${BASE}/${plain.id}`)).text).not.to.contain('Presentata da')
  })

  it('lead back from an entry to the search that it was found by, and to no other place', async () => {
    for (const asked of [{ q: 'elena bruni' }, { dal: '2026-03-02', flusso: 'entrata' }]) {
      const found = await find(asked)
      const entry = await visitor.follow(found, /^\d{7}\/2026$/)
      expect((await visitor.follow(entry, 'Torna al registro')).url).to.equal(found.url)
      const annulment = await visitor.follow(entry, 'Annulla la registrazione')
      expect((await visitor.follow(annulment, 'Torna indietro')).url).to.equal(entry.url)
    }
    const backFrom = async (query: string) =>
      (await visitor.get(`${BASE}/${plain.id}?${query}`)).html.querySelector('.office-back a')?.getAttribute('href')
    expect(await backFrom('dal=2026-03-02&pagina=3')).to.equal(`${BASE}?dal=2026-03-02&pagina=3`)
    expect(await backFrom('ricerca=//example.org&q=rossi&altro=x&pagina=-1')).to.equal(BASE)
  })

  it('explain a question that cannot be answered, beside its field', async () => {
    const page = await find({ numero: 'dodici', dal: '2026-02-30', q: 'resta' })
    expect(page.status).to.equal(422)
    expect(page.text)
      .to.contain('Scrivi il numero come 1234 oppure 1234/2026.')
      .and.contain('Scrivi la data come 31/12/2026.')
    expect(page.html.querySelector('.error-summary h2')?.text).to.equal('Ci sono 2 problemi')
    expect(page.html.querySelector('#numero')?.getAttribute('aria-describedby')).to.equal('numero-error')
    expect(page.html.querySelector('#q')?.getAttribute('value')).to.equal('resta')
    expect(
      (await visitor.get(`${BASE}?q=resta`)).html.querySelector('#q')?.getAttribute('value'),
      'no name by address',
    ).to.equal('')
    const misplaced = await find({ numero: 'Rossi Mario' })
    expect(misplaced.url, 'nor one that was typed in the wrong field').to.match(/\?ricerca=\d+$/)
    expect(misplaced.html.querySelector('#numero')?.getAttribute('value')).to.equal('Rossi Mario')
    const reversed = await visitor.get(`${BASE}?dal=2026-03-02&al=2026-03-01`)
    expect(reversed.text).to.contain('viene prima')
  })

  it('bear parameters that no form sends', async () => {
    for (const query of [
      'q=a&q=b',
      'q[$ne]=',
      'pagina=-1',
      'pagina=99999',
      'flusso=__proto__',
      'ufficio=%00',
      'numero=99999999999999',
    ]) {
      expect((await visitor.get(`${BASE}?${query}`)).status, query).to.be.oneOf([200, 422])
    }
  })

  it('escape what people wrote', async () => {
    const page = await visitor.get(BASE)
    expect(page.body).to.contain('Segnalazione &lt;b&gt;riservata&lt;/b&gt;')
  })

  it('do not exist for who may not read the register', async () => {
    reader = null
    for (const path of ['', `/${plain.id}`, `/${plain.id}/segnatura.xml`, `/${plain.id}/annulla`]) {
      expect((await visitor.get(BASE + path)).status).to.equal(404)
    }
  })

  it('show a reserved entry to its office and to the protocol service only', async () => {
    const withReserved = async () => (await visitor.get(BASE)).text.includes('riservata')
    expect(await withReserved()).to.equal(true)
    reader = clerk
    expect(await withReserved()).to.equal(false)
    for (const path of ['', '/segnatura.xml']) {
      expect((await visitor.get(`${BASE}/${reserved.id}${path}`)).status).to.equal(404)
    }
    reader = { ...clerk, offices: ['edilizia'] }
    expect(await withReserved()).to.equal(true)
  })

  it('link the filing only to who works on it', async () => {
    expect((await visitor.get(`${BASE}/${plain.id}`)).text).to.contain('Apri la pratica')
    reader = clerk
    expect((await visitor.get(`${BASE}/${plain.id}`)).text).not.to.contain('Apri la pratica')
  })

  it('give the sealed segnatura to download', async () => {
    const response = await visitor.get(`${BASE}/${plain.id}/segnatura.xml`)
    // XML may carry scripts: it leaves as plain bytes (test/documents/download.test.ts).
    expect(response.headers.get('content-type')).to.equal('application/octet-stream')
    expect(response.headers.get('content-disposition')).to.match(/^attachment; filename="segnatura-0000001-2026.xml"/)
    const libxml = await loadLibxml()
    expect(libxml.schemaErrors(response.body)).to.deep.equal([])
    const digest = createHash('sha256').update(libxml.canonicalWithoutSignature(response.body)).digest('base64')
    expect(libxml.valueAt(response.body, '//ds:Reference[1]/ds:DigestValue')).to.equal(digest)
  })

  it('annul with a reason and an act, and mark the entry for ever', async () => {
    const form = await visitor.get(`${BASE}/${reserved.id}/annulla`)
    const refused = await visitor.submit(form, { motivo: ' ', data: '2026-02-30' })
    expect(refused.status).to.equal(422)
    expect(refused.html.querySelector('.error-summary h2')?.text, 'all at once').to.equal('Ci sono 3 problemi')
    for (const name of ['motivo', 'numero', 'data']) {
      const field = refused.html.querySelector(`#${name}`)
      expect(field?.getAttribute('aria-invalid')).to.equal('true')
      expect(field?.getAttribute('aria-describedby')).to.include(`${name}-error`)
      expect(refused.html.querySelector(`.error-summary a[href="#${name}"]`)).not.to.equal(null)
    }
    const early = { motivo: 'Registrato due volte', numero: '12', data: '2999-12-31' }
    expect((await visitor.submit(refused, early, { button: 'Annulla la registrazione' })).text).to.include(
      'Questo giorno non è ancora arrivato',
    )
    const done = await visitor.submit(
      refused,
      { motivo: 'Registrato due volte', numero: '12', data: '2026-03-04' },
      { button: 'Annulla la registrazione' },
    )
    expect(done.status).to.equal(200)
    expect(done.text)
      .to.contain('ANNULLATO')
      .and.match(/provvedimento n\.\s12 del 04\/03\/2026/)
      .and.contain('Registrato due volte')
    expect((await visitor.get(BASE)).text).to.contain('Annullato')
    expect(new URL((await visitor.get(`${BASE}/${reserved.id}/annulla`)).url).pathname).to.equal(
      `${BASE}/${reserved.id}`,
    )
    const again = await visitor.submit(
      form,
      { motivo: 'x', numero: '1', data: '2026-03-04' },
      { button: 'Annulla la registrazione' },
    )
    expect(again.status).to.equal(409)
  })

  it('let only the protocol service annul', async () => {
    reader = clerk
    expect((await visitor.get(`${BASE}/${plain.id}/annulla`)).status).to.equal(404)
    expect((await visitor.request(`${BASE}/${plain.id}/annulla`, { method: 'POST' })).status).to.equal(404)
  })
})
