import type { Attr, CharacterData, Document, Element, Node, ProcessingInstruction } from '@xmldom/xmldom'
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
      // The parser gives the XML declaration as an instruction too.
      if ((node as ProcessingInstruction).target.toLowerCase() === 'xml') continue
      const written = instruction(node as ProcessingInstruction)
      sides[isAfter ? 1 : 0] += isAfter ? `\n${written}` : `${written}\n`
    }
  }
  return sides
}

const instruction = ({ target, data }: ProcessingInstruction): string =>
  `<?${target}${data === '' ? '' : ` ${data.replaceAll('\r', '&#xD;')}`}?>`

type Render = (node: Node, scope: unknown, defaultNamespace: string | null, ...context: unknown[]) => string

const inOrder = (left: string, right: string): number => Number(left > right) - Number(left < right)

const isNoDeclaration = ({ name, prefix }: Attr): boolean => name !== 'xmlns' && prefix !== 'xmlns'

const byName = (left: Attr, right: Attr): number =>
  inOrder(left.namespaceURI ?? '', right.namespaceURI ?? '') || inOrder(left.localName ?? '', right.localName ?? '')

const ESCAPES: Readonly<Record<string, string>> = {
  '&': '&amp;',
  '<': '&lt;',
  '"': '&quot;',
  '\t': '&#x9;',
  '\n': '&#xA;',
  '\r': '&#xD;',
}

const written = ({ name, value }: Attr): string =>
  ` ${name}="${value.replaceAll(/[&<"\t\n\r]/g, (character) => ESCAPES[character] ?? character)}"`

type Methods = Readonly<Record<string, new () => unknown>>

/**
 * The methods of xml-crypto with canonical forms by Canonical XML §2.3 where its own are not: it writes an instruction as if its data were
 * text, so that a signed text could be hidden in one; it leaves out attributes whose name only begins with `xmlns`; it cannot write an
 * empty section of text; it declares again that there is no default namespace; and it puts names into the order of a language, not of
 * their characters.
 */
export const faithful = (methods: Methods): Methods =>
  Object.fromEntries(
    Object.entries(methods).map(([name, method]) => [name, name.includes('c14n') ? corrected(method) : method]),
  )

/** The methods that it replaces are not in xml-crypto's published types. */
function corrected(Base: new () => unknown): new () => unknown {
  const make = function () {
    const own = new Base() as { processInner: Render }
    const render = own.processInner.bind(own)
    return Object.assign(own, {
      processInner(node: Node, scope: unknown, defaultNamespace: string | null, ...context: unknown[]): string {
        if (node.nodeType === node.PROCESSING_INSTRUCTION_NODE) return instruction(node as ProcessingInstruction)
        const isEmpty = (node as CharacterData).data === '' && node.nodeType !== node.COMMENT_NODE
        return isEmpty ? '' : render(node, scope, defaultNamespace ?? '', ...context)
      },
      nsCompare: (left: { prefix: string }, right: { prefix: string }) => inOrder(left.prefix, right.prefix),
      renderAttrs: ({ attributes }: Element) =>
        Array.from(attributes).filter(isNoDeclaration).sort(byName).map(written).join(''),
    })
  }
  return make as unknown as new () => unknown
}

const EXCLUSIVE = 'http://www.w3.org/2001/10/xml-exc-c14n#'

/** Whether what the methods leave is in an inclusive form: it is, too, when none of them writes anything (XML-DSig §4.4.3.2). */
export const isInclusive = (methods: readonly string[]): boolean => !methods.some((name) => name.startsWith(EXCLUSIVE))

/**
 * While `use` runs, an element that is written without what is around it has the language, the treatment of blanks and the base that it
 * inherits there, as inclusive canonical forms show them (Canonical XML 1.0 §2.4, 1.1 §2.4; several bases one in the other are not joined).
 */
export function inheriting<T>(element: Element, use: () => T): T {
  const added = ['xml:base', 'xml:lang', 'xml:space'].filter((name) => !element.hasAttribute(name))
  const inherited = added.map((name) => [name, valueAbove(element, name)] as const)
  for (const [name, value] of inherited) if (value !== null) element.setAttributeNS(XML, name, value)
  try {
    return use()
  } finally {
    for (const name of added) element.removeAttribute(name)
  }
}

const XML = 'http://www.w3.org/XML/1998/namespace'

function valueAbove(element: Element, name: string): string | null {
  let node = element.parentNode as Element | null
  while (node?.attributes && !node.hasAttribute(name)) node = node.parentNode as Element | null
  return node?.attributes ? node.getAttribute(name) : null
}
