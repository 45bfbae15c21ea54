import { expect } from 'chai'
import { cpSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { createMunicipalities, type Municipality } from '../../server/municipalities/index.ts'
import { createCatalogue, type Catalogue } from '../../server/procedures/index.ts'
import { createInTransaction } from '../../server/shared/transaction-store.ts'
import { testDatabase } from '../support/database.ts'

const demo = JSON.parse(readFileSync('setup/demo/municipality.json', 'utf8')) as Municipality
const PERMIT = 'mobilita-trasporti/contrassegno-disabili-rilascio'
const REPORT = 'protocollo-urp/segnalazione-disservizio'
const ACCESS = 'segreteria-atti/accesso-documentale'

describe('the catalogue', () => {
  const database = testDatabase()
  const now = () => new Date('2026-11-25T09:00:00Z')
  let root: string

  beforeEach(async () => {
    root = mkdtempSync(join(tmpdir(), 'catalogue-'))
    // Three of them are enough for every case, and are compiled in a tenth of a second.
    for (const folder of ['_types', PERMIT, REPORT, ACCESS])
      cpSync(`forms/${folder}`, join(root, 'forms', folder), { recursive: true })
    for (const folder of [PERMIT, REPORT, ACCESS])
      edit(`${folder}/procedure.json`, (text) => text.replace(/"version": \d+/, '"version": 1'))
    // The collection is append-only for our code; the test empties it under it.
    await database.connection.collection('procedureversions').deleteMany({})
    await municipalities().save(demo)
  })
  afterEach(() => rmSync(root, { recursive: true }))

  const municipalities = () => createMunicipalities({ connection: database.connection, now })
  const start = (): Promise<Catalogue> =>
    createCatalogue({ connection: database.connection, root, municipalities: municipalities(), now })
  const failure = (work: Promise<unknown>) =>
    work.then(
      () => null,
      (error: unknown) => error as Error,
    )
  const edit = (file: string, change: (text: string) => string) => {
    const path = join(root, 'forms', file)
    writeFileSync(path, change(readFileSync(path, 'utf8')))
  }
  const raiseVersion = (folder: string) =>
    edit(`${folder}/procedure.json`, (text) =>
      text.replace(/"version": (\d+)/, (_, version: string) => `"version": ${Number(version) + 1}`),
    )

  it('offers what the offices of a municipality do, by title', async () => {
    await municipalities().save({
      ...demo,
      id: 'montelago',
      hosts: ['montelago.example'],
      offices: demo.offices.filter(({ id }) => id !== 'mobilita-trasporti'),
    })
    const catalogue = await start()
    const titles = (await catalogue.all('vallechiara')).map(({ title }) => title)
    expect(titles)
      .to.have.length(3)
      .and.deep.equal(titles.toSorted((a, b) => a.localeCompare(b, 'it')))
    expect(await catalogue.all('montelago')).to.have.length(2)
    expect((await catalogue.find('vallechiara', 'contrassegno-disabili-rilascio')).form.steps).to.have.length(6)
    expect(await failure(catalogue.find('montelago', 'contrassegno-disabili-rilascio'))).to.have.property(
      'code',
      'NOT_FOUND',
    )
  })

  it('does not know what is not there', async () => {
    const catalogue = await start()
    expect(await failure(catalogue.find('vallechiara', '__proto__'))).to.have.property('code', 'NOT_FOUND')
    expect(await failure(catalogue.version('vallechiara', 'accesso-documentale', 7))).to.have.property(
      'code',
      'NOT_FOUND',
    )
    expect(await failure(catalogue.find('atlantide', 'accesso-documentale'))).to.have.property('code', 'NOT_FOUND')
  })

  it('says whether a service takes requests, of every version, and at once in a transaction', async () => {
    const catalogue = await start()
    const id = 'accesso-documentale'
    expect(await catalogue.state('vallechiara', id)).to.deep.equal({ status: 'active' })
    const closed = {
      procedure: id,
      status: 'suspended',
      reason: 'Trasloco.',
      from: '2026-11-20',
      to: '2026-11-25',
    } as const
    await municipalities().save({ ...demo, services: [closed] })
    // What this process read some seconds ago does for pages, never for a sending.
    expect((await catalogue.state('vallechiara', id)).status).to.equal('active')
    const within = (at: string) =>
      createInTransaction(database.connection)((transaction) =>
        catalogue.state('vallechiara', id, { at: new Date(at), transaction }),
      )
    expect(await within('2026-11-25T22:59:59Z'), 'the last second of the day in Rome').to.deep.equal(closed)
    expect(await within('2026-11-25T23:00:00Z')).to.deep.equal({ status: 'active' })
    expect((await catalogue.state('vallechiara', 'procedimento-tolto')).status, 'gone from the files').to.equal(
      'active',
    )
  })

  it('tells all defects of all files at once, each with its place', async () => {
    edit(`${PERMIT}/procedure.json`, (text) =>
      text.replace('"mobilità e trasporti"', '"trasporti"').replace('"years": 5', '"years": 0'),
    )
    edit(`${REPORT}/procedure.json`, (text) => text.replaceAll('{{/disservizio/titolo}}', '{{/disservizio/nome}}'))
    edit(`${REPORT}/ui.json`, (text) =>
      text.replace('"fields": ["/immagini", "/documenti"]', '"fields": ["/immagini"]'),
    )
    edit(`${ACCESS}/schema.json`, (text) => text.slice(0, -5))
    rmSync(join(root, 'forms', ACCESS, 'ui.json'))
    writeFileSync(join(root, 'forms', REPORT, 'rules.ts'), 'export const regole = () => []')
    const lines = (await failure(start()))?.message.split('\n  - ') ?? []
    const line = (pattern: RegExp) => lines.filter((one) => pattern.test(one))
    expect(line(/^forms\/mobilita-trasporti\/.*procedure.json \/category: .*allowed/)).to.have.length(1)
    expect(line(/^forms\/mobilita-trasporti\/.*procedure.json \/retention\/years: .*>= 1/)).to.have.length(1)
    expect(line(/^forms\/protocollo-urp\/.*ui.json \/documenti: no step asks it/)).to.have.length(1)
    expect(line(/^forms\/segreteria-atti\/.*schema.json: SyntaxError/)).to.have.length(1)
    expect(line(/^forms\/segreteria-atti\/.*ui.json: the file is missing/)).to.have.length(1)
    // The source exports nothing of that name; in the build, which was made before it, there is nothing at all.
    expect(line(/^forms\/protocollo-urp\/.*rules.ts: (it does not export|Cannot find module)/)).to.have.length(1)
    expect(lines).to.have.length(7)
  })

  it('tells a letter that names what nobody asks', async () => {
    edit(`${REPORT}/procedure.json`, (text) =>
      text.replace('«{{/disservizio/titolo}}', '«{{/disservizio/nome}}').replace('{{filer}}', '{{applicant}}'),
    )
    const message = (await failure(start()))?.message
    expect(message)
      .to.include('procedure.json /letters/precisazioni: unknown placeholder {{/disservizio/nome}}')
      .and.include('{{applicant}}')
  })

  it('publishes nothing when anything is wrong', async () => {
    edit(`${PERMIT}/procedure.json`, (text) => text.replace('"mobilità e trasporti"', '"trasporti"'))
    await failure(start())
    expect(await database.connection.collection('procedureversions').countDocuments()).to.equal(0)
  })

  it('takes up what fields have in common without a new version, also for the older ones', async () => {
    await start()
    raiseVersion(ACCESS)
    const before = await start()
    expect((await before.version('vallechiara', 'accesso-documentale', 1)).reuse).to.have.property('contact.pec')
    edit(`${ACCESS}/reuse.json`, () => '{ "contact.phone": "/recapiti/telefono" }')
    const after = await start()
    for (const version of [1, 2])
      expect((await after.version('vallechiara', 'accesso-documentale', version)).reuse).to.deep.equal({
        'contact.phone': '/recapiti/telefono',
      })
  })

  it('tells what is wrong with it: a meaning always, a field when the version is new', async () => {
    edit(`${ACCESS}/reuse.json`, () => '{ "contact.phone": "/recapiti/tel" }')
    expect((await failure(start()))?.message).to.include(
      'forms/segreteria-atti/accesso-documentale/reuse.json: contact.phone: /recapiti/tel is not in the schema',
    )
    rmSync(join(root, 'forms', ACCESS, 'reuse.json'))
    await start()
    writeFileSync(join(root, 'forms', ACCESS, 'reuse.json'), '{ "health": "/recapiti/telefono" }')
    expect((await failure(start()))?.message).to.include('reuse.json: unknown meaning health')
  })

  it('starts again on what it published, white space aside', async () => {
    await start()
    edit(`${PERMIT}/procedure.json`, (text) => JSON.stringify(JSON.parse(text)))
    expect(await (await start()).all('vallechiara')).to.have.length(3)
  })

  for (const [what, file, from, to] of [
    ['a text', `${PERMIT}/procedure.json`, 'Chiedi il contrassegno', 'Domanda il contrassegno'],
    ['a field', `${PERMIT}/schema.json`, '"maxItems": 5', '"maxItems": 6'],
    ['a hint', `${PERMIT}/ui.json`, 'Aggiungi una targa', 'Un’altra targa'],
    ['a rule', `${PERMIT}/rules.ts`, 'const ADULT_YEARS = 18', 'const ADULT_YEARS = 17'],
    ['a shared type it uses', '_types/persona.schema.json', '"maxLength": 100', '"maxLength": 90'],
  ] as const) {
    it(`refuses to change ${what} of a published version`, async () => {
      await start()
      edit(file, (text) => text.replace(from, to))
      const message = (await failure(start()))?.message
      expect(message).to.include(
        `forms/${PERMIT}: la versione 1 è già pubblicata con un altro contenuto e non si cambia più; per pubblicare la modifica scrivi "version": 2`,
      )
    })
  }

  it('keeps an older version open as it was, its shared types included', async () => {
    await start()
    for (const folder of [PERMIT, REPORT, ACCESS]) raiseVersion(folder)
    edit('_types/persona.schema.json', (text) => text.replace('"title": "Nome"', '"title": "Nome di battesimo"'))
    edit(`${PERMIT}/procedure.json`, (text) => text.replace('"days": 30', '"days": 20'))
    const catalogue = await start()
    const id = 'contrassegno-disabili-rilascio'
    const [current, older] = [await catalogue.find('vallechiara', id), await catalogue.version('vallechiara', id, 1)]
    const again = await start()
    const together = await Promise.all([1, 1, 1].map((version) => again.version('vallechiara', id, version)))
    expect(new Set(together), 'a list of filings: compiled once').to.have.length(1)
    const label = (version: typeof current) => version.form.fields.get('/richiedente/nome')?.label
    expect([current.version, current.term.days, label(current)]).to.deep.equal([2, 20, 'Nome di battesimo'])
    expect([older.version, older.term.days, label(older)]).to.deep.equal([1, 30, 'Nome'])
    expect(older.form.rules({ targhe: [{ targa: 'GA123BC' }, { targa: 'GA123BC' }] })).to.have.length(1)
    expect(older.hash).not.to.equal(current.hash)
    expect(await catalogue.version('vallechiara', id, 1)).to.equal(older)
  })

  it('keeps a version open whose procedure is gone', async () => {
    await start()
    rmSync(join(root, 'forms', REPORT), { recursive: true })
    const catalogue = await start()
    expect(await failure(catalogue.find('vallechiara', 'segnalazione-disservizio'))).to.have.property(
      'code',
      'NOT_FOUND',
    )
    expect((await catalogue.version('vallechiara', 'segnalazione-disservizio', 1)).form.steps).to.have.length(2)
  })

  it('is published once by several processes that start together', async () => {
    const catalogues = await Promise.all([start(), start(), start()])
    expect(await database.connection.collection('procedureversions').countDocuments()).to.equal(3)
    const hashes = await Promise.all(
      catalogues.map(async (catalogue) => (await catalogue.find('vallechiara', 'accesso-documentale')).hash),
    )
    expect(new Set(hashes).size).to.equal(1)
  })
})
