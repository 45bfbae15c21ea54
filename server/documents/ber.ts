/** One element of BER or DER: where its content begins and ends; `next` is the offset after it. */
type Element = Readonly<{ tag: number; start: number; end: number; next: number }>

const TAG = { octets: 0x04, constructedOctets: 0x24, oid: 0x06, sequence: 0x30, explicit0: 0xa0 } as const
const SIGNED_DATA = Buffer.from('2a864886f70d010702', 'hex')
/** Deeper is no file that a signing program makes. */
const MOST_DEPTH = 16

/**
 * The content inside a CMS SignedData (RFC 5652 §5.2), without judging the signature; undefined if there is none or this is
 * no such message. Signing programs that stream write it in pieces, and everything around it with lengths left open (BER).
 */
export function signedContent(message: Buffer): Buffer | undefined {
  try {
    const [type, wrapped] = children(message, expect(read(message, 0), TAG.sequence))
    if (!type || !wrapped || !message.subarray(type.start, type.end).equals(SIGNED_DATA)) return undefined
    const [signedData] = children(message, expect(wrapped, TAG.explicit0))
    const [, , encapsulated] = children(message, expect(signedData, TAG.sequence))
    const [, content] = children(message, expect(encapsulated, TAG.sequence))
    if (!content) return undefined
    const [octets] = children(message, expect(content, TAG.explicit0))
    return octets && Buffer.concat(pieces(message, octets, 0))
  } catch (error) {
    if (error instanceof RangeError) return undefined
    throw error
  }
}

/** The parts of an octet string: itself, or those that a constructed one is made of (X.690 §8.7.3). */
function pieces(bytes: Buffer, element: Element, depth: number): Buffer[] {
  if (element.tag === TAG.octets) return [bytes.subarray(element.start, element.end)]
  if (element.tag !== TAG.constructedOctets || depth > MOST_DEPTH) throw new RangeError('Not an octet string')
  return children(bytes, element).flatMap((child) => pieces(bytes, child, depth + 1))
}

function expect(element: Element | undefined, tag: number): Element {
  if (element?.tag !== tag) throw new RangeError('Not the element that stands here in SignedData')
  return element
}

function children(bytes: Buffer, { start, end }: Element): Element[] {
  const found: Element[] = []
  for (let offset = start; offset < end; offset = found.at(-1)?.next ?? end) found.push(read(bytes, offset))
  return found
}

/** X.690 §8.1: tag, length, content. An open length ends with two zero bytes, found by walking over what is inside. */
function read(bytes: Buffer, offset: number, depth = 0): Element {
  const tag = bytes.readUInt8(offset)
  const first = bytes.readUInt8(offset + 1)
  if (depth > MOST_DEPTH) throw new RangeError('Nested too deep')
  if (first === 0x80) return readOpen(bytes, { tag, start: offset + 2, depth })
  const lengthBytes = first < 0x80 ? 0 : first & 0x7f
  if (lengthBytes > 6) throw new RangeError('Longer than any file')
  const start = offset + 2 + lengthBytes
  const end = start + (lengthBytes === 0 ? first : bytes.readUIntBE(offset + 2, lengthBytes))
  if (end > bytes.length) throw new RangeError('Cut short')
  return { tag, start, end, next: end }
}

function readOpen(bytes: Buffer, { tag, start, depth }: { tag: number; start: number; depth: number }): Element {
  let offset = start
  while (bytes.readUInt16BE(offset) !== 0) offset = read(bytes, offset, depth + 1).next
  return { tag, start, end: offset, next: offset + 2 }
}
