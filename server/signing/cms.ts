import { readCertificates, type Certificate } from '../certificates/index.ts'
import {
  children,
  context,
  contextPrimitive,
  DerError,
  elements,
  expectTag,
  fields,
  integerHex,
  MAX_PIECES,
  octets,
  oid,
  readDer,
  readHeader,
  sequence,
  smallInteger,
  TAG,
  type Der,
  type DerHeader,
} from '../shared/asn1/der.ts'
import { OID } from '../shared/asn1/oids.ts'
import { segmentSource, type Range, type Source } from '../shared/source.ts'

export type Attribute = Readonly<{ type: string; values: readonly Der[]; raw: Buffer }>

type SignerId = Readonly<{ issuer: Buffer; serial: string } | { keyId: Buffer }>

/** One SignerInfo (RFC 5652 §5.3), with the bytes of what is signed as received. */
export type SignerInfo = Readonly<{
  raw: Buffer
  id: SignerId
  digestAlgorithm: Der
  /** Null when the signature is directly over the content (legacy CMS). */
  signedAttributes: readonly Attribute[] | null
  signatureAlgorithm: Der
  signature: Buffer
  unsignedAttributes: readonly Attribute[]
}>

export type SignedData = Readonly<{
  version: number
  contentType: string
  /** Null when detached. */
  content: Source | null
  certificates: readonly Certificate[]
  /** The same, and those that we do not read (attribute certificates), as they are written. */
  certificateChoices: readonly Der[]
  /** RevocationInfoChoices that travel in the message; `readRevocation` opens them. */
  revocations: readonly Der[]
  signers: readonly SignerInfo[]
  /** Where the message ends in its source; what follows is judged by the caller. */
  end: number
}>

/** Certificates, CRLs and signers together; the content is never part of it. DSS's largest sample embeds 0.4 MB of CRLs. */
const MAX_TAIL = 64 << 20
const MAX_SIGNERS = 500
const MAX_CHUNK_DEPTH = 8

/**
 * Reads a ContentInfo that holds SignedData. The content is left where it is, as ranges of the source: BER pieces of a streaming
 * signer included. Throws DerError when it is not that structure.
 */
export function readSignedData(source: Source): SignedData {
  const cursor = createCursor(source)
  const outer = cursor.enter(TAG.sequence)
  if (oid(cursor.take()) !== OID.signedData) throw new DerError('Not SignedData')
  const wrapper = cursor.enter(context(0))
  const body = cursor.enter(TAG.sequence)
  const version = smallInteger(cursor.take())
  cursor.take(TAG.set)
  const { contentType, content } = readContent(source, cursor)
  const tail = readTail(source, cursor, body)
  // Closes the containers from the inside out; an indefinite one has its end-of-contents.
  let end = tail.end
  for (const container of [wrapper, outer])
    end = container.length < 0 ? endOfContents(source, end) : container.contentStart + container.length
  if (end > source.size) throw new DerError('Ends before its time')
  return { version, contentType, content, ...tail.parts, end }
}

type Cursor = ReturnType<typeof createCursor>

function createCursor(source: Source, start = 0) {
  let at = start
  const peek = (): DerHeader => {
    const { tag, contentStart, length } = readHeader(source.read(at, 32), 0)
    return { tag, contentStart: at + contentStart, length }
  }
  const enter = (tag: number): DerHeader => {
    const header = peek()
    if (header.tag !== tag) throw new DerError(`Element ${tag.toString(16)} expected, ${header.tag.toString(16)} found`)
    at = header.contentStart
    return header
  }
  /** A small element, whole. */
  const take = (tag?: number): Der => {
    const der = readDer(source.read(at, 16_384))
    at += der.end
    return tag === undefined ? der : expectTag(der, tag)
  }
  return { peek, enter, take, at: () => at, moveTo: (offset: number) => (at = offset) }
}

function readContent(source: Source, cursor: Cursor): { contentType: string; content: Source | null } {
  const container = cursor.enter(TAG.sequence)
  const contentType = oid(cursor.take())
  const isEnd =
    container.length >= 0 ? cursor.at() >= container.contentStart + container.length : cursor.peek().tag === 0
  if (isEnd) {
    closeAt(source, cursor, { container, contentEnd: cursor.at() })
    return { contentType, content: null }
  }
  const explicit = cursor.enter(context(0))
  const header = cursor.peek()
  const ranges: Range[] = []
  // PKCS#7 v1.5 allows any type here; what is signed is then its value.
  const isOctets = header.tag === TAG.octetString || header.tag === TAG.constructedOctets
  const contentEnd = isOctets
    ? collectPieces(source, cursor.at(), { ranges, depth: 0 })
    : header.contentStart + header.length
  if (!isOctets) ranges.push({ offset: header.contentStart, length: Math.max(0, header.length) })
  const explicitEnd = explicit.length < 0 ? endOfContents(source, contentEnd) : explicit.contentStart + explicit.length
  closeAt(source, cursor, { container, contentEnd: explicitEnd })
  if (cursor.at() > source.size) throw new DerError('Ends before its time')
  return { contentType, content: segmentSource(source, ranges) }
}

function closeAt(
  source: Source,
  cursor: Cursor,
  { container, contentEnd }: { container: DerHeader; contentEnd: number },
): void {
  cursor.moveTo(container.length < 0 ? endOfContents(source, contentEnd) : container.contentStart + container.length)
}

