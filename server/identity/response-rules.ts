import type { LoginRequest } from './login-request.ts'
import type { Level } from './person.ts'
import { FORMAT_ENTITY, FORMAT_TRANSIENT, levelOf, METHOD_BEARER, NS, parseInstant, STATUS_SUCCESS } from './saml.ts'
import { acsUrl, type ServiceProvider } from './service-provider.ts'
import { attribute, children, descendants, only, textOf, type Element } from './xml.ts'

/** What a response must answer to: the stored request, our own addresses and the rules of the scheme. */
export type Expected = Readonly<{
  requestId: string
  requestInstant: Date
  /** entityID of the provider that was asked. */
  issuer: string
  acsUrl: string
  /** Our entityID. */
  audience: string
  level: Level
  now: Date
  profile: SchemeProfile
}>

/** Where the schemes differ (spid-cie.md §9). */
type SchemeProfile = Readonly<{ assertionIssuerFormatRequired: boolean; mandatoryAttributes: readonly string[] }>

const PROFILES: Readonly<Record<'spid' | 'cie' | 'eidas', SchemeProfile>> = {
  spid: {
    assertionIssuerFormatRequired: true,
    mandatoryAttributes: ['spidCode', 'name', 'familyName', 'fiscalNumber'],
  },
  cie: {
    assertionIssuerFormatRequired: false,
    mandatoryAttributes: ['name', 'familyName', 'dateOfBirth', 'fiscalNumber'],
  },
  eidas: {
    assertionIssuerFormatRequired: true,
    mandatoryAttributes: ['spidCode', 'name', 'familyName', 'dateOfBirth'],
  },
}

/** What the response to a request must answer to. */
export function expectedOf(
  request: LoginRequest,
  { serviceProvider, now }: Readonly<{ serviceProvider: ServiceProvider; now: Date }>,
): Expected {
  return {
    requestId: request.id,
    requestInstant: request.issueInstant,
    issuer: request.identityProvider,
    acsUrl: acsUrl(serviceProvider, request.scheme),
    audience: serviceProvider.keys.entityId,
    level: request.level,
    now,
    profile: PROFILES[request.scheme],
  }
}

/** Clocks of providers run ahead by some seconds; no other tolerance (spid-cie.md §3). */
const SKEW_MS = 60_000

/** `cases` are the numbers of AgID's validator (spid-cie.md §4); `violated` is the reason for the log. */
type Rule = Readonly<{ cases: string; violated: string; holds: (element: Element, expected: Expected) => boolean }>

/** Whether a response is to this request at all: before its refusal, too, counts for the request. */
export const ANSWER_RULES: readonly Rule[] = [
  {
    cases: '16–18',
    violated: 'Response InResponseTo',
    holds: (response, { requestId }) => attribute(response, 'InResponseTo') === requestId,
  },
]

/** On the Response element. It may be unsigned, so these can only refuse: nothing is ever read from it. */
export const RESPONSE_RULES: readonly Rule[] = [
  { cases: '8 9', violated: 'Response ID', holds: (response) => hasAttribute(response, 'ID') },
  { cases: '10', violated: 'Response Version', holds: (response) => attribute(response, 'Version') === '2.0' },
  { cases: '11–15', violated: 'Response IssueInstant', holds: issuedInTime },
  ...ANSWER_RULES,
  {
    cases: '19–21',
    violated: 'Response Destination',
    holds: (response, { acsUrl }) => attribute(response, 'Destination') === acsUrl,
  },
  { cases: '22–26', violated: 'Response Status', holds: (response) => statusOf(response).code === STATUS_SUCCESS },
  {
    cases: '27–29',
    violated: 'Response Issuer',
    holds: (response, { issuer }) => textOf(only(response, NS.assertion, 'Issuer')) === issuer,
  },
  { cases: '30 31', violated: 'Response Issuer Format', holds: (response) => issuerFormat(response, false) },
  { cases: '32', violated: 'exactly one Assertion', holds: hasOneAssertion },
]

