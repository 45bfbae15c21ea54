import { expect } from 'chai'
import { createHash } from 'node:crypto'
import { setTimeout as sleep } from 'node:timers/promises'
import { createPersonalDataExport, NOT_EXPORTED } from '../../server/personal-data/index.ts'
import { addDays, romeDate } from '../../server/shared/dates.ts'
import { download, unpacked, type Files } from '../bundles/archive.ts'
import { fileOf } from '../cosigning/signed-scia.ts'
import { makePdf } from '../documents/files.ts'
import { ACCESS, filingOf, filings, loggedIn, sent } from '../filings/citizen.ts'
import { sampleAnswers } from '../procedures/answers.ts'
import { testPlatform } from '../support/platform.ts'
import type { Visitor } from '../support/visitor.ts'

type Papers = {
  filing: { id: string; owner: string }
  documents: { path: string; sha256: string }[]
  events: unknown[]
}

describe('«I miei dati»', () => {
  const running = testPlatform()

  const archiveOf = async (visitor: Visitor): Promise<Files> => {
    const address = new URL('/area-personale/i-miei-dati/dati.zip', running.platform.url)
    const { response, bytes } = await download(visitor, address)
    expect([response.status, response.headers.get('content-type')]).to.deep.equal([200, 'application/zip'])
    expect(response.headers.get('cache-control')).to.contain('no-store')
    return unpacked(bytes)
  }
  const readIn = (files: Files, name: string): unknown => JSON.parse(files.get(`dati/${name}.json`)?.toString() ?? '')

  it('gives everything that is held of a person, with the documents as they are', async () => {
    const { visitor, id } = await sent(running.platform, 'Giulia Conti')
    const page = await visitor.follow(await visitor.get('/area-personale'), 'I miei dati')
    expect(page.text).to.contain('Scarica tutti i miei dati')
    const files = await archiveOf(visitor)
    expect(files.get('leggimi.txt')?.toString()).to.contain('I dati di Giulia Conti presso Comune di Vallechiara')
    expect((readIn(files, 'identita') as { person: object }).person).to.include({ cf: 'CNTGLI85H54G478Q' })
    const [papers, ...others] = readIn(files, 'pratiche') as Papers[]
    expect([papers?.filing.id, others.length]).to.deep.equal([id, 0])
    expect(papers?.events).not.to.be.empty
    expect(papers?.documents).not.to.be.empty
    for (const { path, sha256 } of papers?.documents ?? [])
      expect(
        createHash('sha256')
          .update(files.get(path) ?? '')
          .digest('hex'),
        path,
      ).to.equal(sha256)
    expect(readIn(files, 'accessi')).to.have.length(1)
  })

  it('counts on its page what the archive holds, without reading the papers of each filing', async () => {
    const { connection } = running.platform
    const { visitor } = await sent(running.platform, 'Anna Maria Galli')
    // The worker reads papers too.
    while ((await connection.collection('outboxtasks').countDocuments({ state: 'waiting' })) > 0) await sleep(50)
    await connection.db?.command({ profile: 2 })
    const page = await visitor.get('/area-personale/i-miei-dati')
    await connection.db?.command({ profile: 0 })
    const papers = { ns: /\.(historyevents|documents|registerentries|registeramendments)$/ }
    expect(await connection.collection('system.profile').countDocuments({ op: 'query' })).to.be.above(0)
    expect(await connection.collection('system.profile').countDocuments(papers)).to.equal(0)
    const files = await archiveOf(visitor)
    const rows = page.html.querySelectorAll('.held-data > div')
    const shown = (title: RegExp) =>
      Number(rows.find((row) => title.test(row.querySelector('dt')?.text ?? ''))?.querySelector('dd')?.text)
    for (const [name, title] of [
      ['pratiche', /^Pratiche/],
      ['messaggi', /^Messaggi/],
      ['consultazioni', /^Chi ha visto/],
    ] as const)
      expect(shown(title), name).to.equal((readIn(files, name) as object[]).length)
    expect(shown(/^Pratiche/)).to.equal(1)
  })

  it('gives nothing of anybody else', async () => {
    await sent(running.platform, 'Giulia Conti')
    const { visitor } = await loggedIn(running.platform, 'Marco Rinaldi', '/area-personale')
    const files = await archiveOf(visitor)
    expect(readIn(files, 'pratiche')).to.be.empty
    expect([...files.values()].some((bytes) => bytes.includes('CNTGLI85H54G478Q'))).to.equal(false)
  })

  describe('keeps what is the offices’ own:', () => {
    const codes = () => running.platform.demonstration.officers.map(({ cf }) => cf)
    const withCodes = async (visitor: Visitor): Promise<string[]> =>
      [...(await archiveOf(visitor))].flatMap(([path, bytes]) =>
        codes().some((cf) => bytes.includes(cf)) ? [path] : [],
      )
    const working = async (name: string, path: string) => {
      const { visitor, page } = await loggedIn(running.platform, name, path)
      return { page, submit: visitor.submit, get: visitor.get }
    }

    it('why an officer abstains, and the decision that nobody has signed yet', async () => {
      const answers = sampleAnswers(romeDate(new Date()))[ACCESS] ?? {}
      const { visitor, id } = await sent(running.platform, 'Andriy Kovalenko', { procedure: ACCESS, answers })
      const path = `/ufficio/pratiche/${id}`
      const roberta = await working('Roberta Villa', `${path}/passo/prendi-in-carico`)
      await roberta.submit(roberta.page)
      const francesca = await working('Francesca Riva', `${path}/passo/accogli`)
      await francesca.submit(
        francesca.page,
        { testo: 'Si può vedere lunedì.' },
        { button: 'Accogli la richiesta di accesso' },
      )
      await roberta.submit(await roberta.get(`${path}/astensione`), { motivo: 'È il mio vicino di casa.' })
      const clearances = [
        { cf: codes()[0] ?? '', name: 'X', by: 'Y', at: new Date(), reason: 'Non ha interessi.', salt: 'Z' },
      ]
      await filings(running.platform).updateOne({ _id: id }, { $set: { clearances } })
      const kept = ['toSign', 'abstentions', 'clearances', 'assignedTo']
      expect(await filingOf(running.platform, id)).to.include.keys(...kept)
      const [papers] = readIn(await archiveOf(visitor), 'pratiche') as Papers[]
      expect(papers?.filing).to.include({ id }).and.to.have.property('answers')
      expect(papers?.filing).not.to.have.any.keys(...kept)
      expect(JSON.stringify(papers)).not.to.match(/vicino di casa|Non ha interessi/)
      expect(await withCodes(visitor)).to.deep.equal([])
    })

    it('the tax code of who approved a power of attorney', async () => {
      const { visitor, page } = await loggedIn(running.platform, 'Luca Neri', '/area-personale/deleghe/procura')
      const shown = await visitor.fill(page, {
        nome: 'Anna Maria',
        cognome: 'Galli',
        codiceFiscale: 'GLLNMR42T48I921B',
        ambito: 'tutti',
        al: addDays(romeDate(new Date()), 30),
        procura: fileOf(await makePdf('Procura'), 'procura.pdf'),
      })
      const address = new URL(shown.url).pathname.replace('/area-personale', '/ufficio')
      const valentina = await working('Valentina Costa', address)
      await valentina.submit(valentina.page, {}, { button: 'Approva la procura' })
      const files = await archiveOf(visitor)
      const [mandate] = readIn(files, 'deleghe') as { events: { by: object }[] }[]
      expect(mandate?.events.at(-1)?.by).to.include({ kind: 'officer', name: 'Valentina Costa' })
      expect(await withCodes(visitor)).to.deep.equal([])
    })
  })

  it('holds an officer’s appointments too', async () => {
    const { visitor } = await loggedIn(running.platform, 'Chiara Moretti', '/area-personale')
    expect(readIn(await archiveOf(visitor), 'incarichi')).to.have.length(1)
  })

  it('needs a login of level 2', async () => {
    const { visitor } = await loggedIn(running.platform, 'Omar Haddad', '/area-personale', { level: 1 })
    expect((await visitor.get('/area-personale/i-miei-dati/dati.zip')).url).to.match(/\/accesso\?/)
    expect((await running.platform.visitor().get('/area-personale/i-miei-dati')).url).to.match(/\/accesso\?/)
  })

  it('forgets no collection: each has an exporter, or a reason why it has none', async () => {
    const { collections } = createPersonalDataExport({ sources: {} as never, now: () => new Date() })
    const known = new Set([...collections, ...Object.keys(NOT_EXPORTED)])
    const there = await running.platform.connection.listCollections()
    const names = there.map(({ name }) => name).filter((name) => !name.startsWith('system.'))
    expect(names.filter((name) => !known.has(name))).to.deep.equal([])
    expect(collections.filter((name) => Object.hasOwn(NOT_EXPORTED, name))).to.deep.equal([])
  })
})