/** The ranges of an OCTET STRING at `offset`, and where it ends. */
function collectPieces(source: Source, offset: number, { ranges, depth }: { ranges: Range[]; depth: number }): number {
  if (depth > MAX_CHUNK_DEPTH) throw new DerError('Octet string nested too deeply')
  const header = readHeader(source.read(offset, 32), 0)
  const contentStart = offset + header.contentStart
  if (header.tag === TAG.octetString) {
    if (contentStart + header.length > source.size) throw new DerError('Ends before its time')
    keepPiece(ranges, { offset: contentStart, length: header.length })
    return contentStart + header.length
  }
  if (header.tag !== TAG.constructedOctets) throw new DerError('Octet string expected')
  const end = header.length < 0 ? Infinity : contentStart + header.length
  let at = contentStart
  while (at < end) {
    const mark = source.read(at, 2)
    if (header.length < 0 && mark[0] === 0 && mark[1] === 0) return at + 2
    at = collectPieces(source, at, { ranges, depth: depth + 1 })
  }
  return at
}

function keepPiece(ranges: Range[], piece: Range): void {
  if (ranges.push(piece) > MAX_PIECES) throw new DerError('Octet string in too many pieces')
}

function endOfContents(source: Source, offset: number): number {
  const mark = source.read(offset, 2)
  if (mark.length < 2 || mark[0] !== 0 || mark[1] !== 0) throw new DerError('End of contents is missing')
  return offset + 2
}

type Tail = Pick<SignedData, 'certificates' | 'certificateChoices' | 'revocations' | 'signers'>

function readTail(source: Source, cursor: Cursor, body: DerHeader): { parts: Tail; end: number } {
  const start = cursor.at()
  const limit = body.length < 0 ? source.size : body.contentStart + body.length
  if (limit > source.size || limit - start > MAX_TAIL) throw new DerError('Signers are missing or too large')
  const bytes = source.read(start, limit - start)
  const found: Der[] = []
  let at = 0
  while (at < bytes.length && !(body.length < 0 && bytes[at] === 0 && bytes[at + 1] === 0)) {
    const element = readDer(bytes, at)
    found.push(element)
    at = element.end
  }
  const end = start + at + (body.length < 0 ? 2 : 0)
  if (end > source.size) throw new DerError('Ends before its time')
  return { parts: decodeTail(found), end }
}

function decodeTail(found: readonly Der[]): Tail {
  const signerSet = found.at(-1)
  const signers = sequence(signerSet, TAG.set)
  if (signers.length > MAX_SIGNERS) throw new DerError('Too many signers')
  const certificateSet = found.find(({ tag }) => tag === context(0))
  const revocationSet = found.find(({ tag }) => tag === context(1))
  const certificateChoices = certificateSet ? children(certificateSet) : []
  return {
    certificates: readCertificates(certificateChoices),
    certificateChoices,
    revocations: revocationSet ? children(revocationSet) : [],
    signers: signers.map(readSigner),
  }
}

/** RevocationInfoChoices: CRLs, and OCSP responses as RFC 5940 puts them, DER. */
export function readRevocation(choices: readonly Der[]): { crls: Buffer[]; ocsps: Buffer[] } {
  const crls = choices.filter(({ tag }) => tag === TAG.sequence).map(({ raw }) => raw)
  const ocsps = choices
    .filter(({ tag }) => tag === context(1))
    .flatMap((other) => {
      const [format, value] = children(other)
      return value && format && [OID.otherRevocationOcsp, OID.ocspBasic].includes(oid(format) as never)
        ? [value.raw]
        : []
    })
  return { crls, ocsps }
}

export function readSigner(der: Der): SignerInfo {
  const field = fields(der)
  smallInteger(field.next())
  const id = readSignerId(field.next())
  const digestAlgorithm = field.next(TAG.sequence)
  const signed = field.optional(context(0))
  const signatureAlgorithm = field.next(TAG.sequence)
  const signature = octets(field.next())
  const unsigned = field.optional(context(1))
  return {
    raw: der.raw,
    id,
    digestAlgorithm,
    signedAttributes: signed ? readAttributes(signed) : null,
    signatureAlgorithm,
    signature,
    unsignedAttributes: unsigned ? readAttributes(unsigned) : [],
  }
}

function readSignerId(der: Der): SignerId {
  if ((der.tag & ~0x20) === contextPrimitive(0)) return { keyId: octets(der, contextPrimitive(0)) }
  const [issuer, serial] = sequence(der)
  return { issuer: expectTag(issuer, TAG.sequence).raw, serial: integerHex(serial) }
}

function readAttributes(der: Der): Attribute[] {
  return elements(der.body).map((attribute) => {
    const [type, values] = sequence(attribute)
    return { type: oid(type), values: sequence(values, TAG.set), raw: attribute.raw }
  })
}

export const attributesOf = (attributes: readonly Attribute[] | null, type: string): Attribute[] =>
  (attributes ?? []).filter((attribute) => attribute.type === type)

/** The only value of an attribute that may appear once; undefined when absent. Throws DerError when there are several. */
export function singleValue(attributes: readonly Attribute[] | null, type: string): Der | undefined {
  const values = attributesOf(attributes, type).flatMap((attribute) => attribute.values)
  if (values.length > 1) throw new DerError(`Attribute ${type} has several values`)
  return values[0]
}
