import type { Element } from '@xmldom/xmldom'
import { children, idIn, XADES, XMLDSIG } from './xml.ts'

/** Where the parts of a XAdES signature lie (EN 319 132-1 §4.3): looked up by their place, since a signature may hold other signatures. */

const qualifying = (signature: Element, name: string): Element[] =>
  children(signature, XMLDSIG, 'Object')
    .flatMap((object) => children(object, XADES, 'QualifyingProperties'))
    .flatMap((properties) => children(properties, XADES, name))

export const signedProperties = (signature: Element): Element | null =>
  qualifying(signature, 'SignedProperties')[0] ?? null

/** Everything in UnsignedSignatureProperties, in its order. */
export const unsignedProperties = (signature: Element): Element[] =>
  qualifying(signature, 'UnsignedProperties')
    .flatMap((properties) => children(properties, XADES, 'UnsignedSignatureProperties'))
    .flatMap(({ childNodes }) => [...childNodes].filter((node): node is Element => node.nodeType === node.ELEMENT_NODE))

/** Signatures on this signature, in its own properties. */
export const counterSignaturesOf = (signature: Element): Element[] =>
  unsignedProperties(signature)
    .filter(({ localName, namespaceURI }) => localName === 'CounterSignature' && namespaceURI === XADES)
    .flatMap((counter) => children(counter, XMLDSIG, 'Signature'))

/** Whether the signature is reported with another one that it lies in. */
export function isCounterSignature(signature: Element): boolean {
  for (let node = signature.parentNode; node; node = node.parentNode) {
    if (node.namespaceURI === XMLDSIG && node.localName === 'Signature')
      return counterSignaturesOf(node as Element).includes(signature)
  }
  return false
}

/** Whether one of the references of the signature is to this element. That its digest holds is checked elsewhere. */
export function signs(signature: Element, element: Element): boolean {
  const id = element.getAttribute('Id')
  return (
    id !== null &&
    id !== '' &&
    children(signature, XMLDSIG, 'SignedInfo')
      .flatMap((info) => children(info, XMLDSIG, 'Reference'))
      .some((reference) => idIn(reference.getAttribute('URI') ?? '') === id)
  )
}

export const signsValueOf = (counter: Element, signature: Element): boolean =>
  children(signature, XMLDSIG, 'SignatureValue').some((value) => signs(counter, value))
