import { expect } from 'chai'
import { deflateSync } from 'node:zlib'
import { LimitExceeded } from '../../server/shared/thread-pool.ts'
import { newestReadable } from '../../server/pdf/index.ts'
import { memorySource, type Source } from '../../server/shared/source.ts'
import { openForUpdate } from '../../server/signing/pdf-update.ts'
import { prepareSeal } from '../../server/signing/seal.ts'
import { signingPool } from '../../server/signing/signing-pool.ts'
import { BASE, pdf, stream } from './pdf-maker.ts'
import { check } from './pki.ts'
import { zip } from './zip-maker.ts'

const many = (count: number, unit: string): string => unit.repeat(count)

/** Element of BER with a length of four octets. */
const der = (tag: number, body: Buffer): Buffer => {
  const header = Buffer.from([tag, 0x84, 0, 0, 0, 0])
  header.writeUInt32BE(body.length, 2)
  return Buffer.concat([header, body])
}
const hex = (text: string) => Buffer.from(text.replaceAll(' ', ''), 'hex')

/** A cross-reference of fifteen million rows, in three hundred bytes. */
function packedTwice(): Buffer {
  const rows = deflateSync(deflateSync(Buffer.alloc(60_000_000))).toString('latin1')
  const dictionary = `/Type /XRef /Size 99999999 /W [1 2 1] /Root 1 0 R /Filter [/FlateDecode /FlateDecode] /Length ${rows.length}`
  const head = '%PDF-1.5\n1 0 obj\n<< /Type /Catalog /Pages 2 0 R >>\nendobj\n'
  const section = `5 0 obj\n<< ${dictionary} >>\nstream\n${rows}\nendstream\nendobj\n`
  return Buffer.from(`${head}${section}startxref\n${head.length}\n%%EOF\n`, 'latin1')
}

/** Files of millions of small things: each in as few bytes as its format takes. */
const BOMBS: Record<string, () => readonly [bytes: Buffer, name: string, said: string]> = {
  'a PDF list': () => [pdf({ ...BASE, 3: `<< /Annots [${many(1_100_000, '1 ')}] >>` }), 'a.pdf', 'broken:'],
  'a PDF list in a list': () => [pdf({ ...BASE, 3: `<< /Annots [[${many(1_100_000, '1 ')}]] >>` }), 'a.pdf', 'broken:'],
  'a PDF dictionary': () => [
    pdf({ ...BASE, 3: `<< ${Array.from({ length: 110_000 }, (_, at) => `/${at} 1`).join(' ')} >>` }),
    'a.pdf',
    'broken:',
  ],
  'a CMS message': () => {
    const certificates = der(0xa0, Buffer.alloc(2_200_000, hex('3000')))
    const data = [hex('020101 3100 300b 06092a864886f70d010701'), certificates, hex('3100')]
    return [
      der(0x30, Buffer.concat([hex('06092a864886f70d010702'), der(0xa0, der(0x30, Buffer.concat(data)))])),
      'a.p7m',
      'Too many elements',
    ]
  },
  'the pieces of what a CMS message holds': () => {
    const octets = der(0xa0, der(0x24, Buffer.alloc(750_003, hex('040120'))))
    const content = der(0x30, Buffer.concat([hex('06092a864886f70d010701'), octets]))
    const signedData = der(0x30, Buffer.concat([hex('020101 3100'), content, hex('3100')]))
    return [
      der(0x30, Buffer.concat([hex('06092a864886f70d010702'), der(0xa0, signedData)])),
      'a.p7m',
      'too many pieces',
    ]
  },
  'a PDF cross-reference': () => [packedTwice(), 'a.pdf', 'broken:'],
  'the name of a file in a ZIP': () => {
    const names = Array.from({ length: 300 }, (_, at) => `META-INF/${many(6_500, 'signatures')}${at}`)
    return [zip(Object.fromEntries(names.map((name) => [name, Buffer.from('x')]))), 'a.asice', '']
  },
  'the elements of an XML': () => [
    Buffer.from(`<a xmlns:ds="http://www.w3.org/2000/09/xmldsig#"><ds:Signature/>${many(1_000_001, '<b/>')}</a>`),
    'a.xml',
    'too many elements',
  ],
  'the attributes of an XML': () => [
    Buffer.from(
      `<a xmlns:ds="http://www.w3.org/2000/09/xmldsig#"><ds:Signature/>${many(100_001, '<b a="" b="" c="" d="" e=""/>')}</a>`,
    ),
    'a.xml',
    'too many elements',
  ],
  'the namespaces of an XML': () => [
    Buffer.from(
      `<a xmlns:ds="http://www.w3.org/2000/09/xmldsig#"><ds:Signature/>${Array.from({ length: 10_000 }, (_, at) => `<b xmlns:n${at}="u">`).join('')}${many(10_000, '</b>')}</a>`,
    ),
    'a.xml',
    'too many namespaces',
  ],
}

