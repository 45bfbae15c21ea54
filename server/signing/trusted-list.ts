import type { Element } from '@xmldom/xmldom'
import { parseCertificate, type Certificate } from '../certificates/index.ts'
import { DerError } from '../shared/asn1/der.ts'
import { checkXmlSignature } from './xml-signature.ts'
import { descendants, parseXml, textOf, XMLDSIG } from './xml.ts'

/** ETSI TS 119 612, version 5 and 6: who may issue what is qualified, in one State. */
export type TrustedList = Readonly<{
  territory: string
  sequence: number
  issued: Date
  /** Null for a closed list. */
  nextUpdate: Date | null
  /** Of the list of the lists: where its pivots are, newest first (trusted-lists/pivot-lists.ts). */
  pivots: readonly string[]
  /** Other lists: for the list of the lists, those of the Member States. */
  pointers: readonly ListPointer[]
  services: readonly TrustedService[]
}>

export type ListPointer = Readonly<{
  territory: string
  location: string
  isXml: boolean
  signers: readonly Certificate[]
}>

export type TrustedService = Readonly<{
  provider: string
  name: string
  /** Last part of the type's address: `CA/QC`, `TSA/QTST`… */
  type: string
  certificates: readonly Certificate[]
  /** Newest first. */
  states: readonly ServiceState[]
}>

export type ServiceState = Readonly<{
  /** Last part of the status's address: `granted`, `withdrawn`… */
  status: string
  from: Date
  /** `ForeSignatures`, `ForeSeals`, `ForWebSiteAuthentication`. */
  uses: readonly string[]
  qualifications: readonly Qualifications[]
}>

/** Qualifiers for the certificates that meet the criteria (TS 119 612 §5.5.9.2). */
export type Qualifications = Readonly<{ qualifiers: readonly string[]; criteria: Criteria }>

export type Criteria = Readonly<{
  assert: 'all' | 'atLeastOne' | 'none'
  /** Each entry: usage bit → wanted value. */
  keyUsages: readonly ReadonlyMap<string, boolean>[]
  /** Each entry: policies that must all be there. */
  policySets: readonly (readonly string[])[]
  nested: readonly Criteria[]
  /** A criterion that is not understood matches nothing. */
  hasOther: boolean
}>

/** What decides whether a list is taken. */
export type ListFacts = Pick<TrustedList, 'territory' | 'sequence' | 'issued' | 'nextUpdate' | 'pivots'> &
  Readonly<{ /** Once, over the whole of it, by one of those who may. */ isSigned: boolean }>

/** Reads a list and checks its signature, away from the thread that answers requests. Null when it is none. */
export type ReadList = (bytes: Buffer, signers: readonly Certificate[]) => Promise<ListFacts | null>

const TSL = 'http://uri.etsi.org/02231/v2#'
const EXTENSION = 'http://uri.etsi.org/TrstSvc/SvcInfoExt/eSigDir-1999-93-EC-TrustedList/#'

/** Decodes a list. Its signature is a matter of its own (`isSignedBy`). Throws DerError when it is no list of version 5 or 6. */
export function parseTrustedList(bytes: Buffer): TrustedList {
  const { root } = parseXml(bytes)
  if (root.localName !== 'TrustServiceStatusList' || root.namespaceURI !== TSL) throw new DerError('Not a trusted list')
  const scheme = child(root, 'SchemeInformation')
  if (!scheme || !['5', '6'].includes(textOf(child(scheme, 'TSLVersionIdentifier'))))
    throw new DerError('A trusted list of a version that is not read here')
  const nextUpdate = textOf(child(child(scheme, 'NextUpdate'), 'dateTime'))
  return {
    territory: textOf(child(scheme, 'SchemeTerritory')),
    sequence: Number(textOf(child(scheme, 'TSLSequenceNumber'))),
    issued: date(textOf(child(scheme, 'ListIssueDateTime'))),
    nextUpdate: nextUpdate === '' ? null : date(nextUpdate),
    pivots: children(child(scheme, 'SchemeInformationURI'), 'URI').map(textOf).filter(isList),
    pointers: descendants(scheme, TSL, 'OtherTSLPointer').map(readPointer),
    services: descendants(root, TSL, 'TrustServiceProvider').flatMap(readProvider),
  }
}

/**
 * Whether the list carries exactly one signature, over the whole of it, valid, by one of these certificates
 * (TS 119 612 §5.7; signatures-and-pdf.md §8.3).
 */
export function isListSignedBy(bytes: Buffer, signers: readonly Certificate[]): boolean {
  const { root, text } = parseXml(bytes)
  const signatures = descendants(root, XMLDSIG, 'Signature').filter(({ parentNode }) => parentNode === root)
  const [signature] = signatures
  if (!signature || signatures.length > 1) return false
  const { certificate, digestIntact, signatureValid, coversDocument } = checkXmlSignature(text, signature)
  const isKnown = certificate !== null && signers.some(({ sha256 }) => sha256 === certificate.sha256)
  return isKnown && digestIntact === true && signatureValid && coversDocument
}

