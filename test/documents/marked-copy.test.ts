import { create as createFont, type Font } from '@cantoo/fontkit'
import { decodePDFRawStream, degrees, PDFDict, PDFDocument, PDFName, type PDFRawStream } from '@cantoo/pdf-lib'
import { expect } from 'chai'
import { execFileSync } from 'node:child_process'
import { createHash } from 'node:crypto'
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import {
  buildReceipt,
  createMarking,
  type DocumentId,
  type Mark,
  type MarkedCopy,
  type StoredDocument,
} from '../../server/documents/index.ts'
import { createSigning, type Signing } from '../../server/signing/index.ts'
import { BASE, pdf, showing, signed, stream, update } from '../signing/pdf-maker.ts'
import { authority, rsa, sealKeyOf, signer as sealerOf } from '../signing/pki.ts'
import { JPEG_BYTES, makePdf } from './files.ts'
import { municipality, office, receiptModel } from './models.ts'
import { createSigner } from './openssl.ts'

const mark: Mark = {
  municipality,
  office,
  protocol: receiptModel.protocol,
  direction: 'in',
  verificationUrl: receiptModel.verificationUrl,
}

/** Objects that no reader shows, and that whoever reads a file from its beginning to its end takes for the newer ones. */
function withStray(whole: Buffer): Buffer {
  const [before = '', after = ''] = whole.toString('latin1').split(/(?=xref\n0 1\n)/)
  const stray = `4 0 obj\n${stream('', 'BT /F1 18 Tf 20 100 Td (Devo 900 euro) Tj ET')}\nendobj\n3 0 obj\n${BASE[3]!.replace('4 0 R', '4 0 R /Rotate 180')}\nendobj\n`
  return Buffer.from(
    before + stray + after.replace(/(?<=startxref\n)\d+/, String(before.length + stray.length)),
    'latin1',
  )
}

