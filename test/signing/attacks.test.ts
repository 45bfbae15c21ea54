import { expect } from 'chai'
import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { readCertificateFile } from '../../server/certificates/certificate-files.ts'
import { BASE, lastXref, stream, update } from './pdf-maker.ts'
import { p7m } from './openssl.ts'
import { check, result, signer } from './pki.ts'

const read = (name: string): Buffer => readFileSync(join('test', 'signing', 'fixtures', name))
const evil = stream('', 'BT /F1 18 Tf 20 100 Td (Devo 900 euro) Tj ET')

/** A signed file and its authority. */
const PRODUCERS: Record<string, readonly [file: string, authority: string]> = {
  pyHanko: ['pyhanko-b.pdf', 'pyhanko-ca.pem'],
  'pyHanko, with a time stamp': ['pyhanko-t.pdf', 'pyhanko-ca.pem'],
  'EU DSS over PDFBox': ['pdfbox/p0.pdf', 'bouncycastle/ca.pem'],
  endesive: ['endesive-t.pdf', 'python-ca.pem'],
}

type File = Readonly<{
  bytes: Buffer
  range: readonly [number, number, number, number]
  page: number
  signature: number
}>

/** Where the signature and the content of the first page are. */
function opened(name: string): File {
  const bytes = read(name)
  const text = bytes.toString('latin1')
  const range = /\/ByteRange *\[(\d+) (\d+) (\d+) (\d+)\]/.exec(text)!.slice(1).map(Number)
  return {
    bytes,
    range: range as unknown as File['range'],
    page: Number(/\/Contents (\d+) 0 R/.exec(text)?.[1]),
    signature: Number(/\/V (\d+) 0 R/.exec(text)?.[1]),
  }
}

/** The same length, so that all else stays where it is. */
function replaced(bytes: Buffer, what: RegExp, by: (found: string) => string): Buffer {
  const text = bytes.toString('latin1')
  expect(text).to.match(what)
  return Buffer.from(
    text.replace(what, (found) => by(found).padEnd(found.length).slice(0, found.length)),
    'latin1',
  )
}

const RANGE = /\/ByteRange *\[[^\]]*\] */
const CONTENTS = /\/Contents *<[0-9A-Fa-f]*>/
const ranged = (numbers: string) => (file: File) => replaced(file.bytes, RANGE, () => `/ByteRange ${numbers}`)
const holding = (contents: string) => (file: File) => replaced(file.bytes, CONTENTS, () => `/Contents ${contents}`)

/** Where the first revision ends. */
const firstEnd = (bytes: Buffer): number => bytes.indexOf('%%EOF') + 5

/** A later cross-reference says that the object is free. */
function freed(bytes: Buffer, number: number): Buffer {
  const size = /\/Size (\d+)/.exec(bytes.toString('latin1').slice(firstEnd(bytes)))?.[1]
  const trailer = `trailer\n<< /Size ${size} /Root 1 0 R /Prev ${lastXref(bytes)} >>\nstartxref\n${bytes.length}\n%%EOF\n`
  return Buffer.concat([bytes, Buffer.from(`xref\n${number} 1\n0000000000 00001 f \n${trailer}`)])
}

/**
 * The second part of the byte range makes room for the end of the signature's dictionary, a cross-reference where the signed `startxref`
 * looks for it, and another text: a reader opens a sound file, of which both parts are as they were signed.
 */
function wrapped({ bytes, range: [, before, resume, after], page }: File): Buffer {
  const xref = lastXref(bytes)
  const text = bytes.toString('latin1')
  const objects = [...text.matchAll(/(?<=\n)(\d+) 0 obj/g)].filter(({ index }) => index > firstEnd(bytes))
  const entry = (number: string | number, at: number) => `${number} 1\n${String(at).padStart(10, '0')} 00000 n \n`
  const trailer = `trailer\n<< /Size 99 /Root 1 0 R /Prev ${/\/Prev (\d+)/.exec(text.slice(resume))?.[1]} >>\n`
  const object = `${page} 0 obj\n${evil}\nendobj\n`
  const gap = (length: number): string => {
    const range = `/ByteRange [0 ${before} ${resume + length} ${after}]`
    const rest = `${range} /Type /Sig /Filter /Adobe.PPKLite /SubFilter /ETSI.CAdES.detached >>\nendobj\n`
    const moved = objects.map(({ 1: number, index }) => entry(number!, index < before ? index : index + length))
    const start = resume + length - object.length
    return `${rest.padEnd(xref - resume)}xref\n${moved.join('')}${entry(page, start)}${trailer}${object}`
  }
  const injected = gap(gap(9_999).length)
  return Buffer.concat([bytes.subarray(0, resume), Buffer.from(injected, 'latin1'), bytes.subarray(resume)])
}

/** A PDF header in one of a mail's headers, the signed file in base64, which ends with `=`, and a whole other file. */
const mailed = (signed: Buffer): Buffer =>
  update(
    Buffer.from(
      `Content-Type: application/pdf\r\nContent-Transfer-Encoding: base64\r\nSubject: %PDF-1.7\r\n\r\n${signed.toString('base64').replace(/=*$/, '===')}\r\n`,
    ),
    { ...BASE, 4: evil },
    { first: true },
  )

