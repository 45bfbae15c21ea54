import { createHash } from 'node:crypto'
import { detachedSignature } from '../../server/signing/cms-builder.ts'
import type { SealKey } from '../../server/keys/seal-key.ts'

/** Objects by number; `stream(…)` for those with data. */
export type Objects = Readonly<Record<number, string>>

export const stream = (dict: string, data: string): string =>
  `<< ${dict} /Length ${data.length} >>\nstream\n${data}\nendstream`

/** A page with a text, a text field, a form, and room for what the tests add. */
export const BASE: Objects = {
  1: '<< /Type /Catalog /Pages 2 0 R /AcroForm 5 0 R >>',
  2: '<< /Type /Pages /Kids [3 0 R] /Count 1 /MediaBox [0 0 300 200] >>',
  3: '<< /Type /Page /Parent 2 0 R /Resources << /Font << /F1 7 0 R >> >> /Contents 4 0 R /Annots [6 0 R] >>',
  4: stream('', 'BT /F1 18 Tf 20 100 Td (Devo 100 euro) Tj ET'),
  5: '<< /Fields [6 0 R] /DA (/Helv 0 Tf 0 g) /DR << /Font << /Helv 7 0 R >> >> >>',
  6: '<< /Type /Annot /Subtype /Widget /FT /Tx /T (nome) /V (Mario) /Rect [20 20 120 40] /P 3 0 R /AP << /N 8 0 R >> >>',
  7: '<< /Type /Font /Subtype /Type1 /BaseFont /Helvetica >>',
  8: stream('/Type /XObject /Subtype /Form /BBox [0 0 100 20]', 'BT /Helv 12 Tf (Mario) Tj ET'),
}

/** A whole file with a classic cross-reference. */
export function pdf(objects: Objects = BASE): Buffer {
  const body = Buffer.from('%PDF-1.7\n%\xe2\xe3\xcf\xd3\n', 'latin1')
  return update(body, objects, { first: true })
}

type UpdateOptions = Readonly<{ first?: boolean; trailer?: string; xref?: boolean; end?: string | false }>

/** Appends objects with cross-reference and trailer, or without some of them, as attackers do. */
export function update(
  before: Buffer,
  objects: Objects,
  { first = false, trailer = '', xref = true, end = '\n' }: UpdateOptions = {},
): Buffer {
  let bytes = before
  const push = (text: string) => (bytes = Buffer.concat([bytes, Buffer.from(text, 'latin1')]))
  const places = Object.entries(objects).map(([number, value]) => {
    const at = bytes.length
    push(`${number} 0 obj\n${value}\nendobj\n`)
    return `${number} 1\n${String(at).padStart(10, '0')} 00000 n \n`
  })
  const start = bytes.length
  if (xref)
    push(
      `${table(places, first)}trailer\n<< /Size ${sizeOf(before, objects)} /Root 1 0 R ${first ? '' : `/Prev ${lastXref(before)}`} ${trailer} >>\n`,
    )
  if (end !== false) push(`startxref\n${xref ? start : lastXref(before)}\n%%EOF${end}`)
  return bytes
}

const table = (places: readonly string[], first: boolean): string =>
  `xref\n${first ? '0 1\n0000000000 65535 f \n' : ''}${places.join('')}`

export const lastXref = (bytes: Buffer): number =>
  Number(/startxref\s+(\d+)\s*%%EOF\s*$/.exec(bytes.toString('latin1'))?.[1])

function sizeOf(before: Buffer, objects: Objects): number {
  const sizes = [...before.toString('latin1').matchAll(/\/Size (\d+)/g)].map(([, size]) => Number(size))
  return Math.max(...sizes, ...Object.keys(objects).map((number) => Number(number) + 1))
}

export type SignOptions = Readonly<{
  key: SealKey
  field?: string
  /** First of the object numbers that the signature takes; two are used. */
  at?: number
  docMdp?: 1 | 2 | 3
  lock?: string
  /** Further entries of the signature field. */
  ofField?: string
  subFilter?: string
  /** Objects changed along with the signature, e.g. page and form. */
  also?: Objects
  /** Rewrites the finished byte range, as attackers do. */
  range?: (range: readonly number[]) => string
  content?: (message: Buffer) => string
  extra?: string
  rect?: string
  end?: string | false
}>

const ROOM = 6_000

function transforms({ docMdp, lock }: SignOptions): string {
  const all = [
    ...(docMdp
      ? [
          `<< /Type /SigRef /TransformMethod /DocMDP /TransformParams << /Type /TransformParams /P ${docMdp} /V /1.2 >> >>`,
        ]
      : []),
    ...(lock
      ? [`<< /Type /SigRef /TransformMethod /FieldMDP /TransformParams << /Type /TransformParams /V /1.2 ${lock} >> >>`]
      : []),
  ]
  return all.length > 0 ? `/Reference [${all.join(' ')}]` : ''
}

const DEFAULTS = {
  field: 'Firma1',
  at: 20,
  subFilter: 'ETSI.CAdES.detached',
  also: {},
  extra: '',
  ofField: '',
  rect: '[0 0 0 0]',
  lineEnd: '\n',
}

/** Adds a signature in a field of its own. `also` must list the field in the form and its widget on the page. */
export async function signed(before: Buffer, options: SignOptions): Promise<Buffer> {
  const { key, range, content } = options
  const { field, at, subFilter, also, extra, ofField, rect, end: fileEnd } = { ...DEFAULTS, ...options }
  const placeholder = '[0 ********** ********** **********]'
  const objects: Objects = {
    ...also,
    [at]: `<< /Type /Annot /Subtype /Widget /FT /Sig /T (${field}) /F 132 /Rect ${rect} /P 3 0 R ${ofField} /V ${at + 1} 0 R >>`,
    [at + 1]:
      `<< /Type /Sig /Filter /Adobe.PPKLite /SubFilter /${subFilter} /ByteRange ${placeholder} /Contents <${'0'.repeat(ROOM * 2)}> /M (D:20260101120000Z) ${extra}${transforms(options)} >>`,
  }
  const bytes = update(before, objects, { end: fileEnd ?? '\n' })
  const rangeAt = bytes.lastIndexOf(placeholder)
  const start = bytes.indexOf('<000', rangeAt)
  const end = bytes.indexOf('>', start) + 1
  const numbers = [0, start, end, bytes.length - end]
  const text = range ? range(numbers) : `[${numbers.join(' ')}]`
  bytes.write(text.padEnd(placeholder.length), rangeAt, 'latin1')
  const digest = createHash('sha256').update(bytes.subarray(0, start)).update(bytes.subarray(end)).digest()
  const message = await detachedSignature({ digest }, key)
  bytes.write(content ? content(message) : message.toString('hex'), start + 1, 'latin1')
  return bytes
}

/** Form and page that show the signature fields with these object numbers beside the text field. */
export const showing = (...fields: readonly number[]): Objects => ({
  3: `<< /Type /Page /Parent 2 0 R /Resources << /Font << /F1 7 0 R >> >> /Contents 4 0 R /Annots [6 0 R ${fields.map((field) => `${field} 0 R`).join(' ')}] >>`,
  5: `<< /Fields [6 0 R ${fields.map((field) => `${field} 0 R`).join(' ')}] /SigFlags 3 /DA (/Helv 0 Tf 0 g) /DR << /Font << /Helv 7 0 R >> >> >>`,
})