/** On the Assertion as it was signed. */
export const ASSERTION_RULES: readonly Rule[] = [
  { cases: '33 34', violated: 'Assertion ID', holds: (assertion) => hasAttribute(assertion, 'ID') },
  { cases: '35', violated: 'Assertion Version', holds: (assertion) => attribute(assertion, 'Version') === '2.0' },
  { cases: '14 15 36–40', violated: 'Assertion IssueInstant', holds: issuedInTime },
  { cases: '41–44', violated: 'NameID', holds: (assertion) => textOf(nameIdOf(assertion)) !== '' },
  {
    cases: '45–47',
    violated: 'NameID Format',
    holds: (assertion) => attribute(nameIdOf(assertion), 'Format') === FORMAT_TRANSIENT,
  },
  // Only its presence: real providers differ in the value (the validator's case 50 is not in use).
  {
    cases: '48 49',
    violated: 'NameID NameQualifier',
    holds: (assertion) => hasAttribute(nameIdOf(assertion), 'NameQualifier'),
  },
  {
    cases: '52–55',
    violated: 'SubjectConfirmation',
    holds: (assertion) => attribute(confirmationOf(assertion), 'Method') === METHOD_BEARER,
  },
  {
    cases: '51 56–59',
    violated: 'Recipient',
    holds: (assertion, { acsUrl }) => attribute(confirmationDataOf(assertion), 'Recipient') === acsUrl,
  },
  {
    cases: '60–62',
    violated: 'SubjectConfirmationData InResponseTo',
    holds: (assertion, { requestId }) => attribute(confirmationDataOf(assertion), 'InResponseTo') === requestId,
  },
  {
    cases: '63–66',
    violated: 'SubjectConfirmationData NotOnOrAfter',
    holds: (assertion, { now }) => notExpired(confirmationDataOf(assertion), now),
  },
  {
    cases: '67–69',
    violated: 'Assertion Issuer',
    holds: (assertion, { issuer }) => textOf(only(assertion, NS.assertion, 'Issuer')) === issuer,
  },
  {
    cases: '70–72',
    violated: 'Assertion Issuer Format',
    holds: (assertion, { profile }) => issuerFormat(assertion, profile.assertionIssuerFormatRequired),
  },
  {
    cases: '74–78',
    violated: 'Conditions NotBefore',
    holds: (assertion, { now }) => begun(conditionsOf(assertion), now),
  },
  {
    cases: '79–82',
    violated: 'Conditions NotOnOrAfter',
    holds: (assertion, { now }) => notExpired(conditionsOf(assertion), now),
  },
  { cases: '73 83–87', violated: 'Audience', holds: (assertion, { audience }) => isForAudience(assertion, audience) },
  { cases: '88–97', violated: 'AuthnContextClassRef', holds: levelReached },
  { cases: '99', violated: 'AttributeStatement', holds: hasReadableAttributes },
  { cases: '98 103', violated: 'mandatory attributes', holds: hasMandatoryAttributes },
]

/** Reason and case numbers of the first rule that does not hold, or `undefined` when all hold. */
export function violation(rules: readonly Rule[], element: Element, expected: Expected): string | undefined {
  const broken = rules.find((rule) => !rule.holds(element, expected))
  return broken && `${broken.violated} (cases ${broken.cases})`
}

export type Status = Readonly<{ code: string | undefined; message: string }>

/** Status of a response. More than one Status or StatusCode is no status. */
export function statusOf(response: Element): Status {
  const status = only(response, NS.protocol, 'Status')
  return {
    code: attribute(only(status, NS.protocol, 'StatusCode'), 'Value'),
    message: textOf(only(status, NS.protocol, 'StatusMessage')),
  }
}

const subjectOf = (assertion: Element) => only(assertion, NS.assertion, 'Subject')
export const nameIdOf = (assertion: Element) => only(subjectOf(assertion), NS.assertion, 'NameID')
const confirmationOf = (assertion: Element) => only(subjectOf(assertion), NS.assertion, 'SubjectConfirmation')
const confirmationDataOf = (assertion: Element) =>
  only(confirmationOf(assertion), NS.assertion, 'SubjectConfirmationData')
const conditionsOf = (assertion: Element) => only(assertion, NS.assertion, 'Conditions')
export const authnStatementOf = (assertion: Element) => only(assertion, NS.assertion, 'AuthnStatement')

