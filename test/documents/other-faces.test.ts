import { expect } from 'chai'
import { execFileSync } from 'node:child_process'
import { buildLetter, buildReceipt } from '../../server/documents/index.ts'
import { drawPaper } from '../../server/documents/paper-drawing.ts'
import { bareLetter, receiptModel } from './models.ts'

const poppler = (tool: string, pdf: Uint8Array, ...options: string[]): string =>
  execFileSync(tool, [...options, '-', ...(tool === 'pdftotext' ? ['-'] : [])], { input: pdf }).toString()

/** Poppler sets what is read from the right between marks of its own. */
const read = (pdf: Uint8Array): string =>
  poppler('pdftotext', pdf)
    .replaceAll(/[\u202a-\u202e]/g, '')
    .replaceAll(/\s+/g, ' ')

const fontsOf = (pdf: Uint8Array): string[] => poppler('pdffonts', pdf).trim().split('\n').slice(2)

const letter = (...paragraphs: string[]): Promise<Uint8Array> => buildLetter({ ...bareLetter, paragraphs })

/** Poppler lists the characters of a word as they stand on the page. */
const leftOf = (pdf: Uint8Array, word: string): number =>
  Number(new RegExp(`xMin="([\\d.]+)"[^>]*>${word}<`).exec(poppler('pdftotext', pdf, '-bbox'))?.[1])

describe('a document of ours about people and things of any writing', () => {
  const words = {
    Ukrainian: 'Андрій Ґалаґан',
    Greek: 'Νίκος Παπαδόπουλος',
    Vietnamese: 'Nguyễn Thị Hương',
    Georgian: 'გიორგი',
    Armenian: 'Հայկ',
    Chinese: '王小明',
    Korean: '김민수',
    Amharic: 'አማርኛ',
    Bengali: 'হিন্দি বাংলাদেশ',
    Hindi: 'हिन्दी',
    Arabic: 'محمد بن حسن',
    Hebrew: 'שלום עולם',
    emoji: '🚧 👍🏽 😂',
    signs: '≯ ✓ ☑ → ‰',
  }

  for (const [language, text] of Object.entries(words)) {
    it(`keeps what is ${language}`, async () => {
      const pdf = await letter(`Il testo «${text}» è qui`)
      expect(read(pdf)).to.include(text)
      for (const font of fontsOf(pdf)) expect(font, 'embedded, in part, with its characters').to.match(/ yes yes yes /)
      expect(pdf.length).to.be.below((await letter('Il testo è qui')).length + 40_000)
    })
  }

  it('brings another face along only if it needs it', async () => {
    const usual = { ...receiptModel, documents: receiptModel.documents.slice(0, 1) }
    expect(fontsOf(await buildReceipt(usual))).to.have.length(3)
    expect(fontsOf(await letter('Perché l’età è «così»: 30 m² — 5 €…'))).to.have.length(2)
    expect(fontsOf(await letter('Андрій')).join())
      .to.include('DejaVuSans')
      .and.not.to.include('Unifont')
    expect(fontsOf(await letter('王')).join())
      .to.include('Unifont')
      .and.not.to.include('DejaVu')
  })

  it('sets from the right what is read from the right, beside what is read from the left', async () => {
    const pdf = await letter('Il signor محمد حسن di Roma')
    // To which side a blank between the two belongs, each program decides by itself.
    expect(read(pdf)).to.match(/Il signor +محمد حسن *di Roma/)
    const [signor, first, second, city] = ['signor', 'دمحم', 'نسح', 'Roma'].map((word) => leftOf(pdf, word))
    expect([signor, second, first, city], 'from left to right').to.deep.equal(
      [signor, second, first, city].toSorted((a = NaN, b = NaN) => a - b),
    )
  })

  it('mirrors brackets where one reads from the right, and says those that were written', async () => {
    expect(read(await letter('שלום (עולם) שלום'))).to.include('שלום (עולם) שלום')
  })

  it('lets no sign turn the order in which a name is read', async () => {
    expect(read(await letter('fattura\u202Efdp.exe'))).to.include('fatturafdp.exe')
  })

  it('names by its code point what no face has, or nothing may show', async () => {
    const text = read(await letter('a \u{20000} b \u0007 c \ue000 d \ud800 e'))
    expect(text).to.include('a [U+20000] b [U+0007] c [U+E000] d [U+D800] e')
  })

  it('breaks long words of other writings between their characters, in the column', async () => {
    const signs = { 漢: 800, Ж: 700, '\u{10330}': 400, '🇮🇹': 200 }
    const pdf = await letter(...Object.entries(signs).map(([sign, times]) => sign.repeat(times)))
    const text = read(pdf)
    for (const [sign, times] of Object.entries(signs)) expect(text.split(sign), sign).to.have.length(times + 1)
    const sides = [...poppler('pdftotext', pdf, '-bbox').matchAll(/xMax="([\d.]+)"/g)].map(([, side]) => Number(side))
    expect(Math.max(...sides)).to.be.below(595 - 55)
  })

  it('is the same file whatever the thread drew before', async () => {
    const paper = (text: string) =>
      drawPaper({
        title: 'Prova',
        author: 'Comune',
        issuedAt: new Date('2026-03-02T09:00:00Z'),
        footer: 'Prova',
        letterhead: { name: 'Comune', office: 'Ufficio', lines: [] },
        parts: [{ kind: 'text', text }],
      })
    const first = await paper('بيت Андрій 王')
    await paper('ببب Йй 明')
    expect(Buffer.from(await paper('بيت Андрій 王')).equals(first)).to.equal(true)
  })

  it('measures what it writes: a receipt with names of other writings keeps its rows apart', async () => {
    const documents = Array.from({ length: 12 }, (_, i) => ({
      name: `заява про оформлення посвідки на проживання ${i} محمد علي 王小明.pdf`,
      size: 1,
      sha256: '0'.repeat(64),
    }))
    const text = read(await buildReceipt({ ...receiptModel, documents }))
    for (let i = 0; i < 12; i += 1) expect(text.replaceAll(' ', '')).to.include(`проживання${i}`)
  })
})
