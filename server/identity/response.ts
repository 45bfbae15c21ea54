import { AppError } from '../errors.ts'
import type { IdentityProvider } from './identity-provider.ts'
import type { LoginRequest } from './login-request.ts'
import { ASSERTION_RULES, PROFILES, RESPONSE_RULES, violation, type Expected } from './response-rules.ts'
import { NS } from './saml.ts'
import { verifiedAssertion } from './saml-client.ts'
import { acsUrl, type ServiceProvider } from './service-provider.ts'
import { attribute, descendants, hasSplitText, only, parseXml, type Element } from './xml.ts'
import { checkAlgorithms, referenceOf, signaturesOf } from './xml-signature.ts'

/** The Response element of a document, not yet verified in any way. */
export function readResponse(document: string): Element {
  const root = parseXml(document)
  if (root.localName !== 'Response' || root.namespaceURI !== NS.protocol)
    throw new AppError('NOT_ALLOWED', 'Not a Response')
  return root
}

type Received = Readonly<{
  document: string
  response: Element
  request: LoginRequest
  /** The provider that the request was sent to. */
  provider: IdentityProvider
  serviceProvider: ServiceProvider
  now: Date
}>

/**
 * Everything that a response must satisfy (spid-cie.md §3, §4); returns its assertion, read from the signed bytes.
 * Throws NOT_ALLOWED with the first reason found.
 */
export async function verifyResponse(received: Received): Promise<Element> {
  const { document, response, provider, serviceProvider, request } = received
  const expected = expectedOf(received)
  refuseIf(violation(RESPONSE_RULES, response, expected))
  if (hasSplitText(response)) throw new AppError('NOT_ALLOWED', 'comment inside a value')
  checkSignaturePlaces(response)
  const signed = await verifiedAssertion(document, {
    keys: serviceProvider.keys,
    acsUrl: acsUrl(serviceProvider, request.scheme),
    certificates: provider.certificates,
    responseSigned: signaturesOf(response).length > 0,
  }).catch((cause: unknown) => {
    throw new AppError('NOT_ALLOWED', 'signature of the assertion or of the response does not verify', { cause })
  })
  const assertion = parseXml(signed)
  refuseIf(violation(ASSERTION_RULES, assertion, expected))
  return assertion
}

function expectedOf({ request, provider, serviceProvider, now }: Received): Expected {
  return {
    requestId: request.id,
    requestInstant: request.issueInstant,
    issuer: provider.entityId,
    acsUrl: acsUrl(serviceProvider, request.scheme),
    audience: serviceProvider.keys.entityId,
    level: request.level,
    comparison: request.comparison,
    now,
    profile: PROFILES[request.scheme],
  }
}

/**
 * Signatures stand only where SAML puts them, as child of the element they sign: one in the assertion (cases 2, 3), at
 * most one in the response. One anywhere else is what signature wrapping needs.
 */
function checkSignaturePlaces(response: Element): void {
  const assertion = only(response, NS.assertion, 'Assertion')
  const owners = [response, ...(assertion ? [assertion] : [])]
  const inPlace = owners.flatMap((owner) => signaturesOf(owner).map((signature) => ({ owner, signature })))
  const everywhere = descendants(response, NS.signature, 'Signature')
  if (everywhere.length !== inPlace.length) throw new AppError('NOT_ALLOWED', 'signature out of place')
  if (!assertion || signaturesOf(assertion).length !== 1) throw new AppError('NOT_ALLOWED', 'assertion is not signed')
  for (const { owner, signature } of inPlace) {
    checkAlgorithms(signature)
    if (referenceOf(signature) !== attribute(owner, 'ID'))
      throw new AppError('NOT_ALLOWED', 'signature over another element')
  }
}

function refuseIf(reason: string | undefined): void {
  if (reason !== undefined) throw new AppError('NOT_ALLOWED', reason)
}
