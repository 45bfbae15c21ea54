import { expect } from 'chai'
import {
  begun,
  documentsOf,
  entriesOf,
  filingOf,
  loggedIn,
  post,
  receiptMade,
  REPORTED,
  sent,
  tokenIn,
} from '../filings/citizen.ts'
import { testPlatform } from '../support/platform.ts'
import type { Page, Visitor } from '../support/visitor.ts'

type Fields = Readonly<Record<string, string>>

describe('what a person sends twice', () => {
  const site = testPlatform()
  let giulia: Visitor
  let matteo: Visitor
  let roberta: Visitor
  let valentina: Visitor
  let id: string

  before(async () => {
    ;({ visitor: giulia, id } = await sent(site.platform, 'Giulia Conti'))
    ;({ visitor: matteo } = await loggedIn(site.platform, 'Matteo Longo', '/ufficio'))
    ;({ visitor: roberta } = await loggedIn(site.platform, 'Roberta Villa', '/ufficio'))
    ;({ visitor: valentina } = await loggedIn(site.platform, 'Valentina Costa', '/ufficio'))
  })

  const of = (collection: string) => site.platform.connection.collection(collection).countDocuments({ filing: id })
  /** What there is of the filing: events, register entries, papers. */
  const made = async () => Promise.all(['historyevents', 'registerentries', 'documents'].map(of))

  /** Twice at once, from two tabs, and once more, as after an answer that was lost. */
  async function thrice(visitor: Visitor, path: string, fields: Fields): Promise<Page[]> {
    const form = await visitor.get(path)
    const send = () => post(visitor, form.url, { _csrf: tokenIn(form), ...fields })
    return [...(await Promise.all([send(), send()])), await send()]
  }

  const desk = (rest: string) => `/ufficio/pratiche/${id}/${rest}`
  const steps: readonly [what: string, who: () => Visitor, path: () => string, fields: () => Fields, more: number[]][] =
    [
      ['an assignment', () => roberta, () => desk('assegna'), () => ({ persona: 'LNGMTT96H06D653K' }), [1, 0, 0]],
      ['taking in charge', () => matteo, () => desk('passo/prendi-in-carico'), () => ({}), [1, 0, 0]],
      [
        'a request to complete',
        () => matteo,
        () => desk('passo/chiedi-integrazione'),
        () => ({ testo: 'Dove si trova?', giorni: '10' }),
        [1, 1, 1],
      ],
      [
        'an answer',
        () => giulia,
        () => `/pratiche/${id}/passo/integra`,
        () => ({ testo: 'Davanti al n. 5.' }),
        [1, 1, 1],
      ],
      ['a decision', () => matteo, () => desk('passo/accogli'), () => ({ testo: 'Buca riempita.' }), [1, 1, 1]],
    ]
  for (const [what, who, path, fields, more] of steps)
    it(`${what} is one, and each time the page of what the first made`, async () => {
      await receiptMade(site.platform, id)
      const before = await made()
      const earlier = await who().get(path())
      const pages = await thrice(who(), path(), fields())
      const after = await made()
      expect(after.map((count, index) => count - (before[index] ?? 0))).to.deep.equal(more)
      expect(pages.map(({ status, url }) => [status, new URL(url).pathname.endsWith(`/pratiche/${id}`)])).to.deep.equal(
        pages.map(() => [200, true]),
      )
      if (!('testo' in fields())) return
      // From a tab that was open before.
      const late = await who().submit(earlier, { testo: 'Altre parole, «scritte» a lungo.' })
      expect([late.status, late.html.querySelector('textarea[readonly]')?.text], 'told, and shown again').to.deep.equal(
        [409, 'Altre parole, «scritte» a lungo.'],
      )
    })

  it('a step of a form leads on each time, or says each time what is wrong', async () => {
    const draft = await begun(site.platform, 'Giulia Conti')
    for (const [titolo, status] of [
      ['Buca in via Roma', 200],
      ['', 422],
    ] as const) {
      const fields = { ...REPORTED, 'disservizio.titolo': titolo }
      const form = await draft.visitor.get(draft.step.url)
      const press = async () => draft.visitor.submit(form, fields, { button: 'Avanti' })
      const [first, ...more] = [await press(), await press(), ...(await Promise.all([press(), press()]))]
      for (const page of more) expect([page.status, page.url]).to.deep.equal([status, first.url])
    }
    expect(await filingOf(site.platform, draft.id)).to.have.property('revision', 2)
  })

  it('an annulment is one, and each time the page of the entry', async () => {
    const [entry] = await entriesOf(site.platform, id)
    const path = `/ufficio/protocollo/${String(entry?._id)}`
    const { verificationCode } = (await filingOf(site.platform, id)) as unknown as { verificationCode: string }
    const told = async () => {
      const pages = [await giulia.get(`/pratiche/${id}`), await matteo.get(desk(''))]
      return [...pages, await giulia.get(`/verifica/${verificationCode}`)].map(({ text }) => text)
    }
    const lists = async () => {
      const found = await post(matteo, '/ufficio/cerca', { _csrf: tokenIn(await matteo.get('/ufficio')), q: 'Conti' })
      const desks = [await matteo.get('/ufficio?elenco=concluse'), found]
      const areas = [await giulia.get('/area-personale'), await giulia.get('/area-personale/pratiche')]
      return [...desks, ...areas].map(({ text }) => text.split('Protocollo annullato').length - 1)
    }
    expect((await told()).join()).not.to.include('annullat')
    expect(await lists()).to.deep.equal([0, 0, 0, 0])
    const act = { motivo: 'Doppia registrazione', numero: '12', data: '2026-01-12' }
    const pages = await thrice(valentina, `${path}/annulla`, act)
    expect(pages.map(({ status, url }) => [status, new URL(url).pathname])).to.deep.equal(pages.map(() => [200, path]))
    const [filer = '', officer = '', anybody] = await told()
    for (const text of [filer, officer])
      expect(text)
        .to.match(/è stata annullata .* provvedimento n\. 12 del 12\/01\/2026\. Motivo: Doppia/)
        .and.include('non cambia da sé lo stato')
    expect(await lists(), 'each list marks that one').to.deep.equal([1, 1, 1, 1])
    expect(anybody).to.include('Protocollo annullato').and.not.include('Doppia')
    for (const document of await documentsOf(site.platform, id)) {
      const { kind, sha256 } = document as unknown as { kind: string; sha256: string }
      const { text } = await giulia.get(`/verifica?impronta=${sha256}`)
      // Only what bears the number that was annulled; what a person sent is not told at all.
      expect(text.includes('Protocollo annullato'), kind).to.equal(kind === 'receipt')
    }
    expect(await site.platform.connection.collection('registeramendments').countDocuments()).to.equal(1)
    const other = await post(valentina, `${path}/annulla`, { ...act, _csrf: tokenIn(pages[0]!), motivo: 'Altro' })
    expect(other.status, 'another one').to.equal(409)
  })

  it('words that differ are told that the filing went on', async () => {
    const form = await matteo.get(desk(''))
    const other = await post(matteo, desk('passo/accogli'), { _csrf: tokenIn(form), testo: 'Altro testo.' })
    expect(other.status).to.equal(409)
    expect((await matteo.follow(other, 'Torna alla pratica')).url).to.match(new RegExp(`/ufficio/pratiche/${id}$`))
    expect((await documentsOf(site.platform, id)).filter(({ kind }) => (kind as string) === 'outcome')).to.have.length(
      1,
    )
  })
})
