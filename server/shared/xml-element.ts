import type { Element, Node } from '@xmldom/xmldom'

const ELEMENT = 1

export const isElement = (node: Node): node is Element => node.nodeType === ELEMENT

/** Child elements with that namespace and local name, in document order. */
export const children = (parent: Element, namespace: string, name: string): Element[] =>
  [...parent.childNodes].filter(
    (node): node is Element => isElement(node) && node.localName === name && node.namespaceURI === namespace,
  )

/** Elements with that namespace and local name at any depth. */
export const descendants = (parent: Element, namespace: string, name: string): Element[] => [
  ...parent.getElementsByTagNameNS(namespace, name),
]

/** The whole text of an element without the white space around it; empty when there is no element. */
export const textOf = (element: Element | undefined): string => (element?.textContent ?? '').trim()
