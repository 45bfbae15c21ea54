import { DOMParser, type Element } from '@xmldom/xmldom'
import type { DigestName } from '../certificates/index.ts'
import { DerError } from '../shared/asn1/der.ts'

export { children, descendants, textOf } from '../shared/xml-element.ts'

export const XMLDSIG = 'http://www.w3.org/2000/09/xmldsig#'

export const XADES = 'http://uri.etsi.org/01903/v1.3.2#'

/** Digest methods of XML-DSig by their addresses (RFC 9231 §2.1). */
export const XML_DIGESTS: ReadonlyMap<string, DigestName> = new Map([
  ['http://www.w3.org/2000/09/xmldsig#sha1', 'sha1'],
  ['http://www.w3.org/2001/04/xmldsig-more#sha224', 'sha224'],
  ['http://www.w3.org/2001/04/xmlenc#sha256', 'sha256'],
  ['http://www.w3.org/2001/04/xmldsig-more#sha384', 'sha384'],
  ['http://www.w3.org/2001/04/xmlenc#sha512', 'sha512'],
  ['http://www.w3.org/2007/05/xmldsig-more#sha3-256', 'sha3-256'],
  ['http://www.w3.org/2007/05/xmldsig-more#sha3-384', 'sha3-384'],
  ['http://www.w3.org/2007/05/xmldsig-more#sha3-512', 'sha3-512'],
])

/** signatures-and-pdf.md §8.3: the size limit for trusted lists, the largest XML that we read. */
const MAX_XML = 20 << 20
/** Some four seconds of parsing, in a small file too. */
const MAX_TAGS = 1_000_000
const MAX_ATTRIBUTES = 500_000
/** The parser takes time by the square of those that stand in one another: some three seconds. A trusted list has hundreds. */
const MAX_NAMESPACES = 10_000

/** XML §2.2: of the control characters only these. */
const NO_CHARACTER = /(?![\t\n\r\x7f-\x9f])\p{Cc}|[\ufffe\uffff]/u

/**
 * XML without DTD: entities are how parsers are made to read or expand what they should not. What only XML 1.1 (§2.11) calls an end of a line is named
 * by its number: the parser would read a line feed, and no digest would tell the two apart. Throws DerError.
 */
export function parseXml(bytes: Buffer, maxBytes = MAX_XML): { root: Element; text: string } {
  if (bytes.length > maxBytes) throw new DerError('The XML is too large')
  const text = decoded(bytes).replaceAll(/[\u0085\u2028\u2029]/g, (end) => `&#${end.charCodeAt(0)};`)
  if (NO_CHARACTER.test(text)) throw new DerError('The XML has characters that are none (XML §2.2)')
  if (hasMore(text, { than: MAX_TAGS, of: '<' }) || hasMore(text, { than: MAX_ATTRIBUTES, of: '=' }))
    throw new DerError('The XML has too many elements or attributes')
  if (hasMore(text, { than: MAX_NAMESPACES, of: 'xmlns' })) throw new DerError('The XML declares too many namespaces')
  if (/<!DOCTYPE|<!ENTITY/i.test(text)) throw new DerError('The XML has a DTD')
  const root = rootOf(text)
  if (!root) throw new DerError('The XML is broken')
  return { root, text }
}

/** Counts no further than it must. */
export function hasMore(text: string, { than, of }: Readonly<{ than: number; of: string }>): boolean {
  let count = 0
  for (let at = text.indexOf(of); at !== -1 && count <= than; at = text.indexOf(of, at + of.length)) count += 1
  return count > than
}

/**
 * The text by the encoding that the document declares (XML §4.3.3); canonical forms are in UTF-8 whatever that was. Octets that the
 * encoding does not know are an error: all of them would else become one character, and no digest would tell them apart.
 */
function decoded(bytes: Buffer): string {
  const declared =
    utf16(bytes) ??
    /^(?:\xef\xbb\xbf)?<\?xml[^>]*?\sencoding\s*=\s*["']([\w.-]{1,40})["']/.exec(bytes.toString('latin1', 0, 200))?.[1]
  // What the Web calls by this name is windows-1252, which has other characters from 80 to 9f.
  if (/^(iso-8859-1|latin1)$/i.test(declared ?? '')) return bytes.toString('latin1')
  try {
    return new TextDecoder(declared ?? 'utf-8', { fatal: true }).decode(bytes)
  } catch {
    throw new DerError('The XML is not in the encoding that it declares')
  }
}

/** UTF-16 needs a byte order mark (XML §4.3.3), which also says which of the two octets comes first. */
function utf16(bytes: Buffer): string | null {
  const mark = bytes.toString('latin1', 0, 2)
  if (mark === '\xff\xfe') return 'utf-16le'
  return mark === '\xfe\xff' ? 'utf-16be' : null
}

/** The root of a text, or null when it is no XML. The parser would go on where a mark is missing, and other readers see something else. */
export function rootOf(text: string): Element | null {
  try {
    const onError = (level: string, message: string) => {
      if (level !== 'warning' || !message.includes('replacement character')) throw new DerError('The XML is broken')
    }
    return new DOMParser({ onError }).parseFromString(text, 'text/xml').documentElement
  } catch {
    // Whatever the parser throws means the same: these bytes are no XML.
    return null
  }
}

/**
 * The Id that a reference to an element names, in either of its forms (XML-DSig §4.4.3.3): `#a`, `#xpointer(id('a'))`. Null for other
 * pointers, which are not followed, and for what is no pointer.
 */
export function idIn(uri: string): string | null {
  if (!uri.startsWith('#')) return null
  if (!uri.startsWith('#xpointer(')) return uri.slice(1)
  return /^#xpointer\(id\((['"])([^'"]+)\1\)\)$/.exec(uri)?.[2] ?? null
}

/** A reference to a file of a container: percent-encoded, perhaps wrongly. */
export function fileName(uri: string): string {
  try {
    return decodeURIComponent(uri)
  } catch {
    return uri
  }
}
