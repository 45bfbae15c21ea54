import type { Document, Element } from '@xmldom/xmldom'
import type { Level } from '../../server/identity/index.ts'
import type { Signer, Spoiling } from '../support/identity-provider/index.ts'

type Parts = { document: Document; response: Element; assertion: Element }

/** One row of AgID's response matrix (spid-cie.md §4). */
export type Row = Readonly<{
  case: string
  altered: string
  /** `level`: accepted only when the level that the assertion states is at least the one asked for. */
  expected: 'OK' | 'KO' | Readonly<{ level: Level }>
  alter?: (parts: Parts) => void
  sign?: Spoiling['sign']
  /** Who signs instead of the provider. */
  signer?: Signer
  assertionSigner?: Signer
}>

const LONG_AGO = '2018-01-01T00:00:00Z'
const FAR_AHEAD = '2099-01-01T00:00:00Z'
const WRONG = 'una stringa qualsiasi'

const at = (parent: Element, name: string): Element => parent.getElementsByTagNameNS('*', name)[0]!
const drop = (element: Element): void => void element.parentNode?.removeChild(element)
const empty = (element: Element): void => void (element.textContent = '')

type Where = (parts: Parts) => Element

/** Where things are. `Issuer` and `Status` come first in document order, so the first is the response's own. */
const response: Where = (parts) => parts.response
const assertion: Where = (parts) => parts.assertion
const inResponse =
  (name: string): Where =>
  (parts) =>
    at(parts.response, name)
const inAssertion =
  (name: string): Where =>
  (parts) =>
    at(parts.assertion, name)

const setting = (where: Where, name: string, value: string) => ({
  alter: (parts: Parts) => where(parts).setAttribute(name, value),
})
const removing = (where: Where, name: string) => ({ alter: (parts: Parts) => where(parts).removeAttribute(name) })
const without = (where: Where) => ({ alter: (parts: Parts) => drop(where(parts)) })
const emptied = (where: Where) => ({ alter: (parts: Parts) => empty(where(parts)) })
const written = (where: Where, text: string) => ({ alter: (parts: Parts) => void (where(parts).textContent = text) })
/** An instant so many seconds from now. */
const shifted = (where: Where, name: string, seconds: number) => ({
  alter: (parts: Parts) =>
    where(parts).setAttribute(name, new Date(Date.now() + seconds * 1000).toISOString().replace(/\.\d+/, '')),
})
const each = (...changes: { alter: (parts: Parts) => void }[]) => ({
  alter: (parts: Parts) => changes.forEach(({ alter }) => alter(parts)),
})

/** Absent, empty, malformed… of one attribute: the shape of most rows. */
type Variation = [number: string, altered: string, change: { alter: (parts: Parts) => void }]
const refused = (...variations: Variation[]): Row[] =>
  variations.map(([number, altered, change]) => ({ case: number, altered, expected: 'KO', ...change }))

const data = inAssertion('SubjectConfirmationData')
const confirmation = inAssertion('SubjectConfirmation')
const nameId = inAssertion('NameID')
const conditions = inAssertion('Conditions')
const audience = inAssertion('Audience')
const classRef = inAssertion('AuthnContextClassRef')
const lastOf =
  (name: string): Where =>
  (parts) =>
    [...parts.assertion.getElementsByTagNameNS('*', name)].at(-1)!
const spidLevel = (level: number) => `https://www.spid.gov.it/SpidL${level}`

export function responseMatrix(stranger: Signer): Row[] {
  return [
    { case: '1', altered: 'nothing', expected: 'OK' },
    {
      case: '1-NS',
      altered: 'AuthnStatement without SessionIndex',
      expected: 'OK',
      ...removing(inAssertion('AuthnStatement'), 'SessionIndex'),
    },
    {
      case: '2',
      altered: 'neither Response nor Assertion signed',
      expected: 'KO',
      sign: { response: false, assertion: false },
    },
    { case: '3', altered: 'only the Response signed', expected: 'KO', sign: { response: true, assertion: false } },
    {
      case: '4 5',
      altered: 'signed with a key that is not in the metadata, its certificate in KeyInfo',
      expected: 'KO',
      signer: stranger,
    },
    ...ofResponse,
    ...ofAssertion,
    ...ofSubject,
    ...ofConditions,
    ...ofClocks,
    ...ofAuthentication,
    { case: '100', altered: 'Assertion signed with another key', expected: 'KO', assertionSigner: stranger },
    {
      case: '110',
      altered: 'IssueInstant with fractions of a second',
      expected: 'OK',
      alter: (parts) => {
        for (const element of [parts.response, parts.assertion]) {
          element.setAttribute('IssueInstant', element.getAttribute('IssueInstant')!.replace('Z', '.123456Z'))
        }
      },
    },
  ]
}

