import { createHash, type Hash } from 'node:crypto'
import type { Document, Element, Node } from '@xmldom/xmldom'
import type { Reference, SignedXml } from 'xml-crypto'
import type { DigestName } from '../certificates/index.ts'
import type { Content } from './content.ts'
import { aroundRoot, BASE64, inheriting, isInclusive } from './xml-transforms.ts'
import { hasMore, idIn, XML_DIGESTS } from './xml.ts'

/** The files that a signature may be about beside its own document, by the name that it uses (ASiC, EN 319 162-1 §4.3.3.2). */
export type ExternalFiles = Readonly<{
  /** Null for a reference without URI: which object is meant whoever checks must know (RFC 3275 §4.3.3.1). */
  find: (uri: string | null) => Content | null
  names: readonly string[]
}>

/** Feeds what one reference is to, as it was hashed, into a hash. */
export type Octets = (hash: Hash) => Hash

/** Something, as xml-crypto wants it, when what the reference names has its digest; undefined when it has not. */
type CheckReference = (reference: Reference, document: Document) => string | undefined

/** Not in xml-crypto's published types. */
type Canonical = (document: Document, reference: Reference, element: Element) => string

/** The largest trusted lists have 60,000 elements; a tag of four octets makes a node of some hundred. */
const MOST_TAGS = 300_000
/** xml-crypto takes comments out one by one, and puts them in order first: in the square of their number. */
const MOST_COMMENTS = 1_000

/** Whether checking the signature would take longer than a few seconds, however small the file is. */
export const isTooMuch = (xml: string): boolean =>
  hasMore(xml, { than: MOST_TAGS, of: '<' }) || hasMore(xml, { than: MOST_COMMENTS, of: '<!--' })

/** The whole document or one of its elements. */
export const isInside = (uri: string | null): uri is string => uri !== null && (uri === '' || uri.startsWith('#'))

/**
 * How the references of one signature are checked: the document, one of its elements, or a file beside it. Canonical forms are
 * xml-crypto's; what is signed it would look for by putting all elements in order, in the square of their number. `nameless` is the
 * place of the reference without URI, or -1: xml-crypto would take it for the whole document. What is found right goes to `referenced`.
 */
export function referenceCheck(
  signed: SignedXml,
  files: ExternalFiles,
  { nameless, referenced }: Readonly<{ nameless: number; referenced: Octets[] }>,
): CheckReference {
  const canonical = (signed as unknown as { getCanonReferenceXml: Canonical }).getCanonReferenceXml.bind(signed)
  const namesNothing = (reference: Reference): boolean =>
    nameless !== -1 && signed.getReferences().indexOf(reference) === nameless
  return (reference, document) => {
    const uri = namesNothing(reference) ? null : ((reference as { uri?: string }).uri ?? '')
    const digest = XML_DIGESTS.get(reference.digestAlgorithm)
    if (digest === undefined) return undefined
    const expected = Buffer.from(String(reference.digestValue), 'base64')
    if (isInside(uri)) return checkInside({ reference, uri, digest, expected, referenced }, document, canonical)
    // A file beside the document is hashed as it is.
    const file = files.find(uri)
    if (!file?.digest(digest).equals(expected)) return undefined
    referenced.push((hash) => hash.update(file.source.read(0, file.source.size)))
    return 'A file'
  }
}

type Expected = Readonly<{
  reference: Reference
  uri: string
  digest: DigestName
  expected: Buffer
  referenced: Octets[]
}>

function checkInside(
  { reference, uri, digest, expected, referenced }: Expected,
  document: Document,
  canonical: Canonical,
): string | undefined {
  const element = uri === '' ? document.documentElement : named(idIn(uri), document, reference)
  if (!element) return undefined
  const written = (): string => canonical(document, reference, element)
  const xml = uri !== '' && isInclusive(reference.transforms) ? inheriting(element, written) : written()
  const [before, after] = uri === '' ? aroundRoot(document) : ['', '']
  const encoding = reference.transforms.includes(BASE64) ? 'latin1' : 'utf8'
  const feed: Octets = (hash) => hash.update(before).update(xml, encoding).update(after)
  if (!feed(createHash(digest)).digest().equals(expected)) return undefined
  referenced.push(feed)
  return xml
}

const ID_NAMES: readonly (string | null)[] = ['Id', 'ID', 'id']

/** The only element with that name: a second one could be shown in the place of the signed one (signature wrapping). */
function named(name: string | null, document: Document, reference: Reference): Element | undefined {
  if (name === null) return undefined
  const found: { element: Element; attribute: string }[] = []
  for (const element of elementsOf(document)) {
    for (const { localName, value } of Array.from(element.attributes))
      if (value === name && ID_NAMES.includes(localName)) found.push({ element, attribute: localName ?? '' })
    if (found.length > 1) return undefined
  }
  // With a quote in it the name would end early in the expression by which xml-crypto finds the namespaces around the element.
  if (!found[0] || name.includes("'")) return undefined
  reference.xpath = `//*[@*[local-name(.)='${found[0].attribute}']='${name}']`
  return found[0].element
}

/** In the order of the document, without recursion: a document may be as deep as it is long. */
function* elementsOf(document: Document): Generator<Element> {
  let node: Node | null = document.firstChild
  while (node) {
    if (node.nodeType === node.ELEMENT_NODE) yield node as Element
    let next: Node | null = node.firstChild ?? node.nextSibling
    while (!next && node.parentNode && node.parentNode !== document) {
      node = node.parentNode
      next = node.nextSibling
    }
    node = next
  }
}
