import { expect } from 'chai'
import { addDays, romeDate } from '../../server/shared/dates.ts'
import { makePdf } from '../documents/files.ts'
import { loggedIn } from '../filings/citizen.ts'
import { eventually } from '../support/eventually.ts'
import { testPlatform } from '../support/platform.ts'
import type { Page } from '../support/visitor.ts'

describe('papers of a power of attorney', () => {
  const site = testPlatform()
  const papers = () => site.platform.connection.collection('documents').find({ kind: 'mandate' }).toArray()
  const today = romeDate(new Date())

  const FIELDS = {
    chi: 'persona',
    nome: 'Anna Maria',
    cognome: 'Galli',
    codiceFiscale: 'GLLNMR42T48I921B',
    ambito: 'tutti',
    dal: today,
    al: addDays(today, 30),
  }
  const paper = async (words: string) => new File([new Uint8Array(await makePdf(words))], 'procura.pdf')

  /** Luca shows one by which he acts for Anna Maria. */
  async function shown(fields: Record<string, string> = {}) {
    const { visitor, page } = await loggedIn(site.platform, 'Luca Neri', '/area-personale/deleghe/procura')
    return visitor.fill(page, {
      ...FIELDS,
      ...fields,
      procura: await paper('Procura'),
    })
  }
  /** From now on the database takes no mandate but these. */
  const only = (validator: object) => site.platform.connection.db?.command({ collMod: 'mandates', validator })

  it('are not kept when the form is not complete', async () => {
    const page = await shown({ nome: '' })
    expect(page.status).to.equal(422)
    expect(await papers()).to.have.length(0)
    const told = page.html.querySelectorAll('.error-summary a').map(({ text }) => text)
    expect(told).to.deep.equal([
      'Scrivi il nome.',
      'Scegli di nuovo i file: li conserviamo quando il modulo è completo.',
    ])
  })

  it('are all to be chosen again when one of them is refused', async () => {
    const { visitor, page } = await loggedIn(site.platform, 'Luca Neri', '/area-personale/deleghe/procura')
    const control = page.html.querySelector('#procura')
    expect(control?.getAttribute('data-max-bytes'), 'refused by the browser beyond').to.equal('20000000')
    expect(page.text).to.match(/fino a 20\sMB/)
    const empty = new File([], 'carta.pdf')
    const said = await visitor.fill(page, { ...FIELDS, procura: [await paper('Procura'), empty] })
    expect(said.status).to.equal(422)
    expect(said.html.querySelector('#procura-error')?.text)
      .to.include('«carta.pdf» è vuoto')
      .and.to.include('Poi scegli di nuovo anche gli altri file.')
    expect(await papers()).to.have.length(0)
  })

  it('are not kept when the mandate cannot be written', async () => {
    await only({ origin: 'online' })
    expect((await shown()).status).to.equal(500)
    expect(await papers()).to.have.length(0)
    await only({})
  })

  it('belong to the mandate that was written', async () => {
    expect((await shown()).text).to.include('In esame')
    const [paper, ...others] = await papers()
    expect(others).to.have.length(0)
    expect(paper).not.to.have.property('orphan')
    const [mandate] = await site.platform.connection.collection('mandates').find({ origin: 'document' }).toArray()
    expect(String(mandate?._id)).to.equal(paper?.['filing'])
  })

  it('make one mandate when they are sent twice, and another when another paper is sent', async () => {
    const of = (kind: string) => site.platform.connection.collection(kind)
    const before = await of('mandates').countDocuments({ origin: 'document' })
    const told = await of('outboxtasks').countDocuments({ kind: 'mandate-told' })
    const { visitor, page } = await loggedIn(site.platform, 'Luca Neri', '/area-personale/deleghe/procura')
    const ready = await visitor.fill(page, { ...FIELDS, ambito: 'tutti', al: '' })
    const send = (procura: File) => visitor.submit(ready, { ...FIELDS, procura })
    const one = await paper('Una')
    const [first, second] = await Promise.all([send(one), send(one)])
    expect([second.url, (await send(one)).url]).to.deep.equal([first.url, first.url])
    expect(first.text).to.include('In esame').and.to.include('procura.pdf')
    expect(await of('mandates').countDocuments({ origin: 'document' })).to.equal(before + 1)
    expect(await of('outboxtasks').countDocuments({ kind: 'mandate-told' })).to.equal(told + 1)
    expect((await send(await paper('Altra'))).url).not.to.equal(first.url)
    const kept = await papers()
    expect(kept, 'no paper of what was sent twice').to.have.length(before + 2)
    for (const each of kept) expect(each).not.to.have.property('orphan')
  })

  it('wait in no endless number from one person', async () => {
    const mandates = site.platform.connection.collection('mandates')
    const one = await mandates.findOne({ review: 'waiting' })
    const many = Array.from({ length: 50 }, (_, at) => ({ ...one, _id: `many-${at}` }))
    await mandates.insertMany(many as never)
    const before = (await papers()).length
    const refused = await shown()
    expect([refused.status, refused.text.includes('50 procure in esame')]).to.deep.equal([429, true])
    expect((await papers()).length).to.equal(before)
    await mandates.deleteMany({ _id: /^many-/ as never })
  })

  it('are reviewed by those who may alone', async () => {
    const status = async (name: string) => (await loggedIn(site.platform, name, '/ufficio/deleghe')).page.status
    expect(await status('Valentina Costa'), 'protocol office').to.equal(200)
    expect(await status('Francesca Riva'), 'a specialist').to.equal(404)
    expect(await status('Giulia Conti'), 'a citizen').to.equal(404)
  })

  it('are neither approved nor refused by a form that does not say which', async () => {
    const { visitor, page } = await loggedIn(site.platform, 'Valentina Costa', '/ufficio/deleghe')
    const one = await visitor.follow(page, 'Anna Maria Galli')
    const waiting = () => site.platform.connection.collection('mandates').countDocuments({ review: 'waiting' })
    const before = await waiting()
    const said = await visitor.submit(one, { motivo: 'Manca la firma.' })
    expect([said.status, await waiting()]).to.deep.equal([422, before])
    expect(said.text).to.include('premi «Approva la procura» o «Non approvare»').and.to.include('Manca la firma.')
    await visitor.submit(said, {}, { button: 'Non approvare' })
    expect(await waiting()).to.equal(before - 1)
    const messages = site.platform.connection.collection('messages')
    const told = () => messages.find({ subject: 'Procura non approvata' }).toArray()
    await eventually(async () => expect(await told()).to.have.length(2))
    const reached = (await told()).map((one) => [one['to'], one['text']] as [{ cf: string }, string])
    expect(reached.map(([{ cf }]) => cf)).to.have.members(['GLLNMR42T48I921B', 'NRELCU73E27D612Y'])
    for (const [, text] of reached) expect(text).to.include('Motivo: Manca la firma.')
  })

  it('are listed, with all other mandates, in pages of twenty, what holds first, the given and the received by themselves', async () => {
    const { visitor } = await loggedIn(site.platform, 'Maria Russo', '/area-personale')
    const MARIA = 'RSSMRA79D51F83VD'
    const party = (familyName: string) => ({ kind: 'person', givenName: 'Prova', familyName })
    const mandate = (side: string, other: string, number: number, changes: object = {}) => ({
      _id: `${side}-${number}`,
      municipality: 'vallechiara',
      origin: 'document',
      principal: party(`Numero ${number}`),
      proxy: party(`Numero ${number}`),
      [side]: MARIA,
      [other]: `other-${number}`,
      scope: { kind: 'all' },
      from: '2026-01-01',
      to: '2999-12-31',
      review: 'approved',
      revokedAt: null,
      events: [{ type: 'shown', at: new Date(Date.UTC(2026, 0, number)), by: { kind: 'citizen', name: 'Prova' } }],
      ...changes,
    })
    const ended = [
      { revokedAt: new Date() },
      { review: 'waiting' },
      { review: 'refused' },
      { from: '2999-01-01' },
      { to: '2026-01-02' },
    ]
    const rows = [
      ...Array.from({ length: 41 }, (_, at) => mandate('proxyKey', 'principalKey', at + 1, ended[at - 36])),
      ...Array.from({ length: 21 }, (_, at) => mandate('principalKey', 'proxyKey', at + 1)),
    ]
    await site.platform.connection.collection('mandates').insertMany(rows as never)
    const named = (page: Page, title: string) =>
      page.html.querySelectorAll(`[aria-labelledby=${title}] h3 a`).map((one) => Number(one.text.split(' ').at(-1)))
    const from = (first: number, last: number) => Array.from({ length: first - last + 1 }, (_, at) => first - at)

    const first = await visitor.get('/area-personale/deleghe')
    expect(named(first, 'received-title'), 'what holds').to.deep.equal(from(36, 17))
    expect(named(first, 'given-title')).to.deep.equal(from(21, 2))
    const pages = await visitor.get('/area-personale/deleghe?date=2&ricevute=3')
    expect(named(pages, 'given-title')).to.deep.equal([1])
    expect(named(pages, 'received-title'), 'what has ended, last').to.deep.equal([37])
    const links = first.html.querySelectorAll('[aria-label="Pagine delle deleghe ricevute"] a[rel=next]')
    const second = await visitor.get(links[0]?.getAttribute('href') ?? '')
    expect(named(second, 'received-title')).to.deep.equal([...from(16, 1), ...from(41, 38)])
    expect(named(second, 'given-title'), 'stays where it was').to.deep.equal(from(21, 2))
    expect(named(await visitor.get('/area-personale/deleghe?date=9'), 'given-title'), 'beyond').to.deep.equal([1])
  })
})