const ofResponse: Row[] = [
  ...refused(
    ['8', 'Response ID empty', setting(response, 'ID', '')],
    ['9', 'Response ID absent', removing(response, 'ID')],
    ['10', 'Response Version 1.0', setting(response, 'Version', '1.0')],
    ['11', 'Response IssueInstant empty', setting(response, 'IssueInstant', '')],
    ['12', 'Response IssueInstant absent', removing(response, 'IssueInstant')],
    ['13', 'Response IssueInstant only a date', setting(response, 'IssueInstant', '2026-01-01')],
    [
      '14',
      'IssueInstant before the request',
      each(setting(response, 'IssueInstant', LONG_AGO), setting(assertion, 'IssueInstant', LONG_AGO)),
    ],
    [
      '15',
      'IssueInstant in the future',
      each(setting(response, 'IssueInstant', FAR_AHEAD), setting(assertion, 'IssueInstant', FAR_AHEAD)),
    ],
    ['16', 'InResponseTo empty', each(setting(response, 'InResponseTo', ''), setting(data, 'InResponseTo', ''))],
    ['17', 'InResponseTo absent', each(removing(response, 'InResponseTo'), removing(data, 'InResponseTo'))],
    [
      '18',
      'InResponseTo of an unknown request',
      each(setting(response, 'InResponseTo', '_x'), setting(data, 'InResponseTo', '_x')),
    ],
    ['18, Response alone', 'InResponseTo of an unknown request', setting(response, 'InResponseTo', '_x')],
    ['19', 'Destination empty', setting(response, 'Destination', '')],
    ['20', 'Destination absent', removing(response, 'Destination')],
    ['21', 'Destination is not the ACS', setting(response, 'Destination', 'https://altrove.example/acs')],
    ['22', 'Status without children', emptied(inResponse('Status'))],
    ['23', 'Status absent', without(inResponse('Status'))],
    ['24', 'StatusCode Value empty', setting(inResponse('StatusCode'), 'Value', '')],
    ['25', 'StatusCode absent', without(inResponse('StatusCode'))],
    [
      '26',
      'StatusCode unknown, Assertion present',
      setting(inResponse('StatusCode'), 'Value', 'urn:oasis:names:tc:SAML:2.0:status:NonSuccesso'),
    ],
    ['27', 'Response Issuer empty', emptied(inResponse('Issuer'))],
    ['28', 'Response Issuer absent', without(inResponse('Issuer'))],
    ['29', 'Response Issuer is another entity', written(inResponse('Issuer'), 'https://altro.example')],
    ['30', 'Response Issuer Format wrong', setting(inResponse('Issuer'), 'Format', WRONG)],
  ),
  { case: '31', altered: 'Response Issuer Format absent', expected: 'OK', ...removing(inResponse('Issuer'), 'Format') },
  ...refused(['32', 'Success without Assertion', without(assertion)]),
]

