import { expect } from 'chai'
import mongoose from 'mongoose'
import { consultationsPage } from '../../server/offices/consultation-views.ts'
import { entriesOf, filings, receiptMade, sent } from '../filings/citizen.ts'
import { personAt } from '../journeys/person.ts'
import { testBrowser } from '../support/browser.ts'
import { logIn } from '../support/login.ts'
import { testPlatform } from '../support/platform.ts'
import type { Visitor } from '../support/visitor.ts'

const BASE = '/area-personale/consultazioni'
const GIULIA = 'CNTGLI85H54G478Q'
const MARCO = 'RNLMRC81C02D653D'

describe('looks at a person’s data that followed each other', () => {
  const look = (at: string, change: object = {}) => ({
    at: new Date(`2026-03-0${at}:00+01:00`),
    what: 'filing',
    owners: [GIULIA],
    filing: 'f',
    about: 'SCIA',
    by: { cf: MARCO, role: 'head', office: 'suap' },
    ...change,
  })
  const rowsOf = (...consultations: object[]) => {
    const municipality = { name: 'Comune', offices: [], dataProtectionOfficer: {} }
    const input = { keys: [GIULIA], consultations, total: consultations.length, page: 1, tabs: [] }
    return consultationsPage(municipality as never, input as never).rows.map(({ date, again }) => [date, again])
  }

  it('are one row if they are the same officer’s, at the same thing, on one day', () => {
    const many = [look('3T10:15'), look('3T10:10'), look('3T00:03'), look('2T23:59')]
    expect(rowsOf(...many)).to.deep.equal([
      ['03/03/2026, 10:15', '3 volte dalle 00:03'],
      ['02/03/2026, 23:59', null],
    ])
    expect(rowsOf(look('3T10:15'), look('3T10:15')), 'within a minute').to.deep.equal([
      ['03/03/2026, 10:15', '2 volte'],
    ])
    const others = [{ what: 'bundle' }, { filing: 'g' }, { by: { ...look('1T10:00').by, cf: GIULIA } }, {}]
    const rows = rowsOf(look('3T10:05'), ...others.map((change, minute) => look(`3T10:0${4 - minute}`, change)))
    expect(rows.map(([, again]) => again)).to.deep.equal([null, null, null, null, null])
  })
})

type Written = { what: string; page: string; by: { cf: string }; owners: string[] }

