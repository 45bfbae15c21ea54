import { expect } from 'chai'
import { createHash, randomBytes } from 'node:crypto'
import { readFileSync } from 'node:fs'
import { PassThrough, Readable } from 'node:stream'
import { text } from 'node:stream/consumers'
import { createContentStore } from '../../server/documents/content-store.ts'
import { createInTransaction } from '../../server/shared/transaction-store.ts'
import {
  JPEG_BYTES,
  jpegWithPreview,
  largePdf,
  makeDocx,
  makeOdt,
  makePdf,
  makeZip,
  PNG_BYTES,
  TIFF_BYTES,
} from './files.ts'
import { at, DOCX, EVERYTHING, ODT, place, testReceiver } from './receiver.ts'

describe('receiving a document', () => {
  const room = testReceiver()
  const { receive, stored, signer } = room

  it('keeps the bytes as they came, with their SHA-256 and type', async () => {
    const pdf = await makePdf()
    const document = await receive(pdf, 'C:\\Scansioni\\relazione.pdf')
    expect(document).to.deep.include({ municipality: 'vallechiara', filing: 'f1', kind: 'attachment', createdAt: at })
    expect(document).to.include({ name: 'relazione.pdf', mediaType: 'application/pdf', size: pdf.length })
    expect(document.sha256).to.equal(createHash('sha256').update(pdf).digest('hex'))
    expect(await room.documents.bytes(document)).to.deep.equal(pdf)
    expect(await room.documents.find('vallechiara', document.id)).to.deep.equal(document)
  })

  it('takes every kind that offices accept', async () => {
    const pdf = await makePdf()
    const kinds: [Buffer, string, string][] = [
      [signer.sign(pdf), 'atto.pdf.p7m', 'application/pkcs7-mime'],
      [signer.sign(pdf, '-stream'), 'ber.pdf.p7m', 'application/pkcs7-mime'],
      [jpegWithPreview(), 'foto.jpg', 'image/jpeg'],
      [Buffer.concat([JPEG_BYTES, Buffer.alloc(100_000)]), 'telefono.jpg', 'image/jpeg'],
      [PNG_BYTES, 'p.png', 'image/png'],
      [TIFF_BYTES, 't.tif', 'image/tiff'],
      [Buffer.from('<a>è</a>\n'), 'd.xml', 'application/xml'],
      [Buffer.from('nota'), 'n.txt', 'text/plain'],
      [Buffer.from('a;b'), 't.csv', 'text/csv'],
      [Buffer.from('From: a@b.it\nDate: oggi\n\nx'), 'm.eml', 'message/rfc822'],
      [makeOdt(), 'd.odt', ODT],
      [makeDocx(), 'd.docx', DOCX],
      [makeZip([{ name: 'tavole/pianta.pdf', bytes: pdf }]), 'z.zip', 'application/zip'],
    ]
    for (const [bytes, name, mediaType] of kinds) expect(await receive(bytes, name), name).to.include({ mediaType })
  })

  it('has the signatures verified, and takes a file whose signature cannot be judged', async () => {
    const pdf = await makePdf()
    const { verification } = await receive(signer.sign(pdf), 'atto.pdf.p7m')
    expect(verification).to.deep.include({ verdict: 'INDETERMINATE' })
    expect(verification?.content?.sha256).to.equal(createHash('sha256').update(pdf).digest('hex'))
    expect(await receive(JPEG_BYTES, 'f.jpg')).not.to.have.property('verification')
  })

  it('has the signatures of a container verified too', async () => {
    const { verification } = await receive(readFileSync('test/signing/fixtures/dss-lta.asice'), 'atti.asice')
    expect(verification).to.include({ format: 'ASiC-E', verdict: 'INDETERMINATE' })
    const mimetype = { name: 'mimetype', bytes: 'application/vnd.etsi.asic-s+zip', stored: true }
    const unsigned = await receive(makeZip([mimetype, { name: 'a.txt', bytes: 'atto' }]), 'atto.asics')
    expect(unsigned.verification).to.include({ format: 'ASiC-S', verdict: 'not-signed' })
  })

  it('finds a record with its signature report unchanged', async () => {
    const document = await receive(signer.sign(await makePdf()), 'atto.pdf.p7m')
    expect(await room.documents.find('vallechiara', document.id)).to.deep.equal(document)
  })

  it('takes bytes in pieces of any length', async () => {
    const pdf = await makePdf()
    const drops = Readable.from([...pdf].map((byte) => Buffer.from([byte])))
    expect(await receive(drops, 'a.pdf')).to.include({ size: pdf.length })
  })

  it('keeps what is longer than a chunk of the store, and finds its chunks by an index', async () => {
    const pieces = [...largePdf(2_600_000)]
    const document = await receive(Readable.from(pieces), 'tavole.pdf', { maxBytes: 3_000_000 })
    const whole = Buffer.concat(pieces)
    expect(document.sha256).to.equal(createHash('sha256').update(whole).digest('hex'))
    expect((await room.documents.bytes(document)).equals(whole)).to.equal(true)
    const indexes = await room.database.connection.collection('documents.chunks').indexes()
    expect(indexes.map(({ key, unique }) => ({ key, unique }))).to.deep.include({
      key: { files_id: 1, n: 1 },
      unique: true,
    })
  })

  describe('keeps the same bytes once', () => {
    const files = async () => room.database.connection.collection('documents.files').countDocuments()

    it('for one municipality, until the last document that has them goes', async () => {
      const pdf = await makePdf('due volte')
      const before = await files()
      const [first, second] = [await receive(pdf, 'a.pdf'), await receive(pdf, 'b.pdf')]
      expect(await files()).to.equal(before + 1)
      await room.documents.remove(first)
      expect(await room.documents.bytes(second)).to.deep.equal(pdf)
      await room.documents.remove(second)
      expect(await files()).to.equal(before)
      expect(await room.documents.find('vallechiara', second.id)).to.equal(undefined)
    })

    it('when two arrive at the same instant', async () => {
      const pdf = await makePdf('insieme')
      const before = await stored()
      const both = await Promise.all([receive(pdf, 'a.pdf'), receive(pdf, 'b.pdf')])
      const [, contents] = await stored()
      expect(contents).to.equal(before[1]! + 1)
      await Promise.all(both.map((document) => room.documents.remove(document)))
      expect(await stored()).to.deep.equal(before)
    })

    it('when a document is removed twice at the same instant', async () => {
      const pdf = await makePdf('tolto due volte')
      const [first, second] = [await receive(pdf, 'a.pdf'), await receive(pdf, 'b.pdf')]
      await Promise.all([room.documents.remove(first), room.documents.remove(first)])
      expect(await room.documents.bytes(second)).to.deep.equal(pdf)
    })

    it('but never across municipalities', async () => {
      const pdf = await makePdf('altrove')
      const before = await files()
      await receive(pdf, 'a.pdf')
      await room.documents.receive(Readable.from([pdf]), {
        ...place,
        municipality: 'altrove',
        name: 'a.pdf',
        accept: EVERYTHING,
        maxBytes: 1e6,
      })
      expect(await files()).to.equal(before + 2)
    })
  })

  it('shows no document to another municipality', async () => {
    const { id } = await receive(await makePdf(), 'a.pdf')
    expect(await room.documents.find('altrove', id)).to.equal(undefined)
  })

  it('stores what we made in the transaction of the caller, or not at all', async () => {
    const inTransaction = createInTransaction(room.database.connection)
    const file = {
      ...place,
      filing: 'f2',
      kind: 'receipt',
      name: 'ricevuta.pdf',
      mediaType: 'application/pdf',
    } as const
    const before = await stored()
    const first = await room.documents.prepare(Buffer.from('%PDF-1.7 prima'), file)
    await inTransaction(async (tx) => {
      await room.documents.keep(first, tx)
      throw new Error('changed our mind')
    }).catch(() => undefined)
    expect(await stored()).to.deep.equal(before)
    const second = await room.documents.prepare(Buffer.from('%PDF-1.7 dopo'), file)
    await inTransaction((tx) => room.documents.keep(second, tx))
    const [receipt] = await room.documents.ofFiling('vallechiara', 'f2')
    expect((await room.documents.bytes(receipt!)).toString()).to.equal('%PDF-1.7 dopo')
    expect(await room.documents.bySha256('vallechiara', receipt!.sha256, ['receipt'])).to.deep.equal([receipt])
  })

  it('keeps the report that came with what we made, under the name that it has here', async () => {
    const [bytes, file] = [await makePdf(), { ...place, kind: 'letter', mediaType: 'application/pdf' } as const]
    const report = { ...(await room.signing.verify(bytes, '')), validatedAt: '2026-11-02T08:00:00.000Z' }
    const letter = await room.documents.store(bytes, { ...file, name: 'atto.pdf', report })
    expect(letter.verification).to.deep.equal({ ...report, file: 'atto.pdf' })
  })

  it('keeps what we made, of any length, once however often it is stored', async () => {
    const bytes = randomBytes(2_500_000)
    const file = { ...place, kind: 'attachment', name: 'atto.bin', mediaType: 'application/octet-stream' } as const
    const letter = await room.documents.store(bytes, file)
    const before = await stored()
    const again = await room.documents.store(bytes, file)
    expect(await room.documents.bytes(letter)).to.deep.equal(bytes)
    expect((await stored()).map((count, index) => count - (before[index] ?? 0))).to.deep.equal([1, 0, 0, 0, 0])
    await room.documents.remove(letter)
    expect((await room.documents.bytes(again)).equals(bytes)).to.equal(true)
  })

  it('gives up no bytes that a document has taken over, as when the answer to its commit was lost', async () => {
    const { connection } = room.database
    const contents = createContentStore(connection, () => new Date())
    const staged = await contents.stage(Readable.from([Buffer.from('lettera')]), 100)
    const key = { municipality: 'vallechiara', sha256: staged.sha256 }
    await createInTransaction(connection)((tx) => contents.keep(key, staged, tx))
    await contents.discard(staged.file)
    expect(await text(contents.open(key))).to.equal('lettera')
  })

  it('cleans what a crash left behind, and nothing else', async () => {
    const kept = await receive(await makePdf('resta'), 'a.pdf')
    const stuck = new PassThrough()
    const sent = Buffer.concat([await makePdf(), randomBytes(3_000_000)])
    stuck.write(sent)
    void receive(stuck, 'a.pdf', { maxBytes: 1e9 }).catch(() => undefined)
    const chunks = room.database.connection.collection('documents.chunks')
    const before = await chunks.countDocuments()
    // All that fill a chunk of 512 KB, so that none is on its way while we clean.
    const full = Math.floor(sent.length / (512 * 1024))
    while ((await chunks.countDocuments()) < before + full) await new Promise((wait) => setTimeout(wait, 10))
    expect(await room.documents.clean(new Date(Date.now() - 60_000))).to.equal(0)
    expect(await room.documents.clean(new Date(Date.now() + 60_000))).to.be.greaterThan(0)
    expect((await stored())[2]).to.equal(0)
    expect(await room.documents.bytes(kept)).to.have.length(kept.size)
    const owned = await room.database.connection.collection('contents').distinct('file')
    expect(await chunks.countDocuments({ files_id: { $nin: owned } })).to.equal(0)
    stuck.destroy()
  })
})