const child = (element: Element | undefined, name: string): Element | undefined =>
  [...(element?.childNodes ?? [])].find((node): node is Element => node.localName === name)

const children = (element: Element | undefined, name: string): Element[] =>
  [...(element?.childNodes ?? [])].filter((node): node is Element => node.localName === name)

/** Among the addresses that explain a scheme there are pages, the Official Journal’s too. */
const isList = (address: string): boolean => /\.xml$/i.test(address)

function date(text: string): Date {
  const at = new Date(text)
  if (Number.isNaN(at.getTime())) throw new DerError('A date of the trusted list is malformed')
  return at
}

const lastPart = (address: string, after: string): string => address.slice(address.lastIndexOf(after) + after.length)

function readPointer(pointer: Element): ListPointer {
  return {
    territory: textOf(descendants(pointer, TSL, 'SchemeTerritory')[0]),
    location: textOf(child(pointer, 'TSLLocation')),
    isXml: descendants(pointer, '*', 'MimeType').some((type) => textOf(type) === 'application/vnd.etsi.tsl+xml'),
    signers: certificatesIn(child(pointer, 'ServiceDigitalIdentities')),
  }
}

function certificatesIn(element: Element | undefined): Certificate[] {
  return (element ? descendants(element, TSL, 'X509Certificate') : []).flatMap((written) => {
    try {
      return [parseCertificate(Buffer.from(textOf(written), 'base64'))]
    } catch (error) {
      // One broken identity of thousands must not take the list away.
      if (error instanceof DerError) return []
      throw error
    }
  })
}

function readProvider(provider: Element): TrustedService[] {
  const name = textOf(descendants(provider, TSL, 'TSPName')[0])
  return descendants(provider, TSL, 'TSPService').map((service) => {
    const current = child(service, 'ServiceInformation')
    const history = children(child(service, 'ServiceHistory'), 'ServiceHistoryInstance')
    return {
      provider: name,
      name: textOf(child(current, 'ServiceName')),
      type: lastPart(textOf(child(current, 'ServiceTypeIdentifier')), '/Svctype/'),
      certificates: certificatesIn(child(current, 'ServiceDigitalIdentity')),
      states: [current, ...history]
        .flatMap((state) => (state ? [readState(state)] : []))
        .sort((left, right) => right.from.getTime() - left.from.getTime()),
    }
  })
}

function readState(state: Element): ServiceState {
  const extensions = child(state, 'ServiceInformationExtensions')
  const information = extensions ? descendants(extensions, TSL, 'AdditionalServiceInformation') : []
  return {
    status: lastPart(textOf(child(state, 'ServiceStatus')), '/Svcstatus/'),
    from: date(textOf(child(state, 'StatusStartingTime'))),
    uses: information.map((entry) => lastPart(textOf(child(entry, 'URI')), '/SvcInfoExt/')),
    qualifications: extensions ? descendants(extensions, EXTENSION, 'QualificationElement').map(readQualification) : [],
  }
}

function readQualification(element: Element): Qualifications {
  const qualifiers = descendants(element, EXTENSION, 'Qualifier').map((qualifier) =>
    lastPart(qualifier.getAttribute('uri') ?? '', '/SvcInfoExt/'),
  )
  const list = child(element, 'CriteriaList')
  return {
    qualifiers,
    criteria: list ? readCriteria(list) : { assert: 'none', keyUsages: [], policySets: [], nested: [], hasOther: true },
  }
}

const UNDERSTOOD = new Set(['KeyUsage', 'PolicySet', 'CriteriaList', 'Description'])

function readCriteria(list: Element): Criteria {
  const assert = list.getAttribute('assert')
  return {
    assert: assert === 'atLeastOne' || assert === 'none' ? assert : 'all',
    keyUsages: children(list, 'KeyUsage').map(
      (usage) =>
        new Map(
          children(usage, 'KeyUsageBit').map(
            (bit) => [bit.getAttribute('name') ?? '', textOf(bit) === 'true'] as const,
          ),
        ),
    ),
    policySets: children(list, 'PolicySet').map((set) =>
      descendants(set, '*', 'Identifier').map((identifier) => textOf(identifier).replace(/^urn:oid:/i, '')),
    ),
    nested: children(list, 'CriteriaList').map(readCriteria),
    hasOther: [...list.childNodes].some(
      ({ nodeType, localName }) => nodeType === 1 && !UNDERSTOOD.has(localName ?? ''),
    ),
  }
}
