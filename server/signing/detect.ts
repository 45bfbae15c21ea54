import { DerError, oid, readDer, readHeader } from './der.ts'
import { OID } from './oids.ts'
import { memorySource, type Source } from './source.ts'

/** What a file is by its bytes; its name decides nothing (signatures-and-pdf.md §1.1). */
export type Detected =
  | Readonly<{ kind: 'cms' | 'tsd' | 'timestamp'; source: Source; note?: string }>
  | Readonly<{ kind: 'pdf' | 'xml' | 'zip' | 'mime'; source: Source; note?: string }>
  | Readonly<{ kind: 'other'; source: Source; note?: string }>

const MAX_BASE64_ROUNDS = 2
/** Above this a text is not decoded in memory: nobody signs 400 MB in base64. */
const MAX_TEXT = 400 << 20

export function detect(source: Source, round = 0): Detected {
  const head = source.read(0, 1024)
  if (head[0] === 0x30) {
    const kind = cmsKind(source)
    if (kind) return { kind, source }
  }
  if (head.subarray(0, 5).toString('latin1') === '%PDF-') return { kind: 'pdf', source }
  if (head.subarray(0, 4).equals(Buffer.from('PK\x03\x04', 'latin1'))) return { kind: 'zip', source }
  const text = head
    .toString('latin1')
    .replace(/^\u00ef\u00bb\u00bf/, '')
    .trimStart()
  if (/^(MIME-Version|Content-Type|From|Date|Subject|To|Message-ID):/i.test(text)) return { kind: 'mime', source }
  const decoded = round < MAX_BASE64_ROUNDS && source.size <= MAX_TEXT ? decodeText(source, text) : null
  if (decoded) {
    const inner = detect(memorySource(decoded), round + 1)
    if (inner.kind !== 'other') return inner
  }
  if (head[0] !== 0x30 && head.includes('%PDF-')) return { kind: 'pdf', source, note: 'Bytes before the PDF header' }
  if (/^<(\?xml|[A-Za-z_!])/.test(text)) return { kind: 'xml', source }
  return { kind: 'other', source }
}

const KINDS: Readonly<Record<string, 'cms' | 'tsd'>> = { [OID.signedData]: 'cms', [OID.timestampedData]: 'tsd' }

/** A ContentInfo, or an RFC 3161 response (`SEQUENCE { SEQUENCE { INTEGER status`). */
function cmsKind(source: Source): 'cms' | 'tsd' | 'timestamp' | null {
  try {
    const head = source.read(0, 64)
    const { contentStart } = readHeader(head, 0)
    const first = readDer(source.read(contentStart, 64))
    if (first.tag === 0x06) return KINDS[oid(first)] ?? null
    return first.tag === 0x30 && first.body[0] === 0x02 && first.body.length <= 32 ? 'timestamp' : null
  } catch (error) {
    if (error instanceof DerError) return null
    throw error
  }
}

/** PEM of any label, or bare base64 in lines; null when the text is neither. */
function decodeText(source: Source, head: string): Buffer | null {
  const pem = /^-----BEGIN [A-Z0-9 #]+-----/.test(head)
  if (!pem && !/^[A-Za-z0-9+/=\s]{16,}$/.test(head.slice(0, 256))) return null
  const text = source
    .read(0, source.size)
    .toString('latin1')
    .replace(/^\u00ef\u00bb\u00bf/, '')
  const body = pem ? /-----BEGIN [^-]+-----([\s\S]*?)(?:-----END|$)/.exec(text)?.[1] : text
  if (body === undefined || !/^[A-Za-z0-9+/=\s\0]*$/.test(body)) return null
  return Buffer.from(body, 'base64')
}
