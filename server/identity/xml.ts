import { DOMParser, onErrorStopParsing, type Document, type Element, type Node } from '@xmldom/xmldom'
import { AppError } from '../errors.ts'
import { children, isElement } from '../shared/xml-element.ts'

export type { Element }
export { children, descendants, textOf } from '../shared/xml-element.ts'

const TEXT = 3
const CDATA = 4
const INSTRUCTION = 7
const COMMENT = 8

/** An honest message has some ten. Whoever goes down a document, as canonicalisation does, comes to the end of the stack after thousands. */
const MOST_LEVELS = 100

/**
 * Parses one XML document strictly and returns its root. Refuses a DOCTYPE before parsing, so that no entity is ever
 * defined, let alone expanded or fetched (entity expansion, XXE), whatever is not well formed, and what is nested without end.
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
  if (isDeeper(document.documentElement, MOST_LEVELS)) throw new AppError('NOT_ALLOWED', 'XML is nested too deep')
  return document.documentElement
}

const isDeeper = (element: Element, levels: number): boolean =>
  levels === 0 || [...element.childNodes].some((node) => isElement(node) && isDeeper(node, levels - 1))

/** The one child with that name; `undefined` when there is none or more than one: what is ambiguous is not used. */
export function only(parent: Element | undefined, namespace: string, name: string): Element | undefined {
  const found = parent ? children(parent, namespace, name) : []
  return found.length === 1 ? found[0] : undefined
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

/** An attribute without a namespace; undefined when it, or the element, is not there. */
export function attribute(element: Element | undefined, name: string): string | undefined {
  return element?.getAttribute(name) ?? undefined
}

/** Whether a processing instruction stands anywhere in it: no SAML message has one. */
export const hasInstruction = (element: Element): boolean =>
  [...element.childNodes].some((node) => node.nodeType === INSTRUCTION || (isElement(node) && hasInstruction(node)))

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
