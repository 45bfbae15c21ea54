import { randomBytes } from 'node:crypto'
import { buffer } from 'node:stream/consumers'
import { crc32, deflateRawSync } from 'node:zlib'
import PDFDocument from 'pdfkit'
import { encode, integer, objectIdentifier, octetString, sequenceOf } from '../../server/shared/asn1/der-writer.ts'

/** Real files of every kind that people send, made on the spot. */

export async function makePdf(text = 'Relazione tecnica', options: PDFKit.PDFDocumentOptions = {}): Promise<Buffer> {
  const document = new PDFDocument(options)
  document.text(text)
  document.end()
  return buffer(document)
}

/** A valid PDF of any size, a piece at a time: one page, and a stream of noise that no page shows. */
export function* largePdf(bytes: number): Generator<Buffer> {
  const objects = [
    '<< /Type /Catalog /Pages 2 0 R >>',
    '<< /Type /Pages /Kids [3 0 R] /Count 1 >>',
    '<< /Type /Page /Parent 2 0 R /MediaBox [0 0 300 200] >>',
  ]
  const offsets: number[] = []
  let text = '%PDF-1.7\n'
  for (const object of [...objects, `<< /Length ${bytes} >>\nstream\n`]) {
    offsets.push(text.length)
    text += `${offsets.length} 0 obj\n${object}${object.endsWith('stream\n') ? '' : '\nendobj\n'}`
  }
  yield Buffer.from(text)
  for (let left = bytes; left > 0; left -= 1_000_000) yield randomBytes(Math.min(left, 1_000_000))
  const entries = offsets.map((offset) => `${String(offset).padStart(10, '0')} 00000 n \n`).join('')
  const xref = text.length + bytes + '\nendstream\nendobj\n'.length
  yield Buffer.from(
    `\nendstream\nendobj\nxref\n0 5\n0000000000 65535 f \n${entries}trailer\n<< /Size 5 /Root 1 0 R >>\nstartxref\n${xref}\n%%EOF\n`,
  )
}

/** 1 × 1 pixels, baseline. */
export const JPEG_BYTES = Buffer.from(
  '/9j/4AAQSkZJRgABAQEASABIAAD/2wBDAAMCAgICAgMCAgIDAwMDBAYEBAQEBAgGBgUGCQgKCgkICQkKDA8MCgsOCwkJDRENDg8QEBEQCgwSExIQEw8QEBD/wAALCAABAAEBAREA/8QAFAABAAAAAAAAAAAAAAAAAAAACf/EABQQAQAAAAAAAAAAAAAAAAAAAAD/2gAIAQEAAD8AVN//2Q==',
  'base64',
)

/** The same with a comment in it: as many files as there are comments. */
export const jpegSaying = (comment: string): Buffer =>
  Buffer.concat([
    JPEG_BYTES.subarray(0, 2),
    Buffer.from([0xff, 0xfe, 0, comment.length + 2]),
    Buffer.from(comment),
    JPEG_BYTES.subarray(2),
  ])

/** A photograph with a preview in its Exif data, which has an end mark of its own. */
export function jpegWithPreview(): Buffer {
  const preview = Buffer.concat([Buffer.from('Exif\0\0'), JPEG_BYTES])
  const header = Buffer.from([0xff, 0xe1, 0, 0])
  header.writeUInt16BE(preview.length + 2, 2)
  return Buffer.concat([JPEG_BYTES.subarray(0, 2), header, preview, JPEG_BYTES.subarray(2)])
}

export const PNG_BYTES = Buffer.from(
  'iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAYAAAAfFcSJAAAADUlEQVR42mNk+M9QDwADhgGAWjR9awAAAABJRU5ErkJggg==',
  'base64',
)

export const TIFF_BYTES = Buffer.from('49492a000800000001000001030001000000010000000000000000', 'hex')

type ZipEntry = Readonly<{ name: string; bytes: Buffer | string; stored?: boolean; encrypted?: boolean; size?: number }>

