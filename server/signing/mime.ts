import { DerError } from '../shared/asn1/der.ts'
import type { Source } from '../shared/source.ts'
import { decodeBase64 } from './base64.ts'

/** One part of a MIME message, decoded. */
type MimePart = Readonly<{ type: string; body: Buffer }>

const MAX_MESSAGE = 256 << 20
const MAX_PARTS = 20

/** The parts of an S/MIME message or of an `.m7m` (RFC 2045, 2046), one level deep. Throws DerError when it is neither. */
export function readMime(source: Source): MimePart[] {
  if (source.size > MAX_MESSAGE) throw new DerError('The message is too large')
  const { headers, body } = split(source.read(0, source.size))
  const boundary = /^multipart\//i.test(headers.type)
    ? /boundary="?([^";\r\n]+)"?/i.exec(headers.parameters)?.[1]
    : undefined
  if (boundary === undefined) return [{ type: headers.type, body: decode(body, headers.encoding) }]
  return pieces(body, `--${boundary}`).map((piece) => {
    const part = split(piece)
    return { type: part.headers.type, body: decode(part.body, part.headers.encoding) }
  })
}

type Headers = Readonly<{ type: string; parameters: string; encoding: string }>

function split(bytes: Buffer): { headers: Headers; body: Buffer } {
  const end = /\r?\n\r?\n/.exec(bytes.toString('latin1', 0, 16_384))
  if (!end) throw new DerError('The message has no body')
  const text = bytes.toString('latin1', 0, end.index).replace(/\r?\n[ \t]+/g, ' ')
  const value = (name: string): string => new RegExp(`^${name}:\\s*(.*)$`, 'im').exec(text)?.[1]?.trim() ?? ''
  const contentType = value('content-type')
  return {
    headers: {
      type: (contentType.split(';')[0] ?? '').trim().toLowerCase(),
      parameters: contentType,
      encoding: value('content-transfer-encoding').toLowerCase(),
    },
    body: bytes.subarray(end.index + end[0].length),
  }
}

function pieces(body: Buffer, mark: string): Buffer[] {
  const found: Buffer[] = []
  for (let at = body.indexOf(mark); at >= 0 && found.length < MAX_PARTS;) {
    const start = body.indexOf('\n', at) + 1
    const next = body.indexOf(mark, start)
    if (start === 0 || next < 0) break
    // The line end before a boundary belongs to the boundary (RFC 2046 §5.1.1).
    const end = body[next - 2] === 0x0d ? next - 2 : next - 1
    found.push(body.subarray(start, Math.max(start, end)))
    at = next
  }
  return found
}

function decode(body: Buffer, encoding: string): Buffer {
  const decoded = encoding === 'base64' ? decodeBase64(body.toString('latin1')) : body
  if (!decoded) throw new DerError('The message is in no base64')
  return decoded
}