const packed = (count: number): string => {
  const numbers = Array.from({ length: count }, (_, at) => `${at + 100} 0`).join(' ')
  const data = deflateSync(Buffer.from(`${numbers} null `)).toString('latin1')
  return stream(`/Type /ObjStm /N ${count} /First ${numbers.length + 1} /Filter /FlateDecode`, data)
}

/** Texts before the cross-reference that cost more than 20 000 millionths of a second. */
const TOO_MUCH: Record<string, string> = {
  objects: Array.from({ length: 2_000 }, (_, at) => `${at + 100} 0 obj 1 endobj `).join(''),
  'objects of one number': many(2_000, '99 0 obj 1 endobj '),
  'objects in an object stream': `99 0 obj ${packed(2_000)} endobj `,
  'values of one list': `99 0 obj [${many(11_000, '1 ')}] endobj `,
  'names of one dictionary': `99 0 obj <<${Array.from({ length: 4_000 }, (_, at) => `/N${at} 1`).join('')}>> endobj `,
  'letters between objects': many(3_000, 'a'),
  'objects without an end': many(30, '99 0 obj << '),
}

describe('bombs of small things', () => {
  it('an object stream that nothing needs is not expanded to append to its file', async () => {
    const objects = deflateSync(Buffer.alloc(70_000_000)).toString('latin1')
    const hidden = stream('/Type /ObjStm /N 1 /First 4 /Filter /FlateDecode', objects)
    const words = { at: new Date(), field: 'Sigillo', reason: 'Prova', name: 'Prova', location: 'Prova' }
    const facts = { words, chain: [] }
    expect(await prepareSeal(pdf({ ...BASE, 9: hidden }), facts)).to.deep.equal({
      refused: 'The PDF cannot be extended: A stream expands beyond any structure',
    })
    expect(await prepareSeal(pdf(), facts), 'the next file').to.have.property('signatures', 0)
  })

  for (const [what, text] of Object.entries(TOO_MUCH))
    it(`${what} that nothing needs are not all read to append to their file`, async () => {
      const plain = pdf()
      const opened = (middle: string) =>
        openForUpdate(Buffer.from(plain.toString('latin1').replace(/xref/, `${middle}xref`), 'latin1'), 20_000)
      expect((await opened('')).getPageCount()).to.equal(1)
      const failure: unknown = await opened(text).catch((error: unknown) => error)
      expect(failure).to.be.an('error').with.property('message', 'There is too much to read')
    })

  it('a long cross-reference that sixty ends of a file name is not read at each of them', () => {
    const head = '%PDF-1.7\n1 0 obj\n1\nendobj\n'
    const table = `xref\n0 400000\n${many(400_000, '0000000009 00000 n \n')}trailer\n<< /Size 3 /Root 1 0 R >>\n`
    const file = memorySource(Buffer.from(`${head}${table}${many(60, `startxref\n${head.length}\n%%EOF\n`)}`))
    let bytes = 0
    const read: Source['read'] = (offset, length, ...room) => {
      bytes += length
      return file.read(offset, length, ...room)
    }
    expect(newestReadable({ ...file, read })).to.equal(null)
    expect(bytes).to.be.below(10 * table.length)
  })

  for (const [name, made] of Object.entries(BOMBS))
    it(`${name} is given up before it fills the memory`, () => {
      const [bytes, file, said] = made()
      const report = check(bytes, file)
      expect(report.verdict).to.be.oneOf(['unreadable', 'not-signed'])
      expect([...report.errors, ...report.warnings].join()).to.include(said)
    })

  it('what fills it all the same ends its thread, and nothing else', async () => {
    const pool = signingPool({ threads: 1, time: 60_000, memory: 16 })
    const trust = { at: Date.now(), anchors: [], intermediates: [], evidence: null, registeredAt: null }
    const task = (content: Buffer) => pool.verify({ content, name: 'a.pdf', detached: null, trust })
    const error = await task(pdf({ ...BASE, 3: `<< /Annots [${many(400_000, '<<>> ')}] >>` })).catch(
      (failure: unknown) => failure,
    )
    expect(error).to.be.instanceOf(LimitExceeded)
    expect((await task(pdf())).verification.verdict).to.equal('not-signed')
  })
})