describe('who looked at a person’s data', function () {
  this.timeout(90_000)
  const site = testPlatform()
  const browser = testBrowser()
  let id: string
  let giulia: Visitor
  let matteo: Visitor

  const consultations = () => site.platform.connection.collection('consultations')
  const arrive = async (name: string, path: string): Promise<Visitor> => {
    const visitor = site.platform.visitor()
    await logIn(visitor, name, path)
    return visitor
  }

  before(async () => {
    ;({ id, visitor: giulia } = await sent(site.platform, 'Giulia Conti'))
    matteo = await arrive('Matteo Longo', '/ufficio')
  })
  beforeEach(() => consultations().deleteMany({}))

  it('is nobody at first, nor by the person’s own looks', async () => {
    await giulia.get(`/pratiche/${id}`)
    const { text } = await giulia.get(BASE)
    expect(text).to.include('Nessuno ha aperto i tuoi dati').and.include('resta scritta per 24 mesi')
  })

  it('is written for each page and file that an officer opens', async () => {
    const filing = `/ufficio/pratiche/${id}`
    const page = await matteo.get(filing)
    const document = page.html.querySelector(`a[href^="${filing}/documenti/"]`)?.getAttribute('href') ?? ''
    const [entry] = await entriesOf(site.platform, id)
    const register = `/ufficio/protocollo/${String(entry?._id)}`
    await matteo.get(document)
    await matteo.get(`${filing}/fascicolo.zip`)
    await matteo.get(`${filing}/passo/prendi-in-carico`)
    await (await arrive('Valentina Costa', '/ufficio/protocollo')).get(register)
    const found = await consultations().find<Written>({}).sort({ at: 1 }).toArray()
    expect(found.map(({ what, page: path, by }) => [what, path, by.cf])).to.deep.equal([
      ['filing', filing, 'LNGMTT96H06D653K'],
      ['document', document, 'LNGMTT96H06D653K'],
      ['bundle', `${filing}/fascicolo.zip`, 'LNGMTT96H06D653K'],
      ['filing', `${filing}/passo/prendi-in-carico`, 'LNGMTT96H06D653K'],
      ['register-entry', register, 'CSTVNT80A65F839C'],
    ])
    for (const { owners } of found) expect(owners).to.deep.equal([GIULIA])
  })

  it('is told by office and role, without a name, to that person only', async () => {
    await matteo.get(`/ufficio/pratiche/${id}`)
    const page = await giulia.get(BASE)
    expect(page.text).to.match(
      /Ufficio Protocollo e relazioni con il pubblico[\s\S]*Operatore di sportello[\s\S]*Ha aperto la pratica/,
    )
    expect(page.text).not.to.include('Longo')
    expect((await giulia.follow(page, /protocollo n\./)).url).to.match(new RegExp(`/pratiche/${id}$`))
    expect((await (await arrive('Andriy Kovalenko', BASE)).get(BASE)).text).to.include('Nessuno ha aperto')
  })

  it('is told to whom a filing only names, but not whose it is', async () => {
    // Whoever writes the receipt writes the filing as it was read before.
    await receiptMade(site.platform, id)
    await filings(site.platform).updateOne({ _id: id }, { $set: { 'answers.testimone': { codiceFiscale: MARCO } } })
    await matteo.get(`/ufficio/pratiche/${id}`)
    const page = await (await arrive('Marco Rinaldi', BASE)).get(BASE)
    expect(page.text).to.include('Una pratica in cui sei nominato')
    expect(page.body)
      .not.to.include(id)
      .and.not.to.match(/protocollo n\./)
  })

  it('is not written for what an officer may not see', async () => {
    const stefano = await arrive('Stefano Greco', '/ufficio')
    for (const path of ['', '/fascicolo.zip', '/documenti/x'])
      expect((await stefano.get(`/ufficio/pratiche/${id}${path}`)).status).to.equal(404)
    expect(await consultations().countDocuments()).to.equal(0)
  })

  it('is written before anything is shown, or nothing is shown', async () => {
    const { db } = site.platform.connection
    await db?.command({ collMod: 'consultations', validator: { never: true }, validationLevel: 'strict' })
    try {
      const page = await matteo.get(`/ufficio/pratiche/${id}`)
      expect(page.status).to.equal(500)
      expect(page.body).not.to.include(GIULIA)
      const bundle = await matteo.get(`/ufficio/pratiche/${id}/fascicolo.zip`)
      expect([bundle.status, bundle.headers.get('content-disposition')]).to.deep.equal([500, null])
    } finally {
      await db?.command({ collMod: 'consultations', validator: {} })
    }
  })

  it('fills pages of twenty-five, newest first, for everybody', async () => {
    await matteo.get(`/ufficio/pratiche/${id}`)
    const [one] = await consultations().find().toArray()
    const older = Array.from({ length: 25 }, (_, day) => new Date(Date.UTC(2026, 0, day + 1, 10)))
    await consultations().insertMany(older.map((at) => ({ ...one, _id: new mongoose.Types.ObjectId(), at })))
    const first = await giulia.get(BASE)
    expect(first.html.querySelectorAll('tbody tr')).to.have.length(25)
    const next = await giulia.follow(first, /Pagina successiva/)
    expect(next.html.querySelectorAll('tbody tr')).to.have.length(1)
    expect(next.text).to.include('01/01/2026')

    const person = personAt(await browser.visit({ javascript: true, width: 360 }), site.platform.url)
    await person.enter('Giulia Conti', BASE)
    await person.look()
  })
})
