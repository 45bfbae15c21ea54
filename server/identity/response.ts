import type { KeyObject } from 'node:crypto'
import { AppError } from '../errors.ts'
import { personOf } from './person-attributes.ts'
import { ASSERTION_RULES, attributesOf, RESPONSE_RULES, violation, type Expected } from './response-rules.ts'
import { NS } from './saml.ts'
import type { SamlScheme } from './service-provider.ts'
import { attribute, descendants, hasSplitText, only, parseXml, type Element } from './xml.ts'
import { signaturesOf, verifiedText } from './xml-signature.ts'

/** The Response element of a document, not yet verified in any way. */
export function readResponse(document: string): Element {
  const root = parseXml(document)
  if (root.localName !== 'Response' || root.namespaceURI !== NS.protocol)
    throw new AppError('NOT_ALLOWED', 'Not a Response')
  return root
}

/** What an honest response begins with is shorter by far; to look on through one that is made of beginnings would take long. */
const BEGINNING = 4_096

/**
 * The id of the request that a response says it answers, read off its text while nothing of it is known to be true. It only finds the
 * request: what the parser reads there is compared with that (cases 16–18).
 */
export function statedRequest(document: string): string {
  const [, id = ''] = STATED_REQUEST.exec(document.slice(0, BEGINNING)) ?? []
  return id
}

const STATED_REQUEST = /<[\w.:-]*Response\b[^>]*?\sInResponseTo\s*=\s*["']([\w-]{1,100})["']/

/** Account key of the person whom a response names, whether it is true or not; `undefined` when it names none readably. */
export function statedPerson(scheme: SamlScheme, response: Element): string | undefined {
  const assertion = only(response, NS.assertion, 'Assertion')
  try {
    return assertion && personOf(scheme, attributesOf(assertion)).key
  } catch (error) {
    if (error instanceof AppError) return undefined
    throw error
  }
}

/** What a response must answer to, and the keys of the provider that its request was sent to. */
export type Terms = Readonly<{ expected: Expected; keys: readonly KeyObject[] }>

/**
 * Everything that a response must satisfy (spid-cie.md §3, §4); returns its assertion, read from the signed bytes.
 * Throws NOT_ALLOWED with the first reason found.
 */
export function verifyResponse(response: Element, { expected, keys }: Terms): Element {
  refuseIf(violation(RESPONSE_RULES, response, expected))
  if (hasSplitText(response)) throw new AppError('NOT_ALLOWED', 'comment inside a value')
  const unverified = only(response, NS.assertion, 'Assertion')
  if (!unverified) throw new AppError('NOT_ALLOWED', 'no assertion')
  checkIds(response)
  checkSignaturePlaces(response, unverified)
  // The assertion must be signed (cases 2, 3); the response may be, and then that signature counts too.
  const assertion = parseXml(verifiedText(unverified, keys))
  if (signaturesOf(response).length > 0) verifiedText(response, keys)
  refuseIf(violation(ASSERTION_RULES, assertion, expected))
  return assertion
}

/** An identifier names one element (xs:ID); two that share one are there to be taken for each other. */
function checkIds(response: Element): void {
  const ids = [response, ...descendants(response, '*', '*')].flatMap((element) => attribute(element, 'ID') ?? [])
  if (new Set(ids).size !== ids.length) throw new AppError('NOT_ALLOWED', 'the same ID twice')
}

/**
 * Signatures stand only where SAML puts them, as children of the assertion and of the response: one anywhere else is what
 * signature wrapping needs (xsw1–8, cases 112, 113).
 */
function checkSignaturePlaces(response: Element, assertion: Element): void {
  const inPlace = signaturesOf(response).length + signaturesOf(assertion).length
  const everywhere = descendants(response, NS.signature, 'Signature').length
  if (everywhere !== inPlace) throw new AppError('NOT_ALLOWED', 'signature out of place')
}

function refuseIf(reason: string | undefined): void {
  if (reason !== undefined) throw new AppError('NOT_ALLOWED', reason)
}