/** A ZIP archive by APPNOTE 6.3.3; `size` lets an entry lie about what it opens to. */
export function makeZip(entries: readonly ZipEntry[]): Buffer {
  const parts: Buffer[] = []
  const directory: Buffer[] = []
  let offset = 0
  for (const entry of entries) {
    const name = Buffer.from(entry.name)
    const bytes = Buffer.from(entry.bytes as string)
    const data = entry.stored ? bytes : deflateRawSync(bytes)
    const common = Buffer.alloc(26)
    common.writeUInt16LE(20, 0)
    common.writeUInt16LE(entry.encrypted ? 0x801 : 0x800, 2)
    common.writeUInt16LE(entry.stored ? 0 : 8, 4)
    common.writeUInt32LE(crc32(bytes), 10)
    common.writeUInt32LE(data.length, 14)
    common.writeUInt32LE(entry.size ?? bytes.length, 18)
    common.writeUInt16LE(name.length, 22)
    const local = Buffer.concat([Buffer.from('504b0304', 'hex'), common, name, data])
    const place = Buffer.alloc(14)
    place.writeUInt32LE(offset, 10)
    directory.push(Buffer.concat([Buffer.from('504b01021400', 'hex'), common, place, name]))
    parts.push(local)
    offset += local.length
  }
  const end = Buffer.alloc(22)
  end.write('PK\u0005\u0006', 'latin1')
  end.writeUInt16LE(entries.length, 8)
  end.writeUInt16LE(entries.length, 10)
  end.writeUInt32LE(Buffer.concat(directory).length, 12)
  end.writeUInt32LE(offset, 16)
  return Buffer.concat([...parts, ...directory, end])
}

/** Archives in which some programs find other files than others. */
export const AMBIGUOUS_ZIPS: Readonly<Record<string, () => Buffer>> = {
  'a ZIP behind which stands another, that other programs open': () =>
    Buffer.concat(['xx', 'MZ'].map((bytes) => makeZip([{ name: 'foto.jpg', bytes, stored: true }]))),
  'a ZIP with one more file than it counts': () => {
    const two = makeZip(['a.txt', 'b.txt'].map((name) => ({ name, bytes: 'x' })))
    two.writeUInt16LE(1, two.length - 12)
    return two
  },
  'a ZIP with two files of one name': () => makeZip(['x', 'y'].map((bytes) => ({ name: 'a.txt', bytes }))),
  'a ZIP with a file that only its directory says to be packed': () => {
    const zip = makeZip([{ name: 'a.txt', bytes: 'x' }])
    zip.writeUInt16LE(0, 8)
    return zip
  },
}

const CONTENT_TYPES =
  '<Types xmlns="http://schemas.openxmlformats.org/package/2006/content-types"><Override PartName="/word/document.xml" ContentType="application/vnd.openxmlformats-officedocument.wordprocessingml.document.main+xml"/></Types>'

export const makeDocx = (types: string | Buffer = CONTENT_TYPES, ...more: ZipEntry[]): Buffer =>
  makeZip([
    { name: '[Content_Types].xml', bytes: types },
    { name: 'word/document.xml', bytes: '<w:document/>' },
    ...more,
  ])

export const makeOdt = (manifest = '<manifest:manifest/>', ...more: ZipEntry[]): Buffer =>
  makeZip([
    { name: 'mimetype', bytes: 'application/vnd.oasis.opendocument.text', stored: true },
    { name: 'content.xml', bytes: '<office:document-content/>' },
    { name: 'META-INF/manifest.xml', bytes: manifest },
    ...more,
  ])

/** A message that lists more algorithms than anybody reads, and then its content. */
export function farFromBeginning(content: Buffer): Buffer {
  const algorithms = Array.from({ length: 1000 }, () => sequenceOf(objectIdentifier('2.16.840.1.101.3.4.2.1')))
  const held = sequenceOf(objectIdentifier('1.2.840.113549.1.7.1'), encode(0xa0, octetString(content)))
  const signedData = sequenceOf(
    integer(1),
    encode(0x31, Buffer.concat(algorithms)),
    held,
    encode(0x31, Buffer.alloc(0)),
  )
  return sequenceOf(objectIdentifier('1.2.840.113549.1.7.2'), encode(0xa0, signedData))
}
