import type { Document, Element, ProcessingInstruction } from '@xmldom/xmldom'
import { children, XMLDSIG } from './xml.ts'

/** Transforms of XML-DSig that xml-crypto does not know, in the only forms that signers of documents write. */

export const BASE64 = `${XMLDSIG}base64`
export const XPATH = 'http://www.w3.org/TR/1999/REC-xpath-19991116'
/** XML-Signature XPath Filter 2.0: what EU DSS writes in every enveloped signature. */
export const XPATH_FILTER = 'http://www.w3.org/2002/06/xmldsig-filter2'

/**
 * Whether what the reference is transformed by can be done here. An expression is accepted by its text, never evaluated: an
 * expression can select nothing, and a signature over nothing must not count.
 */
export function canTransform(reference: Element): boolean {
  const transforms = children(reference, XMLDSIG, 'Transforms').flatMap(({ childNodes }) =>
    [...childNodes].filter((node): node is Element => node.nodeType === node.ELEMENT_NODE),
  )
  return transforms.every((transform) => {
    const algorithm = transform.getAttribute('Algorithm')
    if (algorithm === BASE64) return transforms.length === 1
    if (algorithm !== XPATH && algorithm !== XPATH_FILTER) return true
    return reference.getAttribute('URI') === '' && leavesOutSignatures(transform, algorithm)
  })
}

function leavesOutSignatures(transform: Element, algorithm: string): boolean {
  const isFilter = algorithm === XPATH_FILTER
  const [expression, second] = children(transform, isFilter ? XPATH_FILTER : XMLDSIG, 'XPath')
  if (!expression || second || (isFilter && expression.getAttribute('Filter') !== 'subtract')) return false
  const form = isFilter
    ? /^\s*\/descendant::([\w.-]+):Signature\s*$/
    : /^\s*not\(\s*ancestor-or-self::([\w.-]+):Signature\s*\)\s*$/
  const prefix = form.exec(expression.textContent ?? '')?.[1]
  return prefix !== undefined && expression.lookupNamespaceURI(prefix) === XMLDSIG
}

/** The canonicalization methods, as xml-crypto wants them, that stand for the expressions that `canTransform` accepts. */
export function withoutSignatures() {
  return {
    getAlgorithmName: () => '',
    process: (node: Element): Element => {
      for (const signature of Array.from(node.getElementsByTagNameNS(XMLDSIG, 'Signature')))
        signature.parentNode?.removeChild(signature)
      return node
    },
  }
}

/** The octets that an element's text stands for, each as the character of its number. */
export function decodedText() {
  return {
    getAlgorithmName: () => '',
    process: (node: Element): string => Buffer.from(node.textContent ?? '', 'base64').toString('latin1'),
  }
}

/**
 * What Canonical XML §2.3 writes before and after the root for a whole document: its processing instructions. A style sheet named
 * there changes what people see, so it must count.
 */
export function aroundRoot(document: Document): readonly [string, string] {
  const sides: [string, string] = ['', '']
  let isAfter = false
  // The lists of xml-crypto's own DOM cannot be iterated.
  for (const node of Array.from(document.childNodes)) {
    if (node === document.documentElement) isAfter = true
    else if (node.nodeType === node.PROCESSING_INSTRUCTION_NODE) {
      const { target, data } = node as ProcessingInstruction
      // The parser gives the XML declaration as an instruction too.
      if (target.toLowerCase() === 'xml') continue
      const written = `<?${target}${data === '' ? '' : ` ${data}`}?>`
      sides[isAfter ? 1 : 0] += isAfter ? `\n${written}` : `${written}\n`
    }
  }
  return sides
}