describe('the marked copy of a filed document', () => {
  const folder = mkdtempSync(join(tmpdir(), 'documents-'))
  const signer = createSigner()
  const seal = sealKeyOf(
    sealerOf({ key: rsa, subject: { country: 'IT', organization: municipality.name, commonName: municipality.name } }),
  )
  let signing: Signing
  before(() => {
    signing = createSigning({ trustAnchors: [authority.certificate], sealKeys: { of: () => seal } })
  })
  after(() => {
    signer.remove()
    rmSync(folder, { recursive: true })
  })

  async function markedCopy(bytes: Buffer, name: string, mediaType = 'application/pdf'): Promise<MarkedCopy> {
    const sha256 = createHash('sha256').update(bytes).digest('hex')
    const document: StoredDocument = {
      id: 'd1' as DocumentId,
      municipality: municipality.id,
      filing: 'f1',
      kind: 'attachment',
      name,
      mediaType,
      size: bytes.length,
      sha256,
      createdAt: mark.protocol.at,
      verification: await signing.verify(bytes, name),
    }
    return createMarking({ signing, bytes: async () => bytes })(document, mark)
  }

  /** Poppler's view of it: an implementation that is not ours. */
  function poppler(tool: string, bytes: Uint8Array, ...options: string[]): string {
    const file = join(folder, 'copy.pdf')
    writeFileSync(file, bytes)
    return execFileSync(tool, [...options, file, ...(tool === 'pdftotext' ? ['-'] : [])], { stdio: 'pipe' }).toString()
  }
  const validSignatures = (bytes: Uint8Array) => poppler('pdfsig', bytes).match(/Signature is Valid/g)?.length

  it('is the file itself with the mark as a visible seal', async () => {
    const original = await makePdf('Relazione')
    const { bytes, name, kind } = await markedCopy(original, 'relazione.pdf')
    expect({ name, kind }).to.deep.equal({ name: 'relazione-protocollato.pdf', kind: 'sealed' })
    expect(Buffer.from(bytes).subarray(0, original.length).equals(original)).to.equal(true)
    const text = poppler('pdftotext', bytes)
    for (const piece of [
      'Relazione',
      'Comune di Vallechiara',
      'Prot. n. 0001234/2026 del 02/03/2026, in entrata',
      mark.verificationUrl,
    ])
      expect(text).to.include(piece)
    expect(text).not.to.include('Bianchi')
    expect(validSignatures(bytes)).to.equal(1)
  })

  it('brings its face along, so that a PDF/A remains one (ISO 19005-2 §6.2.11.4)', async () => {
    const receipt = Buffer.from(await buildReceipt(receiptModel))
    const { bytes, kind } = await markedCopy(receipt, 'ricevuta.pdf')
    expect(kind).to.equal('sealed')
    const fonts = poppler('pdffonts', bytes).trim().split('\n').slice(2)
    expect(fonts.some((font) => font.includes('FIRMAA+'))).to.equal(true)
    expect(fonts.every((font) => /\byes (yes|no) +(yes|no) +\d+ +0$/.test(font))).to.equal(true)
  })

  it('lists the glyphs of its face, as PDF/A-1 asks (ISO 19005-1 §6.3.5)', async () => {
    const { bytes } = await markedCopy(await makePdf('Relazione'), 'relazione.pdf')
    const { context } = await PDFDocument.load(bytes)
    const ours = context
      .enumerateIndirectObjects()
      .flatMap(([, object]) => (object instanceof PDFDict && object.has(PDFName.of('FontFile2')) ? [object] : []))
    expect(ours).to.have.length(1)
    const read = (key: string) =>
      Buffer.from(decodePDFRawStream(ours[0]?.lookup(PDFName.of(key)) as PDFRawStream).decode())
    const [face, list] = [createFont(read('FontFile2')) as Font, read('CIDSet')]
    const glyphs = face.numGlyphs
    expect(glyphs).to.be.greaterThan(20)
    const bits = Array.from(list, (octet) => octet.toString(2).padStart(8, '0')).join('')
    expect(bits).to.equal('1'.repeat(glyphs).padEnd(bits.length, '0'))
    expect(bits.length - glyphs).to.be.within(0, 7)
  })

  it('says the name of what it copies in any writing', async () => {
    const names = {
      'заява Коваленко.pdf.p7m': 'заява Коваленко',
      'محمد علي.p7m': 'محمد علي',
      '申請書😀.p7m': '申請書😀',
    }
    for (const [name, words] of Object.entries(names)) {
      const { bytes, kind } = await markedCopy(signer.sign(await makePdf('Atto')), name, 'application/pkcs7-mime')
      expect(kind).to.equal('viewing-copy')
      expect(poppler('pdftotext', bytes).replaceAll(/[\u202a-\u202c]/g, ''), name).to.include(words)
      const fonts = poppler('pdffonts', bytes).trim().split('\n').slice(2)
      expect(fonts.filter((font) => font.includes('FIRMA'))).to.have.length.within(2, 3)
    }
  })

  it('is tagged in a tagged document, also in one that is signed (ISO 14289-1 §7.18.4)', async () => {
    const words = { reason: 'Firma', name: 'Mario Rossi' }
    const { bytes: sealed } = await signing.seal(await buildReceipt(receiptModel), words)
    const { bytes, kind } = await markedCopy(Buffer.from(sealed), 'ricevuta.pdf')
    expect(kind).to.equal('sealed')
    expect(validSignatures(bytes)).to.equal(2)
    expect(poppler('pdfinfo', bytes, '-struct')).to.match(/^ +Form.*\n +Object \d+ 0$/m)
  })

  it('leaves the signatures of others standing', async () => {
    const original = await signed(pdf(), { key: sealKeyOf(sealerOf()), also: showing(20), docMdp: 2 })
    const { bytes, kind } = await markedCopy(original, 'firmato.pdf')
    expect(kind).to.equal('sealed')
    expect(validSignatures(bytes)).to.equal(2)
    const { verdict, signatures } = await signing.verify(bytes, 'firmato.pdf', { revocation: false })
    expect(verdict).to.equal('TOTAL-PASSED')
    expect(signatures).to.have.length(2)
  })

  for (const turn of [0, 90, 180, 270]) {
    it(`stands at the foot of a page turned by ${turn}°, inside its crop`, async () => {
      const document = await PDFDocument.create()
      const page = document.addPage([700, 900])
      page.setCropBox(50, 60, 595, 800)
      page.setRotation(degrees(turn))
      page.drawText('Tavola', { x: 300, y: 400 })
      const { bytes } = await markedCopy(Buffer.from(await document.save()), 'tavola.pdf')
      const [width, height] = turn % 180 === 0 ? [595, 800] : [800, 595]
      const boxes = poppler('pdftotext', bytes, '-bbox', '-cropbox')
      const box = /xMin="([\d.-]+)" yMin="([\d.-]+)" xMax="([\d.-]+)" yMax="([\d.-]+)">Prot\.</.exec(boxes)
      const [left, top, right, bottom] = box!.slice(1).map(Number) as [number, number, number, number]
      expect(left).to.be.within(45, 80)
      expect(right - left, 'reads from left to right').to.be.greaterThan(bottom - top)
      expect(top).to.be.within(height - 60, height)
      expect(right).to.be.below(width)
    })
  }

  for (const [crop, where] of Object.entries({
    '-90 -80 900 1000': 'larger than its page',
    '2000 2000 2100 2100': 'off its page',
  })) {
    it(`stands on what is shown of a page whose crop is ${where}`, async () => {
      const document = await PDFDocument.create()
      const page = document.addPage([595, 842])
      const [left = 0, bottom = 0, right = 0, top = 0] = crop.split(' ').map(Number)
      page.setCropBox(left, bottom, right - left, top - bottom)
      page.drawText('Tavola', { x: 300, y: 400 })
      const { bytes } = await markedCopy(Buffer.from(await document.save()), 'tavola.pdf')
      const box = /xMin="([\d.-]+)" yMin="([\d.-]+)"[^>]*>Prot\.</.exec(poppler('pdftotext', bytes, '-bbox'))
      expect(Number(box?.[1])).to.be.within(45, 80)
      expect(Number(box?.[2])).to.be.within(842 - 60, 842)
    })
  }

  it('is the content of a p7m, said to be its copy, through every layer and dress', async () => {
    const original = await makePdf('Atto firmato')
    const once = signer.sign(original)
    const dresses = {
      'atto.pdf.p7m': once,
      'atto.pdf.p7m.p7m': signer.sign(once),
      'ber.pdf.p7m': signer.sign(original, '-stream'),
      'pem.pdf.p7m': signer.sign(original, '-outform', 'PEM'),
      'base64.pdf.p7m': Buffer.from(once.toString('base64').replaceAll(/(.{64})/g, '$1\r\n')),
      'smime.pdf.p7m': signer.sign(original, '-outform', 'SMIME'),
    }
    for (const [name, bytes] of Object.entries(dresses)) {
      const copy = await markedCopy(bytes, name, 'application/pkcs7-mime')
      expect(copy.kind, name).to.equal('viewing-copy')
      expect(Buffer.from(copy.bytes).subarray(0, original.length).equals(original), name).to.equal(true)
      expect(poppler('pdftotext', copy.bytes)).to.include(`Copia informatica del contenuto di ${name}`)
    }
  })

  describe('is a cover sheet, sealed, for', () => {
    const cases: Record<string, () => Promise<[bytes: Buffer, mediaType: string]>> = {
      'a PDF certified against any change': async () => [
        await signed(pdf(), { key: sealKeyOf(sealerOf()), also: showing(20), docMdp: 1 }),
        'application/pdf',
      ],
      'a PDF whose signature is broken': async () => {
        const whole = await signed(pdf(), { key: sealKeyOf(sealerOf()), also: showing(20) })
        return [update(whole, { 4: '<< /Length 0 >>\nstream\n\nendstream' }), 'application/pdf']
      },
      'a PDF with a second page of the same number, which its cross-reference does not name': async () => [
        withStray(pdf()),
        'application/pdf',
      ],
      'a p7m around something else': async () => [signer.sign(JPEG_BYTES), 'application/pkcs7-mime'],
      'a p7m that hides layers without end': async () => {
        let bytes = await makePdf()
        for (let layer = 0; layer < 6; layer += 1) bytes = signer.sign(bytes)
        return [bytes, 'application/pkcs7-mime']
      },
      'a mail in which one message is verified, and another found in its place': async () => {
        const base64 = async (text: string) => signer.sign(await makePdf(text)).toString('base64')
        const part = `Content-Type: application/pkcs7-mime\r\nContent-Transfer-Encoding: base64\r\n\r\n${await base64('Verificato')}`
        const mail = `Content-Type: multipart/mixed; boundary="x"\r\n\r\n${await base64('Altro')}\r\n--x\r\n${part}\r\n--x--\r\n`
        return [Buffer.from(mail), 'application/pkcs7-mime']
      },
      'a p7m cut short': async () => [signer.sign(await makePdf()).subarray(0, 900), 'application/pkcs7-mime'],
      'a picture': async () => [JPEG_BYTES, 'image/jpeg'],
    }
    for (const [what, make] of Object.entries(cases)) {
      it(what, async () => {
        const [bytes, mediaType] = await make()
        const copy = await markedCopy(bytes, 'allegato', mediaType)
        expect(copy.kind).to.equal('cover')
        const text = poppler('pdftotext', copy.bytes)
        expect(text).to.include('Frontespizio di protocollo').and.include('0001234/2026')
        expect(text.replaceAll('\n', '')).to.include(createHash('sha256').update(bytes).digest('hex'))
        expect(validSignatures(copy.bytes)).to.equal(1)
      })
    }
  })
})
