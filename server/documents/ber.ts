import { MAX_PIECES } from '../shared/asn1/der.ts'

type Header = Readonly<{ tag: number; start: number; length?: number }>

/** One element of BER or DER: where its content begins and ends; `next` is the offset after it. */
type Element = Readonly<{ tag: number; start: number; end: number; next: number }>

const TAG = { octets: 0x04, constructedOctets: 0x24, oid: 0x06, sequence: 0x30, explicit0: 0xa0 } as const
const SIGNED_DATA = Buffer.from('2a864886f70d010702', 'hex')
/** No signing program nests deeper. */
const MOST_DEPTH = 16

/**
 * The content inside a CMS SignedData (RFC 5652 §5.2), without judging the signature; undefined if there is none or this is
 * no such message. Signing programs that stream write it in pieces, and everything around it with lengths left open (BER).
 */
export function signedContent(message: Buffer): Buffer | undefined {
  return fromBytes(() => {
    const [type, wrapped] = children(message, expect(read(message, 0), TAG.sequence))
    if (!type || !wrapped || !message.subarray(type.start, type.end).equals(SIGNED_DATA)) return undefined
    const [signedData] = children(message, expect(wrapped, TAG.explicit0))
    const [, , info] = children(message, expect(signedData, TAG.sequence))
    const [, content] = children(message, expect(info, TAG.sequence))
    if (!content) return undefined
    const [octets] = children(message, expect(content, TAG.explicit0))
    return octets && Buffer.concat(pieces(message, octets, { found: [], depth: 0 }))
  })
}

/** Where the content of a SignedData begins, from the message's beginning alone; undefined if that does not say. */
export function contentStart(beginning: Buffer): number | undefined {
  return fromBytes(() => {
    const octets = enter(beginning, encapsulated(beginning).content, TAG.explicit0)
    const outer = header(beginning, octets)
    return outer.tag === TAG.constructedOctets
      ? enter(beginning, outer.start, TAG.octets)
      : expect(outer, TAG.octets).start
  })
}

/** Is it a signature alone, about a file that stands elsewhere (RFC 5652 §5.2: no eContent)? From the message's beginning. */
export function isDetached(beginning: Buffer): boolean {
  const detached = fromBytes(() => {
    const { length, start, content } = encapsulated(beginning)
    return length === undefined ? beginning.readUInt16BE(content) === 0 : content === start + length
  })
  return detached ?? false
}

/** EncapsulatedContentInfo, and where the content stands in it if there is one. */
function encapsulated(beginning: Buffer): Header & Readonly<{ content: number }> {
  const skip = (offset: number): number => read(beginning, offset).next
  const signedData = enter(beginning, skip(enter(beginning, 0, TAG.sequence)), TAG.explicit0)
  const found = expect(header(beginning, skip(skip(enter(beginning, signedData, TAG.sequence)))), TAG.sequence)
  return { ...found, content: skip(found.start) }
}

const enter = (bytes: Buffer, offset: number, tag: number): number => expect(header(bytes, offset), tag).start

function fromBytes<Found>(find: () => Found): Found | undefined {
  try {
    return find()
  } catch (error) {
    if (error instanceof RangeError) return undefined
    throw error
  }
}

type Pieces = Readonly<{ found: Buffer[]; depth: number }>

/** The parts of an octet string: itself, or those that a constructed one is made of (X.690 §8.7.3). */
function pieces(bytes: Buffer, element: Element, { found, depth }: Pieces): Buffer[] {
  if (element.tag === TAG.octets) {
    if (found.push(bytes.subarray(element.start, element.end)) > MAX_PIECES) throw new RangeError('Too many pieces')
    return found
  }
  if (element.tag !== TAG.constructedOctets || depth > MOST_DEPTH) throw new RangeError('Not an octet string')
  for (const child of children(bytes, element)) pieces(bytes, child, { found, depth: depth + 1 })
  return found
}

function expect<Found extends Header>(element: Found | undefined, tag: number): Found {
  if (element?.tag !== tag) throw new RangeError('Not the element that stands here in SignedData')
  return element
}

function children(bytes: Buffer, { start, end }: Element): Element[] {
  const found: Element[] = []
  for (let offset = start; offset < end; offset = found.at(-1)?.next ?? end)
    if (found.push(read(bytes, offset)) > MAX_PIECES) throw new RangeError('Too many elements')
  return found
}

/** X.690 §8.1: tag and length. No length: it ends with two zero bytes. */
function header(bytes: Buffer, offset: number): Header {
  const tag = bytes.readUInt8(offset)
  const first = bytes.readUInt8(offset + 1)
  if (first < 0x80) return { tag, start: offset + 2, length: first }
  if (first === 0x80) return { tag, start: offset + 2 }
  const lengthBytes = first & 0x7f
  if (lengthBytes > 6) throw new RangeError('Longer than any file')
  return { tag, start: offset + 2 + lengthBytes, length: bytes.readUIntBE(offset + 2, lengthBytes) }
}

function read(bytes: Buffer, offset: number, depth = 0): Element {
  if (depth > MOST_DEPTH) throw new RangeError('Nested too deep')
  const { tag, start, length } = header(bytes, offset)
  if (length === undefined) return readOpen(bytes, { tag, start, depth })
  const end = start + length
  if (end > bytes.length) throw new RangeError('Cut short')
  return { tag, start, end, next: end }
}

/** Finds the end by walking over what is inside. */
function readOpen(bytes: Buffer, { tag, start, depth }: { tag: number; start: number; depth: number }): Element {
  let offset = start
  while (bytes.readUInt16BE(offset) !== 0) offset = read(bytes, offset, depth + 1).next
  return { tag, start, end: offset, next: offset + 2 }
}