/** The attacks of signatures-and-pdf.md §11 that need nothing but the signed file. */
const ATTACKS: Record<string, (file: File) => Buffer> = {
  'incremental saving: body, cross-reference and trailer': ({ bytes, page }) => update(bytes, { [page]: evil }),
  'incremental saving: body alone': ({ bytes, page }) => update(bytes, { [page]: evil }, { xref: false, end: false }),
  'incremental saving: body and the old startxref': ({ bytes, page }) =>
    update(bytes, { [page]: evil }, { xref: false }),
  'incremental saving: another first page': ({ bytes }) =>
    update(bytes, {
      1: '<< /Type /Catalog /Pages 90 0 R >>',
      90: '<< /Type /Pages /Kids [91 0 R] /Count 1 /MediaBox [0 0 300 200] >>',
      91: '<< /Type /Page /Parent 90 0 R /Contents 92 0 R >>',
      92: evil,
    }),
  'incremental saving: the page’s content freed': ({ bytes, page }) => freed(bytes, page),
  'wrapping: the second part moved away': wrapped,
  'universal forgery: no /ByteRange': ({ bytes }) => replaced(bytes, RANGE, () => ''),
  'universal forgery: /ByteRange null': ranged('null'),
  'universal forgery: /ByteRange of one pair': (file) => ranged(`[0 ${file.bytes.length}]`)(file),
  'universal forgery: a negative /ByteRange': (file) =>
    ranged(`[0 -${file.range[1]} ${file.range[2]} ${file.range[3]}]`)(file),
  'universal forgery: no /Contents': ({ bytes }) => replaced(bytes, CONTENTS, () => ''),
  'universal forgery: /Contents empty': holding('<>'),
  'universal forgery: /Contents null': holding('null'),
  'universal forgery: /Contents a zero byte': holding('<00>'),
  'blanks in /Contents, which some readers leave out and others refuse': ({ bytes }) =>
    replaced(bytes, CONTENTS, (found) => found.replace(/00>$/, '  >')),
  'one blank in /Contents, which leaves as many octets as before': ({ bytes }) =>
    replaced(bytes, CONTENTS, (found) => found.replace(/0>$/, ' >')),
  'a message in a literal string, which readers unescape each in their way': (file) =>
    replaced(file.bytes, CONTENTS, (found) => {
      const octets = Buffer.from(found.replace(/\/Contents *<|>/g, ''), 'hex')
        .toString('latin1')
        .replace(/\0+$/, '')
      const literal = octets.replace(/[()\\\r]/g, (octet) => (octet === '\r' ? '\\r' : `\\${octet}`))
      return `${found.slice(0, found.indexOf('<'))}(${literal.padEnd(found.length - found.indexOf('<') - 2, '\0')})`
    }),
  'a start after zero': (file) => ranged(`[1 ${file.range[1] - 1} ${file.range[2]} ${file.range[3]}]`)(file),
  'a start after zero, the length as it was': (file) => ranged(`[1 ${file.range.slice(1).join(' ')}]`)(file),
  'a second part of less than nothing': (file) =>
    ranged(`[0 ${file.range[1]} ${file.range[2]} -${file.range[2] - firstEnd(file.bytes)}]`)(file),
  'an end before the end': (file) => ranged(`[0 ${file.range[1]} ${file.range[2]} ${file.range[3] - 20}]`)(file),
  'a message with content of its own': (file) => {
    const message = p7m({ signers: [signer()], content: Buffer.from('altro') }).toString('hex')
    return replaced(file.bytes, CONTENTS, (found) => `/Contents <${message.padEnd(found.length - 12, '0')}>`)
  },
  'spoofed words: the dictionary written again': ({ bytes, signature }) => {
    const dictionary = new RegExp(`\\n${signature} 0 obj\\s*(<<[\\s\\S]*?)endobj`).exec(bytes.toString('latin1'))?.[1]
    expect(dictionary).to.be.a('string')
    return update(bytes, { [signature]: dictionary!.replace('<<', '<< /Reason (Altro)') })
  },
}

describe('attacks on files of other producers', () => {
  for (const [producer, [name, authority]] of Object.entries(PRODUCERS)) {
    const file = opened(name)
    const anchors = readCertificateFile(read(authority))
    const judged = (bytes: Buffer) => check(bytes, 'a.pdf', { anchors, at: new Date('2026-12-01T00:00:00Z') })

    it(`${producer}: as it is, good`, () => expect(result(judged(file.bytes))).to.equal('TOTAL-PASSED'))
    it(`${producer}: carried as mail, in a file of which readers show another page`, () => {
      const { signatures, warnings } = judged(mailed(file.bytes))
      expect(signatures).to.have.length(0)
      expect(warnings).to.include('Bytes before the PDF header')
    })
    for (const [attack, made] of Object.entries(ATTACKS))
      it(`${producer}: ${attack}`, () => {
        const report = judged(made(file))
        expect(report.verdict).to.equal('TOTAL-FAILED')
        expect(report.signatures.map(({ subIndication }) => subIndication)).to.include('FORMAT_FAILURE')
        expect(report.signatures.map(({ indication }) => indication)).not.to.include('TOTAL-PASSED')
      })
  }
})
