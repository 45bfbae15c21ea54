import { expect } from 'chai'
import { execFileSync } from 'node:child_process'
import { buildLetter, buildReceipt, type ReceiptModel } from '../../server/documents/index.ts'
import { drawPaper } from '../../server/documents/paper-drawing.ts'
import { qrCode } from '../../server/documents/qr-code.ts'
import { bareLetter, letterModel, receiptModel } from './models.ts'

/** Poppler's tools, an implementation that is not ours. */
const poppler = (tool: string, pdf: Uint8Array, ...options: string[]): string =>
  execFileSync(tool, [...options, '-', ...(tool === 'pdftotext' ? ['-'] : [])], { input: pdf }).toString()

/** What a screen reader is given, without line ends that layout made. */
const read = (pdf: Uint8Array): string => poppler('pdftotext', pdf).replaceAll(/\s+/g, ' ')

/** Whether the colour of the box is still there some points below the last line of the address. */
function standsInsideBox(pdf: Uint8Array): boolean {
  const pages = poppler('pdftotext', pdf, '-bbox').split('<page ').slice(1)
  const words = pages.map((page) => [...page.matchAll(/xMin="([\d.]+)".* yMax="([\d.]+)">([^<]+)</g)])
  const page = words.findIndex((all) => all.some(([, , , word = '']) => word.includes('/verifica/')))
  const [, x = '', y = ''] = words[page]?.find(([, , , word = '']) => word.includes('/verifica/')) ?? []
  const options = ['-r', '72', '-f', String(page + 1), '-l', String(page + 1), '-singlefile']
  const picture = execFileSync('pdftoppm', [...options, '-'], { input: pdf, maxBuffer: 1 << 24 })
  const width = Number(/^P6\s+(\d+)/.exec(picture.subarray(0, 20).toString())?.[1])
  const header = picture.indexOf('255\n') + 4
  const at = header + 3 * ((Math.round(Number(y)) + 4) * width + Math.round(Number(x)) + 5)
  return picture.subarray(at, at + 3).equals(Buffer.from('eff4f9', 'hex'))
}