const ofAssertion: Row[] = refused(
  ['33', 'Assertion ID empty', setting(assertion, 'ID', '')],
  ['34', 'Assertion ID absent', removing(assertion, 'ID')],
  ['35', 'Assertion Version 1.0', setting(assertion, 'Version', '1.0')],
  ['36', 'Assertion IssueInstant empty', setting(assertion, 'IssueInstant', '')],
  ['37', 'Assertion IssueInstant absent', removing(assertion, 'IssueInstant')],
  ['38', 'Assertion IssueInstant malformed', setting(assertion, 'IssueInstant', WRONG)],
  ['39', 'Assertion IssueInstant before the request', setting(assertion, 'IssueInstant', LONG_AGO)],
  ['40', 'Assertion IssueInstant in 2099', setting(assertion, 'IssueInstant', FAR_AHEAD)],
  ['67', 'Assertion Issuer empty', emptied(inAssertion('Issuer'))],
  ['68', 'Assertion Issuer absent', without(inAssertion('Issuer'))],
  ['69', 'Assertion Issuer is another entity', written(inAssertion('Issuer'), 'https://altro.example')],
  ['70', 'Assertion Issuer Format empty', setting(inAssertion('Issuer'), 'Format', '')],
  ['71', 'Assertion Issuer Format absent', removing(inAssertion('Issuer'), 'Format')],
  ['72', 'Assertion Issuer Format wrong', setting(inAssertion('Issuer'), 'Format', WRONG)],
)

const ofSubject: Row[] = refused(
  ['41', 'Subject empty', emptied(inAssertion('Subject'))],
  ['42', 'Subject absent', without(inAssertion('Subject'))],
  ['43', 'NameID empty', each(emptied(nameId), setting(nameId, 'NameQualifier', ''))],
  ['43, text alone', 'NameID empty', emptied(nameId)],
  ['44', 'NameID absent', without(nameId)],
  ['45', 'NameID Format empty', setting(nameId, 'Format', '')],
  ['46', 'NameID Format absent', removing(nameId, 'Format')],
  [
    '47',
    'NameID Format not transient',
    setting(nameId, 'Format', 'urn:oasis:names:tc:SAML:2.0:nameid-format:persistent'),
  ],
  ['48', 'NameQualifier empty', setting(nameId, 'NameQualifier', '')],
  ['49', 'NameQualifier absent', removing(nameId, 'NameQualifier')],
  ['51', 'SubjectConfirmation empty', emptied(confirmation)],
  ['52', 'SubjectConfirmation absent', without(confirmation)],
  ['53', 'Method empty', setting(confirmation, 'Method', '')],
  ['54', 'Method absent', removing(confirmation, 'Method')],
  ['55', 'Method not bearer', setting(confirmation, 'Method', 'urn:oasis:names:tc:SAML:2.0:cm:holder-of-key')],
  ['56', 'SubjectConfirmationData absent', without(data)],
  ['57', 'Recipient empty', setting(data, 'Recipient', '')],
  ['58', 'Recipient absent', removing(data, 'Recipient')],
  ['59', 'Recipient is not the ACS', setting(data, 'Recipient', 'https://altrove.example/acs')],
  ['60', 'SubjectConfirmationData InResponseTo empty', setting(data, 'InResponseTo', '')],
  ['61', 'SubjectConfirmationData InResponseTo absent', removing(data, 'InResponseTo')],
  ['62', 'SubjectConfirmationData InResponseTo of another request', setting(data, 'InResponseTo', '_x')],
  ['63', 'SubjectConfirmationData NotOnOrAfter empty', setting(data, 'NotOnOrAfter', '')],
  ['64', 'SubjectConfirmationData NotOnOrAfter absent', removing(data, 'NotOnOrAfter')],
  ['65', 'SubjectConfirmationData NotOnOrAfter malformed', setting(data, 'NotOnOrAfter', WRONG)],
  ['66', 'SubjectConfirmationData NotOnOrAfter past', setting(data, 'NotOnOrAfter', LONG_AGO)],
)

/** Every restriction counts, not any (SAML core §2.5.1.4). */
function restrictFurther(parts: Parts): void {
  const ours = inAssertion('AudienceRestriction')(parts)
  const other = ours.cloneNode(true) as Element
  at(other, 'Audience').textContent = 'https://altrove.example'
  ours.parentNode!.appendChild(other)
}

