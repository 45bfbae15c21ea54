import { DerError, oid, readDer, readHeader } from '../shared/asn1/der.ts'
import { OID } from '../shared/asn1/oids.ts'
import { memorySource, type Source } from '../shared/source.ts'
import { decodeBase64 } from './base64.ts'

export type Kind = 'cms' | 'tsd' | 'timestamp' | 'pdf' | 'xml' | 'zip' | 'mime' | 'other'

/** What a file is by its bytes; its name decides nothing (signatures-and-pdf.md §1.1). `source` is the file, decoded. */
export type Detected = Readonly<{ kind: Kind; source: Source; note?: string }>

const MAX_BASE64_ROUNDS = 2
/** Above this a text is not decoded in memory: nobody signs 400 MB in base64. */
const MAX_TEXT = 400 << 20
const SEQUENCE = 0x30

export function detect(source: Source, round = 0): Detected {
  const head = source.read(0, 1024)
  const kind = (head[0] === SEQUENCE ? cmsKind(source) : null) ?? kindByStart(head)
  if (kind) return { kind, source }
  // A short p7m around a PDF has the PDF's header near its own beginning: hence not after a SEQUENCE. Before mails and base64, which may
  // carry one that is signed while readers open what stands around it.
  if (head[0] !== SEQUENCE && head.includes('%PDF-'))
    return { kind: 'pdf', source, note: 'Bytes before the PDF header' }
  return detectText(source, head, round)
}

function detectText(source: Source, head: Buffer, round: number): Detected {
  if (isMail(head)) return { kind: 'mime', source }
  const inner = round < MAX_BASE64_ROUNDS ? detectEncoded(source, textStart(head), round) : null
  return inner ?? { kind: isXml(head) ? 'xml' : 'other', source }
}

/** A tag at the beginning, in UTF-16 behind a byte order mark. */
const isXml = (head: Buffer): boolean =>
  /^<(\?xml|[A-Za-z_!])/.test(textStart(head)) || /^(\xff\xfe<\0|\xfe\xff\0<)/.test(head.toString('latin1', 0, 4))

/** What base64 or PEM hides, when it is something that we know. */
function detectEncoded(source: Source, start: string, round: number): Detected | null {
  const decoded = source.size <= MAX_TEXT ? decodeText(source, start) : null
  const inner = decoded && detect(memorySource(decoded), round + 1)
  return inner && inner.kind !== 'other' ? inner : null
}

/** The text at the beginning, without a byte order mark and white space. */
const textStart = (head: Buffer): string =>
  head
    .toString('latin1')
    .replace(/^\u00ef\u00bb\u00bf/, '')
    .trimStart()

function kindByStart(head: Buffer): Kind | null {
  const start = head.toString('latin1', 0, 5)
  if (start === '%PDF-') return 'pdf'
  return start.startsWith('PK\x03\x04') ? 'zip' : null
}

const isMail = (head: Buffer): boolean =>
  /^(MIME-Version|Content-Type|From|Date|Subject|To|Message-ID):/i.test(textStart(head))

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

/** PEM of any label, or bare base64 in lines; null when the text is neither, or something else stands behind it. */
function decodeText(source: Source, head: string): Buffer | null {
  const pem = PEM_BEGIN.test(head)
  if (!pem && !/^[A-Za-z0-9+/=\s]{16,}$/.test(head.slice(0, 256))) return null
  const text = source
    .read(0, source.size)
    .toString('latin1')
    .replace(/^\u00ef\u00bb\u00bf/, '')
    .trim()
  return decodeBase64(pem ? text.replace(PEM_BEGIN, '').replace(/-----END [A-Z0-9 #]+-----$/, '') : text)
}

const PEM_BEGIN = /^-----BEGIN [A-Z0-9 #]+-----/
