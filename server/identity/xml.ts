import { DOMParser, onErrorStopParsing, type Document, type Element, type Node } from '@xmldom/xmldom'
import { AppError } from '../errors.ts'

export type { Element }

const ELEMENT = 1
const TEXT = 3
const CDATA = 4
const INSTRUCTION = 7
const COMMENT = 8

/**
 * Parses one XML document strictly and returns its root. Refuses a DOCTYPE before parsing, so that no entity is ever
 * defined, let alone expanded or fetched (entity expansion, XXE), and whatever is not well formed.
 */
export function parseXml(text: string): Element {
  if (/<!(DOCTYPE|ENTITY)/i.test(text)) throw new AppError('NOT_ALLOWED', 'XML with a document type declaration')
  let document: Document
  try {
    document = new DOMParser({ onError: onErrorStopParsing }).parseFromString(text.trim(), 'text/xml')
  } catch (cause) {
    throw new AppError('NOT_ALLOWED', 'XML is not well formed', { cause })
  }
  if (!document.documentElement) throw new AppError('NOT_ALLOWED', 'XML without root element')
  return document.documentElement
}

/** Child elements with that name, in document order. */
export function children(parent: Element, namespace: string, name: string): Element[] {
  const found: Element[] = []
  for (let node = parent.firstChild; node; node = node.nextSibling) {
    if (isElement(node) && node.localName === name && node.namespaceURI === namespace) found.push(node)
  }
  return found
}

/** The one child with that name; `undefined` when there is none or more than one: what is ambiguous is not used. */
export function only(parent: Element | undefined, namespace: string, name: string): Element | undefined {
  const found = parent ? children(parent, namespace, name) : []
  return found.length === 1 ? found[0] : undefined
}

/** Elements with that name at any depth. */
export function descendants(parent: Element, namespace: string, name: string): Element[] {
  return [...parent.getElementsByTagNameNS(namespace, name)]
}

/** The prefixed namespaces that an element inherits and declares, the nearest declaration of each prefix. */
export function namespacesInScope(element: Element): { prefix: string; namespaceURI: string }[] {
  const found = new Map<string, string>()
  for (let node: Node | null = element; node && isElement(node); node = node.parentNode) {
    for (const { prefix, localName, value } of node.attributes) {
      if (prefix === 'xmlns' && localName !== null && !found.has(localName)) found.set(localName, value)
    }
  }
  return [...found].map(([prefix, namespaceURI]) => ({ prefix, namespaceURI }))
}

export function attribute(element: Element | undefined, name: string): string | undefined {
  return element?.getAttribute(name) ?? undefined
}

/** The whole text of an element without the white space around it; empty when there is no element. */
export const textOf = (element: Element | undefined): string => (element?.textContent ?? '').trim()

/**
 * Whether a comment or a processing instruction stands inside a text value. Canonicalisation removes comments, so
 * `admin<!-- -->.evil` keeps its signature while careless readers see only `admin` (CVE-2017-11427 and its family).
 */
export function hasSplitText(element: Element): boolean {
  const nodes = [...element.childNodes]
  const hidden = nodes.some(({ nodeType }) => nodeType === COMMENT || nodeType === INSTRUCTION)
  const text = nodes.some(
    (node) => (node.nodeType === TEXT || node.nodeType === CDATA) && (node.nodeValue ?? '').trim() !== '',
  )
  return (hidden && text) || nodes.some((node) => isElement(node) && hasSplitText(node))
}

const ENTITIES: Readonly<Record<string, string>> = {
  '&': '&amp;',
  '<': '&lt;',
  '>': '&gt;',
  '"': '&quot;',
  "'": '&apos;',
}

const escapeXml = (value: string): string => value.replace(/[&<>"']/g, (sign) => ENTITIES[sign] ?? sign)

/** Markup that is already XML and must not be escaped again. */
export type Markup = Readonly<{ markup: string }>
type Part = string | number | Markup | readonly Markup[] | undefined

/**
 * Template for XML: interpolated text is escaped, markup is inserted, `undefined` is nothing.
 * The line breaks of the template are removed between tags and are one space inside a tag.
 */
export function xml(strings: TemplateStringsArray, ...parts: readonly Part[]): Markup {
  return { markup: strings.map((text, index) => unbroken(text) + render(parts[index])).join('') }
}

function unbroken(text: string): string {
  return text
    .replace(/(>|^)\s*\n\s*/g, '$1')
    .replace(/\s*\n\s*(<|$)/g, '$1')
    .replace(/\s*\n\s*/g, ' ')
}

function render(part: Part): string {
  if (part === undefined) return ''
  if (typeof part === 'object') return 'markup' in part ? part.markup : part.map(({ markup }) => markup).join('')
  return escapeXml(String(part))
}

function isElement(node: Node): node is Element {
  return node.nodeType === ELEMENT
}