const ofConditions: Row[] = refused(
  ['73', 'Conditions without children', emptied(conditions)],
  ['74', 'Conditions absent', without(conditions)],
  ['75', 'NotBefore empty', setting(conditions, 'NotBefore', '')],
  ['76', 'NotBefore absent', removing(conditions, 'NotBefore')],
  ['77', 'NotBefore malformed', setting(conditions, 'NotBefore', WRONG)],
  ['78', 'NotBefore in 2099', setting(conditions, 'NotBefore', FAR_AHEAD)],
  ['79', 'NotOnOrAfter empty', setting(conditions, 'NotOnOrAfter', '')],
  ['80', 'NotOnOrAfter absent', removing(conditions, 'NotOnOrAfter')],
  ['81', 'NotOnOrAfter malformed', setting(conditions, 'NotOnOrAfter', WRONG)],
  ['82', 'NotOnOrAfter past', setting(conditions, 'NotOnOrAfter', LONG_AGO)],
  ['83', 'AudienceRestriction empty', emptied(inAssertion('AudienceRestriction'))],
  ['84', 'AudienceRestriction absent', without(inAssertion('AudienceRestriction'))],
  ['85', 'Audience empty', emptied(audience)],
  ['86', 'Audience absent', without(audience)],
  ['87', 'Audience is another service provider', written(audience, 'https://altrove.example')],
  ['87, twice', 'a second AudienceRestriction for another service provider', { alter: restrictFurther }],
)

/** A minute is what clocks may differ by, and no more (spid-cie.md §3). */
const ofClocks: Row[] = (
  [
    ['15', 'Response IssueInstant', response, 'IssueInstant', 1],
    ['40', 'Assertion IssueInstant', assertion, 'IssueInstant', 1],
    ['66', 'SubjectConfirmationData NotOnOrAfter', data, 'NotOnOrAfter', -1],
    ['78', 'Conditions NotBefore', conditions, 'NotBefore', 1],
    ['82', 'Conditions NotOnOrAfter', conditions, 'NotOnOrAfter', -1],
  ] as const
).flatMap(([number, what, where, name, sign]) =>
  [30, 90].map((seconds): Row => {
    const altered = `${what} ${seconds} seconds ${sign > 0 ? 'ahead' : 'past'}`
    const expected = seconds < 60 ? 'OK' : 'KO'
    return { case: `${number}, by the clock`, altered, expected, ...shifted(where, name, sign * seconds) }
  }),
)

const ofAuthentication: Row[] = [
  ...refused(
    ['88', 'AuthnStatement without children', emptied(inAssertion('AuthnStatement'))],
    ['89', 'AuthnStatement absent', without(inAssertion('AuthnStatement'))],
    ['90', 'AuthnContext without children', emptied(inAssertion('AuthnContext'))],
    ['91', 'AuthnContext absent', without(inAssertion('AuthnContext'))],
    ['92', 'AuthnContextClassRef empty', emptied(classRef)],
    ['93', 'AuthnContextClassRef absent', without(classRef)],
  ),
  ...([1, 2, 3] as const).map((level): Row => ({
    case: `${93 + level}`,
    altered: `level ${level} stated`,
    expected: { level },
    ...written(classRef, spidLevel(level)),
  })),
  ...refused(
    ['97', 'level as an old URN', written(classRef, 'urn:oasis:names:tc:SAML:2.0:ac:classes:SpidL1')],
    ['98', 'AttributeStatement without attributes', emptied(inAssertion('AttributeStatement'))],
    ['99', 'attribute without value', without(inAssertion('AttributeValue'))],
    ['99, another attribute', 'attribute without value', without(lastOf('AttributeValue'))],
    ['99, twice', 'the same attribute twice', setting(lastOf('Attribute'), 'Name', 'name')],
    ['99, nameless', 'attribute without Name', removing(lastOf('Attribute'), 'Name')],
    ['103', 'mandatory attribute missing', without(inAssertion('Attribute'))],
    ['103, empty', 'mandatory attribute empty', emptied(inAssertion('AttributeValue'))],
  ),
  { case: '103, not owned', altered: 'another attribute empty', expected: 'OK', ...emptied(lastOf('AttributeValue')) },
  {
    case: '109',
    altered: 'attributes without NameFormat',
    expected: 'OK',
    alter: ({ assertion: signed }) =>
      [...signed.getElementsByTagNameNS('*', 'Attribute')].forEach((attribute) =>
        attribute.removeAttribute('NameFormat'),
      ),
  },
]
