import { inflateSync } from 'node:zlib'
import { dictOf, isArray, nameOf, PdfError, type PdfDict, type PdfValue } from './value.ts'

/** A deflate bomb expands a thousandfold; cross-reference and object streams of real files stay far below this. */
export const MAX_EXPANDED = 64 << 20

/** The data of a stream as its filters leave it. Only those that structure streams use (ISO 32000-2 §7.5.7, §7.5.8). */
export function decodeStream(dict: PdfDict, data: Buffer, resolve: (value: PdfValue | undefined) => PdfValue): Buffer {
  const filters = listOf(resolve(dict.entries.get('Filter'))).map((filter) => nameOf(resolve(filter)) ?? '')
  const parameters = listOf(resolve(dict.entries.get('DecodeParms'))).map((entry) => dictOf(resolve(entry)))
  if (filters.length > 4) throw new PdfError('Too many filters')
  return filters.reduce((bytes, filter, index) => unpredict(decode(filter, bytes), parameters[index] ?? null), data)
}

const listOf = (value: PdfValue): readonly PdfValue[] => (isArray(value) ? value : value === null ? [] : [value])

function decode(filter: string, bytes: Buffer): Buffer {
  switch (filter) {
    case 'FlateDecode':
    case 'Fl':
      return inflate(bytes)
    case 'ASCIIHexDecode':
    case 'AHx':
      return Buffer.from(
        bytes
          .toString('latin1')
          .replace(/[\s\0]+/g, '')
          .replace(/>.*$/, ''),
        'hex',
      )
    default:
      throw new PdfError(`Filter ${filter} in a structure stream`)
  }
}

function inflate(bytes: Buffer): Buffer {
  try {
    return inflateSync(bytes, { maxOutputLength: MAX_EXPANDED })
  } catch (error) {
    throw new PdfError(`Stream cannot be expanded: ${error instanceof Error ? error.message : ''}`)
  }
}

/** PNG predictors (§7.4.4.4) as cross-reference streams use them; TIFF's is not used there. */
function unpredict(bytes: Buffer, parameters: PdfDict | null): Buffer {
  const predictor = numberOf(parameters, 'Predictor', 1)
  if (predictor < 10) return bytes
  const columns = numberOf(parameters, 'Columns', 1)
  const pixel = Math.max(1, (numberOf(parameters, 'Colors', 1) * numberOf(parameters, 'BitsPerComponent', 8)) >> 3)
  const rowLength = Math.ceil(
    (columns * numberOf(parameters, 'Colors', 1) * numberOf(parameters, 'BitsPerComponent', 8)) / 8,
  )
  if (rowLength < 1 || rowLength > 1 << 20) throw new PdfError('Predictor row out of range')
  const rows = Math.floor(bytes.length / (rowLength + 1))
  const output = Buffer.alloc(rows * rowLength)
  for (let row = 0; row < rows; row++) unpredictRow({ bytes, output, row, rowLength, pixel })
  return output
}

type Row = Readonly<{ bytes: Buffer; output: Buffer; row: number; rowLength: number; pixel: number }>

function unpredictRow({ bytes, output, row, rowLength, pixel }: Row): void {
  const from = row * (rowLength + 1)
  const to = row * rowLength
  const type = bytes[from]
  for (let column = 0; column < rowLength; column++) {
    const raw = bytes[from + 1 + column] ?? 0
    const left = column >= pixel ? (output[to + column - pixel] ?? 0) : 0
    const up = row > 0 ? (output[to + column - rowLength] ?? 0) : 0
    const corner = row > 0 && column >= pixel ? (output[to + column - rowLength - pixel] ?? 0) : 0
    output[to + column] = raw + prediction(type, { left, up, corner })
  }
}

function prediction(
  type: number | undefined,
  { left, up, corner }: { left: number; up: number; corner: number },
): number {
  switch (type) {
    case 1:
      return left
    case 2:
      return up
    case 3:
      return (left + up) >> 1
    case 4: {
      const estimate = left + up - corner
      const [toLeft, toUp, toCorner] = [left, up, corner].map((value) => Math.abs(estimate - value)) as [
        number,
        number,
        number,
      ]
      if (toLeft <= toUp && toLeft <= toCorner) return left
      return toUp <= toCorner ? up : corner
    }
    default:
      return 0
  }
}

function numberOf(dict: PdfDict | null, key: string, otherwise: number): number {
  const value = dict?.entries.get(key)
  return typeof value === 'number' && Number.isInteger(value) && value > 0 && value < 1 << 20 ? value : otherwise
}
