import { expect } from 'chai'
import { randomBytes } from 'node:crypto'
import { Readable } from 'node:stream'
import { createDocuments } from '../../server/documents/index.ts'
import type { AppError } from '../../server/errors.ts'
import { objectIdentifier, sequenceOf } from '../../server/shared/asn1/der-writer.ts'
import {
  AMBIGUOUS_ZIPS,
  farFromBeginning,
  JPEG_BYTES,
  jpegWithPreview,
  makeDocx,
  makeOdt,
  makePdf,
  makeZip,
  PNG_BYTES,
  TIFF_BYTES,
} from './files.ts'
import { TSD } from '../../server/documents/media-type.ts'
import { BASE, pdf } from '../signing/pdf-maker.ts'
import { at, EVERYTHING, ODT, place, testReceiver } from './receiver.ts'

describe('receiving refuses, and leaves nothing behind,', () => {
  const room = testReceiver()
  const { receive, stored, signer } = room

  async function refused(bytes: Buffer | Readable, name: string, options = {}): Promise<AppError> {
    const before = await stored()
    const error: unknown = await receive(bytes, name, options).catch((e: unknown) => e)
    expect(error, name).to.have.property('name', 'AppError')
    expect(await stored(), 'left behind').to.deep.equal(before)
    expect((error as AppError).explanation).to.include(`«${name}»`)
    return error as AppError
  }

  it('an empty file', async () => {
    const error = await refused(Buffer.alloc(0), 'vuoto.pdf')
    expect(error).to.include({ code: 'INVALID_INPUT', status: 422 })
    expect(error.explanation).to.include('è vuoto')
  })

  it('a file that is too large, whatever it is', async () => {
    const error = await refused(Buffer.concat([await makePdf(), randomBytes(2_000_000)]), 'grande.pdf', {
      maxBytes: 1_500_000,
    })
    expect(error).to.include({ code: 'TOO_LARGE', status: 413 })
    expect(error.explanation).to.include('1,5 MB')
  })

  it('a type that is not admitted, naming the ones that are', async () => {
    const error = await refused(JPEG_BYTES, 'foto.jpg', { accept: ['application/pdf', 'application/pkcs7-mime'] })
    expect(error).to.include({ code: 'UNSUPPORTED_TYPE', status: 415 })
    expect(error.explanation).to.equal(
      'Il file «foto.jpg» è un’immagine JPEG, e qui non è ammesso. Qui puoi allegare: .pdf, .p7m.',
    )
  })

  it('a mislabelled file whose true type is not admitted, saying what it is', async () => {
    const { explanation } = await refused(JPEG_BYTES, 'atto.pdf', { accept: ['application/pdf'] })
    expect(explanation).to.include('ha un nome che finisce per .pdf ma è in realtà un’immagine JPEG')
  })

  it('what is a ZIP underneath, by the name that people know it by', async () => {
    const { explanation } = await refused(makeDocx(), 'relazione.docx', { accept: ['application/pdf'] })
    expect(explanation).to.include('è un testo Word DOCX, e qui non è ammesso')
    const mislabelled = await refused(makeDocx(), 'relazione.pdf', { accept: ['application/pdf'] })
    expect(mislabelled.explanation).to.include('è in realtà un archivio ZIP')
    const undeceived = await refused(makeZip([]), 'vuoto.docx', { accept: ['application/pdf', ODT] })
    expect(undeceived.explanation).to.include('ma è in realtà un archivio ZIP')
  })

  it('a program, under any name and in any list of admitted types', async () => {
    const accept = [...EVERYTHING, 'application/x-executable']
    expect((await refused(Buffer.from('MZ\u0090\0'), 'fattura.pdf', { accept })).explanation).to.include(
      'programma eseguibile',
    )
    await refused(Buffer.from('echo ciao'), 'leggimi.bat', { accept })
    const stamped = sequenceOf(objectIdentifier('1.2.840.113549.1.9.16.1.31'))
    expect((await refused(stamped, 'a.bat.tsd', { accept: [TSD] })).explanation).to.include('programmi eseguibili')
  })

  it('a PDF that starts or holds a program, and one that acts by itself where the procedure says so, in any envelope', async () => {
    const acting = (catalog: string) => pdf({ ...BASE, 1: `<< /Type /Catalog /Pages 2 0 R ${catalog} >>` })
    const launching = acting('/OpenAction << /S /Launch /F (calc.exe) >>')
    const scripted = acting('/OpenAction << /S /JavaScript /JS (app.alert) >>')
    expect((await refused(launching, 'modulo.pdf')).explanation).to.include('può avviare programmi')
    expect((await refused(signer.sign(launching), 'modulo.pdf.p7m')).explanation).to.include('può avviare programmi')
    const strict = { activeContent: 'refuse' } as const
    expect((await refused(scripted, 'modulo.pdf', strict)).explanation).to.include('agiscono da sole')
    expect((await refused(signer.sign(scripted), 'modulo.pdf.p7m', strict)).explanation).to.include('agiscono da sole')
    for (const other of [
      '/AcroForm << /Fields [] /XFA (x) >>',
      '/OpenAction << /S /SubmitForm /F (http://altrove.test) >>',
      '/OpenAction << /S /Rendition >>',
    ])
      expect((await refused(acting(other), 'modulo.pdf', strict)).explanation, other).to.include('agiscono da sole')
    expect((await receive(scripted, 'modulo.pdf')).verification?.warnings.join()).to.include('javascript:')
  })

  it('what it does not recognise', async () => {
    expect(await refused(Buffer.from([0, 1, 2, 3]), 'a.pdf')).to.include({ code: 'UNSUPPORTED_TYPE' })
  })

  const INCOMPLETE = 'è incompleto'
  const DAMAGED = 'è danneggiato'
  const PROTECTED = 'è protetto da password'
  const cases: [what: string, name: string, make: () => Buffer | Promise<Buffer>, sentence: string][] = [
    ['a PDF cut short', 'a.pdf', async () => (await makePdf()).subarray(0, -100), INCOMPLETE],
    [
      'a PDF whose references lead nowhere',
      'a.pdf',
      async () => Buffer.from((await makePdf()).toString('latin1').replace(/startxref\n\d+/, 'startxref\n7'), 'latin1'),
      DAMAGED,
    ],
    ['a PDF header with nothing behind it', 'a.pdf', () => Buffer.from('%PDF-1.7\nnulla\n%%EOF\n'), DAMAGED],
    ['a PDF that asks for a password', 'a.pdf', () => makePdf('x', { userPassword: 'segreta' }), PROTECTED],
    [
      'a PDF that forbids copying',
      'a.pdf',
      () => makePdf('x', { ownerPassword: 'segreta', permissions: { copying: false } }),
      PROTECTED,
    ],
    ['a JPEG cut short, though its preview is whole', 'f.jpg', () => jpegWithPreview().subarray(0, -2), INCOMPLETE],
    ['a PNG cut short', 'f.png', () => PNG_BYTES.subarray(0, -12), INCOMPLETE],
    ['a TIFF cut short', 'f.tif', () => TIFF_BYTES.subarray(0, -10), INCOMPLETE],
    ['an XML cut short', 'd.xml', () => Buffer.from('<a><b>'.repeat(3) + 'test'), INCOMPLETE],
    ['a p7m cut short', 'a.p7m', async () => signer.sign(await makePdf()).subarray(0, -1), INCOMPLETE],
    ['a BER p7m cut short', 'a.p7m', async () => signer.sign(await makePdf(), '-stream').subarray(0, -7), INCOMPLETE],
    [
      'a PEM p7m cut short',
      'a.p7m',
      async () => signer.sign(await makePdf(), '-outform', 'PEM').subarray(0, -50),
      INCOMPLETE,
    ],
    [
      'a p7m with rubbish inside',
      'a.p7m',
      () => Buffer.from('301406092a864886f70d010702a007040500000000000000', 'hex').subarray(0, 22),
      DAMAGED,
    ],
    ['a program in a p7m', 'a.pdf.p7m', () => signer.sign(Buffer.from('MZ\u0090\0')), 'programmi eseguibili'],
    [
      'a program in a p7m in a p7m in BER in base64',
      'a.pdf.p7m',
      () => Buffer.from(signer.sign(signer.sign(Buffer.from('MZ\u0090\0')), '-stream').toString('base64')),
      'programmi eseguibili',
    ],
    [
      'a program in a p7m, far from its beginning',
      'a.pdf.p7m',
      () => farFromBeginning(Buffer.from('MZ\u0090\0')),
      'programmi eseguibili',
    ],
    [
      'a script in a p7m, far from its beginning',
      'a.bat.p7m',
      () => farFromBeginning(Buffer.from('del *.*')),
      'programmi eseguibili',
    ],
    ['a script in a p7m', 'a.bat.p7m', () => signer.sign(Buffer.from('del *.*')), 'programmi eseguibili'],
    ['a ZIP cut short', 'z.zip', async () => makeZip([{ name: 'a.txt', bytes: 'x' }]).subarray(0, -5), DAMAGED],
    ['a ZIP with a password', 'z.zip', () => makeZip([{ name: 'a.txt', bytes: 'x', encrypted: true }]), PROTECTED],
    ['a ZIP in a ZIP', 'z.zip', () => makeZip([{ name: 'b.zip', bytes: makeZip([]) }]), 'altri archivi'],
    [
      'a ZIP with a program under a harmless name',
      'z.zip',
      () => makeZip([{ name: 'foto.jpg', bytes: 'MZ\u0090' }]),
      'programmi eseguibili',
    ],
    [
      'a ZIP with a program that calls itself a picture',
      'foto.jpg',
      () =>
        makeZip([
          { name: 'mimetype', bytes: 'image/jpeg', stored: true },
          { name: 'foto.exe', bytes: 'MZ\u0090' },
        ]),
      'programmi eseguibili',
    ],
    [
      'a container of signatures with a program in it',
      'z.asice',
      () =>
        makeZip([
          { name: 'mimetype', bytes: 'application/vnd.etsi.asic-e+zip', stored: true },
          { name: 'foto.jpg', bytes: 'MZ\u0090' },
        ]),
      'programmi eseguibili',
    ],
    [
      'a ZIP that would fill a disk',
      'z.zip',
      () => makeZip([{ name: 'a.txt', bytes: Buffer.alloc(60_000_000) }]),
      'troppo spazio',
    ],
    [
      'a ZIP with thousands of files',
      'z.zip',
      () => makeZip(Array.from({ length: 1001 }, (_, i) => ({ name: `${i}.txt`, bytes: '' }))),
      'troppi file',
    ],
    ...Object.entries(AMBIGUOUS_ZIPS).map(([what, make]): (typeof cases)[number] => [what, 'z.zip', make, DAMAGED]),
    ['a ZIP that climbs out of its folder', 'z.zip', () => makeZip([{ name: '../../a.txt', bytes: 'x' }]), DAMAGED],
    [
      'a Word file with macros',
      'd.docx',
      () => makeDocx('<Types><Override ContentType="application/vnd.ms-word.document.macroEnabled.main+xml"/></Types>'),
      'macro',
    ],
    [
      'a Word file with macros that it does not declare',
      'd.docx',
      () => makeDocx(undefined, { name: 'word/vbaProject.bin', bytes: 'x' }),
      'macro',
    ],
    ...(['utf16le', 'utf8'] as const).map((encoding): (typeof cases)[number] => [
      `a Word file that declares its macros in other letters: ${encoding}`,
      'd.docx',
      () => {
        const types =
          '\ufeff<Types><Override ContentType="application/vnd.ms-word.document.macro&#x45;nabled.main+xml"/></Types>'
        return makeDocx(Buffer.from(types, encoding))
      },
      'macro',
    ]),
    [
      'an ODT that is a Word file with macros',
      'd.odt',
      () => makeOdt(undefined, { name: '[Content_Types].xml', bytes: 'vbaProject' }, { name: 'x.bin', bytes: 'x' }),
      'macro',
    ],
    [
      'an ODT with macros',
      'd.odt',
      () => makeOdt(undefined, { name: 'Basic/Standard/Module1.xml', bytes: 'x' }),
      'macro',
    ],
    ['an ODT with a password', 'd.odt', () => makeOdt('<manifest:encryption-data/>'), PROTECTED],
  ]
  for (const [what, name, make, sentence] of cases) {
    it(what, async () => {
      const error = await refused(await make(), name)
      expect(error.code).to.equal('INVALID_INPUT')
      expect(error.explanation).to.include(sentence)
    })
  }

  /** Breaks when what came before was read, however slow the machine is. */
  async function* breaking(first: Buffer, code: string): AsyncGenerator<Buffer> {
    yield first
    throw Object.assign(new Error('The connection broke'), { code })
  }

  it('a stream that breaks', async () => {
    const error = await refused(Readable.from(breaking(await makePdf(), 'ECONNRESET')), 'a.pdf')
    expect(error.code).to.equal('BAD_REQUEST')
    expect(error.explanation).to.include('non è arrivato intero')
  })

  it('a stream that breaks in its first bytes', async () => {
    const stream = Readable.from(breaking(Buffer.from('%PDF'), 'ERR_STREAM_PREMATURE_CLOSE'))
    expect(await refused(stream, 'a.pdf')).to.include({ code: 'BAD_REQUEST' })
  })

  it('everything, when the database fails on the last write', async () => {
    const [first, second] = [await makePdf('uno'), await makePdf('due')]
    const taken = createDocuments({
      connection: room.database.connection,
      signing: room.signing,
      now: () => at,
      newId: () => 'always-the-same',
    })
    const upload = { ...place, name: 'a.pdf', accept: EVERYTHING, maxBytes: 1e6 }
    await taken.receive(Readable.from([first]), upload)
    const before = await stored()
    const error: unknown = await taken.receive(Readable.from([second]), upload).catch((e: unknown) => e)
    expect(error).to.have.property('code', 11000)
    expect(await stored()).to.deep.equal(before)
  })
})