describe('a receipt', () => {
  let pdf: Uint8Array
  before(async () => {
    pdf = await buildReceipt(receiptModel)
  })

  it('keeps the words beside its QR code in their box, with the second code too and with a long name', async () => {
    expect(standsInsideBox(pdf)).to.equal(true)
    const name = 'Comune di San Valentino in Abruzzo Citeriore e dei territori montani circostanti'
    const municipality = { ...receiptModel.municipality, name }
    const long = await buildReceipt({ ...receiptModel, municipality, secondCode: 'MR0Y-P1SS-HXRD' })
    expect(read(long)).to.include('Codice riservato MR0Y-P1SS-HXRD')
    expect(standsInsideBox(long)).to.equal(true)
  })

  it('says all that L. 241/1990 art. 8 and 18-bis want, in reading order', () => {
    const text = read(pdf)
    const pieces = [
      ...['Comune di Vallechiara', 'Ricevuta di presentazione', '0001234/2026', 'lunedì 2 marzo 2026, ore 10:15:32'],
      ...[
        'IPA c_z999, AOO A1B2C3D',
        '7Kq2mX9rT4aWc1LzPd0VhQ',
        'SCIA per l’apertura',
        'Paolo Bianchi, codice fiscale BNCPLA75M12L378Q',
      ],
      ...[
        'Erboristeria Il Sambuco',
        'professionista incaricato, procura approvata dal Comune',
        'SPID, livello 2 (Gestore di prova), il 02/03/2026 alle ore 09:58',
        'versione 3 del modulo',
      ],
      ...[
        'Sportello unico per le attività produttive',
        'Chiara Ferrari',
        'lunedì 4 maggio 2026',
        'Sessanta giorni dal giorno',
        'senza divieto',
      ],
      ...[
        'planimetria-firmata.pdf.p7m',
        '2,3 MB',
        'a3f1'.repeat(8),
        'Diritti di istruttoria',
        '50,00 €, IUV 01000000000012345',
        '01234567890123 del 01/03/2026',
      ],
      ...[
        'Tribunale amministrativo',
        'Marco Gentile, Segretario comunale',
        'rpd@comune.vallechiara.tn.it',
        'privacy/scia',
        'verifica/ Zr8uPq1sVt6wYx3nKj5mLa',
      ],
    ]
    let from = 0
    for (const piece of pieces) {
      const at = text.indexOf(piece, from)
      expect(at, `«${piece}» after «${text.slice(Math.max(0, from - 30), from)}»`).to.be.greaterThan(-1)
      from = at
    }
  })

  it('declares itself PDF/A-2a and PDF/UA-1, in Italian, under its title', () => {
    const source = Buffer.from(pdf).toString('latin1')
    for (const piece of [
      '<pdfaid:part>2</pdfaid:part>',
      '<pdfaid:conformance>A</pdfaid:conformance>',
      '<pdfuaid:part>1</pdfuaid:part>',
      '/DisplayDocTitle true',
      '/Lang (it-IT)',
      '/GTS_PDFA1',
    ]) {
      expect(source).to.include(piece)
    }
    const info = poppler('pdfinfo', pdf)
    expect(info).to.match(/Tagged: +yes/)
    expect(info).to.match(/Title: +Ricevuta di presentazione, protocollo 0001234\/2026/)
  })

  it('is tagged: one title, headings, heads of rows and columns, lists, a described code', () => {
    const structure = poppler('pdfinfo', pdf, '-struct')
    const count = (tag: RegExp) => structure.match(tag)?.length ?? 0
    expect(count(/^ +H1/gm)).to.equal(1)
    expect(count(/^ +H2/gm)).to.equal(7)
    expect(count(/^ +Table/gm)).to.equal(6)
    expect(count(/\/Scope \/Column/g)).to.equal(3)
    expect(count(/\/Scope \/Row/g)).to.equal(19)
    expect(count(/^ +LBody/gm)).to.equal(3)
    expect(count(/^ +Figure "|^ +Figure/gm)).to.equal(1)
    expect(Buffer.from(pdf).toString('latin1')).to.include('/Alt (')
  })

  it('embeds every font that it uses', () => {
    const fonts = poppler('pdffonts', pdf).trim().split('\n').slice(2)
    expect(fonts, 'its own three, and two for a name of a file').to.have.length(5)
    for (const font of fonts) expect(font).to.match(/ yes yes yes /)
  })

  it('is the same file each time, so that a job that runs twice makes nothing new', async () => {
    expect(Buffer.from(await buildReceipt(receiptModel)).equals(pdf)).to.equal(true)
  })

  it('carries names of files with any characters, each drawn by something', async () => {
    const documents = [{ name: 'sof\u00adt\t測😀ğȘ.pdf', size: 1, sha256: '0'.repeat(64) }]
    expect(read(await buildReceipt({ ...receiptModel, documents }))).to.include('soft 測😀ğȘ.pdf')
  })

  it('repeats the head of a long table on every page, once for assistive technology', async () => {
    const documents = Array.from({ length: 120 }, (_, i) => ({
      name: `tavola ${i}.pdf`,
      size: 1,
      sha256: 'f'.repeat(64),
    }))
    const long = await buildReceipt({ ...receiptModel, documents })
    const pages = Number(/Pages: +(\d+)/.exec(poppler('pdfinfo', long))?.[1])
    expect(pages).to.be.greaterThan(4)
    expect(read(long).match(/Impronta SHA-256/g)).to.have.length(pages - 1)
    expect(poppler('pdfinfo', long, '-struct').match(/\/Scope \/Column/g)).to.have.length(3)
    const text = read(long)
    for (let page = 1; page <= pages; page += 1) expect(text).to.include(`pagina ${page} di ${pages}`)
  })

  it('leaves out what is not there', async () => {
    const none = { payments: [], stampDuty: [], documents: [], principal: null, capacity: null, term: null }
    const bare: ReceiptModel = { ...receiptModel, ...none }
    const text = read(await buildReceipt(bare))
    for (const absent of [
      'Per conto di',
      'In qualità di',
      'Quando avrai risposta',
      'Documenti ricevuti',
      'Somme pagate',
      'undefined',
      'null',
    ]) {
      expect(text).not.to.include(absent)
    }
  })
})

describe('a letter', () => {
  it('has reference, addressee, subject, reasons, remedies and signature in their order', async () => {
    const text = read(await buildLetter(letterModel))
    const pieces = [
      ...[
        'venerdì 20 marzo 2026',
        'n. 0002001/2026',
        'n. 0001234/2026 del 02/03/2026',
        'A Paolo Bianchi',
        'Oggetto: Richiesta di integrazione',
      ],
      ...[
        'Gentile Paolo',
        'Motivazione',
        'superfici di vendita',
        'Come puoi opporti',
        'entro 60 giorni',
        'Allegati',
        'La responsabile del procedimento Chiara Ferrari',
      ],
    ]
    let from = 0
    for (const piece of pieces) {
      const at = text.indexOf(piece, from)
      expect(at, piece).to.be.greaterThan(-1)
      from = at
    }
  })

  it('goes over as many pages as its text needs, and stays tagged', async () => {
    const paragraphs = Array.from(
      { length: 60 },
      (_, i) => `Punto ${i}. ${'Il termine decorre dal giorno della presentazione. '.repeat(6)}`,
    )
    const long = await buildLetter({ ...letterModel, paragraphs })
    const text = read(long)
    for (let i = 0; i < 60; i += 1) expect(text).to.include(`Punto ${i}.`)
    expect(Number(/Pages: +(\d+)/.exec(poppler('pdfinfo', long))?.[1])).to.be.greaterThan(3)
    expect(poppler('pdfinfo', long, '-struct').match(/^ +P /gm)?.length).to.be.greaterThan(60)
  })

  it('says what was written also in signs that its face lacks, and never the contrary', async () => {
    const written =
      'da 10\u2011A a 12‐B, superficie ≥ 30 m² e ≤ 250 m², importo ≠ 0, ≯ 5, art. 1 → 2, ☑ sì ☐ no, ● Nguyễn Ə'
    const text = read(await buildLetter({ ...bareLetter, paragraphs: [written] }))
    expect(text).to.include(
      'da 10-A a 12-B, superficie ≥ 30 m² e ≤ 250 m², importo ≠ 0, ≯ 5, art. 1 → 2, ☑ sì ☐ no, ● Nguyễn Ə',
    )
  })

  it('has no page with the signature alone', async () => {
    for (let lines = 20; lines < 45; lines += 1) {
      const paragraphs = [Array.from({ length: lines }, (_, i) => `Riga ${i}`).join('\n'), 'Ultime parole.']
      const drawn = await buildLetter({ ...bareLetter, attachments: [], remedies: [], reasons: [], paragraphs })
      const signed = poppler('pdftotext', drawn)
        .split('\f')
        .find((page) => page.includes('sigillato elettronicamente'))
      expect(signed, `${lines} lines`).to.include('Ultime parole.')
    }
  })

  it('breaks a text that has no place to be broken', async () => {
    const paragraphs = ['a\u00a0'.repeat(20_000), 'W'.repeat(10_000)]
    const drawn = read(await buildLetter({ ...bareLetter, paragraphs })).replaceAll(/\s/g, '')
    expect([...drawn.matchAll(/W/g)]).to.have.length.above(9_999)
  })

  it('has no heading for what it does not have', async () => {
    const text = read(await buildLetter({ ...bareLetter, reasons: [], remedies: [], attachments: [] }))
    for (const absent of ['Motivazione', 'Come puoi opporti', 'Allegati', 'inquadra il codice'])
      expect(text).not.to.include(absent)
  })
})

describe('papers that one thread draws one after the other', () => {
  const paperWith = (url: string) =>
    drawPaper({
      title: 'Prova',
      author: 'Comune',
      issuedAt: new Date('2026-03-02T09:00:00Z'),
      footer: 'Prova',
      letterhead: { name: 'Comune', office: 'Ufficio', lines: [] },
      parts: [
        { kind: 'title', text: 'Prova' },
        { kind: 'check', url, lines: [] },
      ],
    })

  it('say each its own words: also those whose letters were only parts of others before', async () => {
    // In the first the points of the colon are drawn, and no point by itself.
    await paperWith('http://localhost:3000/verifica/x')
    const url = 'https://sportello.comune.example/verifica/x'
    expect(read(await paperWith(url))).to.include(url)
  })
})

describe('the QR code', () => {
  it('is a square with its three finders, small enough for print (version ≤ 10)', () => {
    const modules = qrCode('https://sportello.comune.vallechiara.tn.it/verifica/Zr8uPq1sVt6wYx3nKj5mLa')
    const size = modules.length
    expect(size).to.be.at.most(57)
    expect(modules.every((row) => row.length === size)).to.equal(true)
    const finder = (x: number, y: number) =>
      modules.slice(y, y + 7).map((row) =>
        row
          .slice(x, x + 7)
          .map((dark) => (dark ? '#' : '.'))
          .join(''),
      )
    const expected = ['#######', '#.....#', '#.###.#', '#.###.#', '#.###.#', '#.....#', '#######']
    for (const [x, y] of [
      [0, 0],
      [size - 7, 0],
      [0, size - 7],
    ] as const)
      expect(finder(x, y)).to.deep.equal(expected)
  })
})