/** The level that the assertion states. */
export function reachedLevel(assertion: Element): Level | undefined {
  const context = only(authnStatementOf(assertion), NS.assertion, 'AuthnContext')
  return levelOf(textOf(only(context, NS.assertion, 'AuthnContextClassRef')))
}

/** The instant after which the assertion is worth nothing, and need not be remembered. */
export function expiryOf(assertion: Element): Date | undefined {
  return parseInstant(attribute(confirmationDataOf(assertion), 'NotOnOrAfter'))
}

/** Values by attribute name; attributes without text are left out, because the person does not have them. */
export function attributesOf(assertion: Element): ReadonlyMap<string, string> {
  const values = new Map<string, string>()
  for (const element of attributeElements(assertion)) {
    const value = textOf(only(element, NS.assertion, 'AttributeValue'))
    if (value !== '') values.set(attribute(element, 'Name') ?? '', value)
  }
  return values
}

function attributeElements(assertion: Element): Element[] {
  const statement = only(assertion, NS.assertion, 'AttributeStatement')
  return statement ? children(statement, NS.assertion, 'Attribute') : []
}

const hasAttribute = (element: Element | undefined, name: string): boolean =>
  (attribute(element, name) ?? '').trim() !== ''

/**
 * Compared by whole seconds: providers write seconds and we milliseconds, so a quick answer would seem to come before
 * the question. Not before the request (cases 14, 39), not in the future (15, 40).
 */
function issuedInTime(element: Element, { requestInstant, now }: Expected): boolean {
  const instant = parseInstant(attribute(element, 'IssueInstant'))
  if (!instant) return false
  const seconds = (date: Date) => Math.floor(date.getTime() / 1000)
  return seconds(instant) >= seconds(requestInstant) && instant.getTime() <= now.getTime() + SKEW_MS
}

function begun(element: Element | undefined, now: Date): boolean {
  const from = parseInstant(attribute(element, 'NotBefore'))
  return from !== undefined && from.getTime() <= now.getTime() + SKEW_MS
}

function notExpired(element: Element | undefined, now: Date): boolean {
  const until = parseInstant(attribute(element, 'NotOnOrAfter'))
  return until !== undefined && now.getTime() - SKEW_MS < until.getTime()
}

function issuerFormat(element: Element, required: boolean): boolean {
  const format = attribute(only(element, NS.assertion, 'Issuer'), 'Format')
  return format === undefined ? !required : format === FORMAT_ENTITY
}

/** Encrypted assertions are not in SPID; a second assertion, wherever it stands, is an attack or a defect. */
function hasOneAssertion(response: Element): boolean {
  const everywhere = ['Assertion', 'EncryptedAssertion'].flatMap((name) => descendants(response, NS.assertion, name))
  return everywhere.length === 1
}

/** Every restriction must name us (SAML core §2.5.1.4). */
function isForAudience(assertion: Element, audience: string): boolean {
  const conditions = conditionsOf(assertion)
  const restrictions = conditions ? children(conditions, NS.assertion, 'AudienceRestriction') : []
  const names = (restriction: Element) => children(restriction, NS.assertion, 'Audience').map(textOf)
  return restrictions.length > 0 && restrictions.every((restriction) => names(restriction).includes(audience))
}

/** A higher level than asked is never refused, whatever the case says of the Comparison (cases 94–96). */
function levelReached(assertion: Element, { level }: Expected): boolean {
  const reached = reachedLevel(assertion)
  return reached !== undefined && reached >= level
}

/** One value for each attribute and each attribute once, or it would depend on the reader which one counts. */
function hasReadableAttributes(assertion: Element): boolean {
  const elements = attributeElements(assertion)
  const names = elements.map((element) => attribute(element, 'Name') ?? '')
  const readable = elements.every((element) => only(element, NS.assertion, 'AttributeValue') !== undefined)
  return readable && !names.includes('') && new Set(names).size === names.length
}

function hasMandatoryAttributes(assertion: Element, { profile }: Expected): boolean {
  const values = attributesOf(assertion)
  return profile.mandatoryAttributes.every((name) => values.has(name))
}
