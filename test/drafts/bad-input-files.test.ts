import { expect } from 'chai'
import { connect } from 'node:net'
import { setTimeout as sleep } from 'node:timers/promises'
import { readConfig } from '../../server/config.ts'
import { start as startProcess } from '../../server/main.ts'
import { freePort } from '../../setup/ports.ts'
import { JPEG_BYTES, jpegSaying, makePdf, makeZip, PNG_BYTES } from '../documents/files.ts'
import { databaseWay } from '../support/database-way.ts'
import type { Entries } from '../support/form-data.ts'
import { testPlatform } from '../support/platform.ts'
import { cookieOf, createVisitor, type Page, type Visitor } from '../support/visitor.ts'
import { begun, documentsOf, filingOf, loggedIn, ready, REPORTED, sent, tokenIn, valueIn } from '../filings/citizen.ts'

const TITLE = 'disservizio.titolo'
const fileOf = (bytes: Uint8Array, name: string): File => new File([new Uint8Array(bytes)], name)

describe('files that do not fit', () => {
  const site = testPlatform()
  let visitor: Visitor
  let step: Page
  let id: string

  beforeEach(async () => {
    ;({ visitor, step, id } = await begun(site.platform, 'Giulia Conti'))
  })

  const count = async (name: string): Promise<number> => site.platform.connection.collection(name).countDocuments()

  /** Bytes under way are given up after the answer, at the latest when the connection is found broken. */
  async function expectNothingKept(): Promise<void> {
    for (let attempt = 0; attempt < 100 && (await count('stagedContents')) > 0; attempt += 1) await sleep(50)
    expect(await count('stagedContents'), 'staged').to.equal(0)
    expect(await documentsOf(site.platform, id)).to.deep.equal([])
  }

  const REFUSED: readonly [what: string, field: string, file: () => Promise<File>, status: number, told: RegExp][] = [
    [
      'too big',
      'immagini',
      async () => fileOf(Buffer.concat([JPEG_BYTES, Buffer.alloc(10_000_001)]), 'grande.jpg'),
      413,
      /«grande\.jpg».*10 MB/,
    ],
    ['empty', 'documenti', async () => fileOf(Buffer.alloc(0), 'vuoto.pdf'), 422, /«vuoto\.pdf».*vuoto/],
    [
      'of a type that is not admitted',
      'documenti',
      async () => fileOf(PNG_BYTES, 'foto.png'),
      415,
      /«foto\.png».*Qui puoi allegare/,
    ],
    [
      'mislabelled: an archive called .pdf',
      'documenti',
      async () => fileOf(makeZip([{ name: 'a.exe', bytes: 'MZ' }]), 'relazione.pdf'),
      415,
      /«relazione\.pdf».*Qui puoi allegare/,
    ],
    [
      'a broken PDF',
      'documenti',
      async () => fileOf((await makePdf()).subarray(0, 600), 'rotto.pdf'),
      422,
      /«rotto\.pdf».*(danneggiat|incomplet|rovinat)/,
    ],
    [
      'a PDF that is only a first line',
      'documenti',
      async () => fileOf(Buffer.from('%PDF-1.7\nciao'), 'finto.pdf'),
      422,
      /«finto\.pdf»/,
    ],
    [
      'a PDF with a password',
      'documenti',
      async () => fileOf(await makePdf('Segreto', { userPassword: 'segreto', pdfVersion: '1.7' }), 'chiuso.pdf'),
      422,
      /«chiuso\.pdf».*password/,
    ],
    [
      'a photograph cut off',
      'immagini',
      async () => fileOf(JPEG_BYTES.subarray(0, 120), 'foto.jpg'),
      422,
      /«foto\.jpg»/,
    ],
  ]

  for (const [what, field, file, status, told] of REFUSED) {
    it(`${what}: said by name, and what was typed with it is saved`, async () => {
      const page = await visitor.submit(step, { ...REPORTED, [field]: await file() }, { button: 'Avanti' })
      expect(page.status).to.equal(status)
      expect(page.text).to.match(told)
      expect(page.html.querySelector(`.error-summary a[href="#${field}"]`)?.text, 'in the summary').to.match(told)
      expect(page.html.querySelector(`#${field}-error`)?.text, 'beside the field').to.match(told)
      expect(page.html.querySelector('title')?.text).to.match(/^Errore: /)
      expect(valueIn(page, TITLE)).to.equal(REPORTED[TITLE])
      expect((await filingOf(site.platform, id)).answers['disservizio']).to.include({ titolo: REPORTED[TITLE] })
      await expectNothingKept()
      expect((await visitor.submit(page, {}, { button: 'Avanti' })).url).to.match(/\/autore$/)
    })
  }

  it('a file goes by its own button or with the step, as the page says', () => {
    expect(step.text).to.include('Un file scelto si carica subito con «Carica ora», oppure insieme agli altri')
  })

  it('a good file beside a refused one is kept, also while the fields are not valid', async () => {
    const files = { immagini: fileOf(JPEG_BYTES, 'buca.jpg'), documenti: fileOf(Buffer.alloc(0), 'vuoto.pdf') }
    const page = await visitor.submit(step, { ...REPORTED, [TITLE]: '', ...files }, { button: 'Avanti' })
    expect(page.text)
      .to.include('buca.jpg')
      .and.match(/«vuoto\.pdf»/)
    expect((await documentsOf(site.platform, id)).map(({ name }) => name as string)).to.deep.equal(['buca.jpg'])
    const author = await visitor.submit(page, { [TITLE]: 'Buca' }, { button: 'Avanti' })
    const summary = await visitor.submit(author, {}, { button: 'Avanti' })
    expect(summary.text).to.include('buca.jpg')
  })

  it('a file that fits leads back to its field, which names it, and so does taking it away', async () => {
    const page = await visitor.submit(
      step,
      { immagini: fileOf(JPEG_BYTES, 'buca.jpg') },
      { button: /^Carica ora Immagini/ },
    )
    expect(new URL(page.url).hash).to.equal('#immagini')
    const described = page.html.querySelector('#immagini')?.getAttribute('aria-describedby')?.split(' ') ?? []
    expect(described.map((part) => page.html.querySelector(`#${part}`)?.text).join()).to.include('buca.jpg')
    const without = await visitor.submit(page, {}, { button: 'Elimina buca.jpg' })
    expect(new URL(without.url).hash).to.equal('#immagini')
    expect(without.text).not.to.include('buca.jpg')
  })

  it('a file for a field that the form does not have', async () => {
    const body = new FormData()
    for (const [name, value] of [['_csrf', tokenIn(step)], ['revision', '0'], ...Object.entries(REPORTED)] as const)
      body.append(name, value)
    body.append('__proto__', fileOf(await makePdf(), 'a.pdf'))
    const page = await visitor.request(`/pratiche/${id}/modulo/segnalazione`, { method: 'POST', body })
    expect(page.status).to.equal(422)
    expect(page.text).to.match(/Il modulo non prevede questo file/)
    await expectNothingKept()
  })

  it('more files than the field takes: the first are kept, the person is told of the others', async () => {
    const body = new FormData()
    for (const [name, value] of [['_csrf', tokenIn(step)], ['revision', '0'], ...Object.entries(REPORTED)] as const)
      body.append(name, value)
    for (const name of '01234560') body.append('immagini', fileOf(jpegSaying(name), `foto-${name}.jpg`))
    const page = await visitor.request(`/pratiche/${id}/modulo/segnalazione`, { method: 'POST', body })
    expect(page.status).to.equal(422)
    const told = 'Non abbiamo salvato 2 file: qui puoi caricarne al massimo 5.'
    for (const place of ['.error-summary a[href="#immagini"]', '#immagini-error'])
      expect(page.html.querySelector(place)?.text, place).to.include(told).and.include('«foto-0.jpg» c’è già')
    expect(page.text).to.include('foto-4.jpg').and.not.include('foto-5.jpg')
    const { answers } = await filingOf(site.platform, id)
    const kept = (await documentsOf(site.platform, id)).map(({ _id }) => String(_id))
    expect(answers['immagini']).to.have.members(kept).and.have.length(5)
  })

  it('two tabs: a file in the one that comes second is said not to be kept', async () => {
    await visitor.submit(step, REPORTED, { button: 'Avanti' })
    const late = await visitor.submit(
      step,
      { ...REPORTED, immagini: fileOf(JPEG_BYTES, 'buca.jpg') },
      { button: 'Avanti' },
    )
    expect(late.status).to.equal(409)
    expect(late.text).to.match(/I file che hai scelto in questa scheda non sono stati salvati: allegali di nuovo/)
    await expectNothingKept()
  })

  it('a file stays if it was saved and the answer of the database was lost', async () => {
    const { env, mongoUri, url } = site.platform
    const { way, uri, close } = await databaseWay(mongoUri)
    const port = await freePort()
    const ports = { PORT: String(port), CNS_PORT: String(await freePort()) }
    const other = await startProcess(
      readConfig({ ...env, ...ports, MONGODB_URI: uri, WORKER: 'false', LOG_LEVEL: 'silent' }),
    )
    try {
      const there = createVisitor(url, new Map([[url, `http://127.0.0.1:${port}`]]))
      there.cookies.set(new URL(url).host, visitor.cookies.get(new URL(url).host) ?? new Map<string, string>())
      way.losesAnswersTo = 'Buca senza risposta'
      const sentThere = { ...REPORTED, [TITLE]: way.losesAnswersTo, immagini: fileOf(JPEG_BYTES, 'buca.jpg') }
      expect((await there.submit(step, sentThere, { button: 'Avanti' })).status).to.equal(503)
    } finally {
      await other.stop()
      close()
    }
    const { answers } = await filingOf(site.platform, id)
    expect(answers['disservizio'], 'saved').to.include({ titolo: 'Buca senza risposta' })
    const kept = (await documentsOf(site.platform, id)).map(({ _id }) => String(_id))
    expect(answers['immagini']).to.deep.equal(kept).and.have.length(1)
  })

  const storedOnes = async (): Promise<number> => (await documentsOf(site.platform, id)).length
  async function untilStored(wanted: number): Promise<void> {
    for (let attempt = 0; attempt < 200 && (await storedOnes()) !== wanted; attempt += 1) await sleep(50)
    expect(await storedOnes(), 'documents').to.equal(wanted)
  }

  /** Begins the upload, and cuts the connection before its end when the first file is stored. */
  async function cutOff(path: string, parts: readonly (string | Buffer)[]): Promise<void> {
    const { host, port } = new URL(site.platform.url)
    const cookie = cookieOf(visitor, site.platform.url)
    const socket = connect(Number(port), '127.0.0.1')
    socket.on('error', () => undefined)
    const head = [`POST ${path} HTTP/1.1`, `Host: ${host}`, `Cookie: ${cookie}`, 'Content-Length: 3000000']
    socket.write(`${head.join('\r\n')}\r\nContent-Type: multipart/form-data; boundary=XX\r\n\r\n`)
    for (const part of parts) socket.write(part)
    await untilStored(1)
    socket.destroy()
    await untilStored(0)
  }
  const field = (name: string, value: string) =>
    `--XX\r\nContent-Disposition: form-data; name="${name}"\r\n\r\n${value}\r\n`
  const start = (name: string, file: string) =>
    `--XX\r\nContent-Disposition: form-data; name="${name}"; filename="${file}"\r\nContent-Type: application/octet-stream\r\n\r\n`

  it('an upload cut off half-way leaves nothing, nor does the whole file before it', async () => {
    await cutOff(`/pratiche/${id}/modulo/segnalazione`, [
      field('_csrf', tokenIn(step)) + field('revision', '0') + start('immagini', 'intera.jpg'),
      JPEG_BYTES,
      `\r\n${start('documenti', 'mezza.pdf')}%PDF-1.7\n`,
      Buffer.alloc(1_000_000, 'a'),
    ])
    await expectNothingKept()
    expect(await filingOf(site.platform, id)).to.include({ revision: 0 })
    expect((await visitor.submit(step, REPORTED, { button: 'Avanti' })).url).to.match(/\/autore$/)
  })

  const strayOf = (filing: string, letter: string, createdAt: Date) => ({
    _id: letter.repeat(22) as never,
    municipality: 'vallechiara',
    filing,
    kind: 'attachment',
    name: 'a.pdf',
    mediaType: 'application/pdf',
    size: 1,
    sha256: 'f'.repeat(64),
    createdAt,
  })

  it('a stray file of a killed upload is gone a day later, when the step is opened; the others stay', async () => {
    const files = { ...REPORTED, immagini: fileOf(JPEG_BYTES, 'buca.jpg') }
    await visitor.submit(step, files, { button: 'Salva richiesta' })
    const documents = site.platform.connection.collection('documents')
    const yesterday = new Date(Date.now() - 25 * 3_600_000)
    const kept = String((await documents.findOneAndUpdate({ filing: id }, { $set: { createdAt: yesterday } }))?._id)
    await documents.insertMany([strayOf(id, 'x', new Date()), strayOf(id, 'y', yesterday)])
    await visitor.get(`/pratiche/${id}/modulo/autore`)
    expect(await storedOnes(), 'on a page without files').to.equal(3)
    await visitor.get(step.url)
    const left = (await documentsOf(site.platform, id)).map(({ _id }) => String(_id))
    expect(left).to.have.members([kept, 'x'.repeat(22)])
  })

  it('a stray file of a killed upload is not sent with the filing', async () => {
    const draft = await ready(site.platform, 'Marco Rinaldi')
    const documents = site.platform.connection.collection('documents')
    const stray = strayOf(draft.id, 'z', new Date())
    await documents.insertOne(stray)
    await draft.visitor.submit(draft.summary)
    const entry = await site.platform.connection.collection('registerentries').findOne({ filing: draft.id })
    expect((entry?.['documents'] as { name: string }[]).map(({ name }) => name)).to.deep.equal(['istanza.json'])
    expect(await documents.findOne({ _id: stray._id })).to.equal(null)
  })

  it('an answer to the office with a bad file: the text stays, nothing is registered', async () => {
    const filing = await sent(site.platform, 'Giulia Conti')
    const officer = (await loggedIn(site.platform, 'Matteo Longo', '/ufficio')).visitor
    const take = async (name: string, fields = {}) =>
      officer.submit(await officer.get(`/ufficio/pratiche/${filing.id}/passo/${name}`), fields, {
        form: 'form.office-form',
      })
    await take('prendi-in-carico')
    await take('chiedi-integrazione', { testo: 'Serve una fotografia.' })
    const entries = await count('registerentries')
    // The receipt of the sending may come meanwhile.
    const papers = async () =>
      (await documentsOf(site.platform, filing.id)).filter(({ kind }) => kind !== 'receipt').length
    const before = await papers()
    const answering = await filing.visitor.get(`/pratiche/${filing.id}/passo/integra`)
    expect(answering.html.querySelector('#documenti')?.getAttribute('data-max-bytes')).to.equal('20000000')
    const page = await filing.visitor.submit(answering, {
      testo: 'Eccola.',
      documenti: [fileOf(Buffer.alloc(0), 'vuoto.pdf'), fileOf(Buffer.alloc(0), 'altro.pdf')],
    })
    expect(page.status).to.equal(422)
    expect(page.text, 'all that is wrong').to.match(/«vuoto\.pdf».*«altro\.pdf»/)
    expect(valueIn(page, 'testo')).to.equal('Eccola.')
    const good = fileOf(await makePdf('buona'), 'buona.pdf')
    const wrong = async (fields: Entries) =>
      (await filing.visitor.submit(answering, fields)).html.querySelectorAll('.error-summary a').map(({ text }) => text)
    const [both = ''] = await wrong({ testo: 'Eccola.', documenti: [good, fileOf(Buffer.alloc(0), 'vuoto.pdf')] })
    expect(both)
      .to.include('«vuoto.pdf»')
      .and.to.match(/Poi scegli di nuovo anche gli altri file\.$/)
    const [long, again] = await wrong({ testo: 'e'.repeat(10_001), documenti: good })
    expect(long).to.include('Il testo può avere al massimo')
    expect(again, 'no file is kept').to.include('Scegli di nuovo i file')
    expect(await count('registerentries')).to.equal(entries)
    expect(await papers()).to.equal(before)
    expect((await filingOf(site.platform, filing.id)).state).to.equal('waiting-integration')
    const answer = async () => filing.visitor.submit(page, { testo: 'Eccola.', documenti: good })
    const eventsTakenIf = (validator: object) =>
      site.platform.connection.db?.command({ collMod: 'historyevents', validator })
    await eventsTakenIf({ type: 'none' })
    expect((await answer()).status, 'an answer that cannot be written').to.equal(500)
    expect(await papers()).to.equal(before)
    await eventsTakenIf({})
    await answer()
    const answered = (await documentsOf(site.platform, filing.id)).filter(({ kind }) => kind === 'integration')
    expect(answered, 'what the answer names is nobody’s stray').to.have.length(1)
    expect(answered[0]).not.to.have.property('orphan')
  })
})
