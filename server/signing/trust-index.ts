import {
  certificatePolicies,
  keyUsage,
  qcStatements,
  sameName,
  type Certificate,
  type Path,
} from '../certificates/index.ts'
import { oid, sequence } from '../shared/asn1/der.ts'
import { OID } from '../shared/asn1/oids.ts'
import type { Criteria, ServiceState, TrustedList, TrustedService } from './trusted-list.ts'

/** The lists in force, searchable by the key of a service. */
export type TrustIndex = Readonly<{
  lists: readonly TrustedList[]
  byKey: ReadonlyMap<string, readonly Listed[]>
}>

type Listed = Readonly<{ service: TrustedService; list: TrustedList }>

const keyOf = ({ publicKeyInfo }: Certificate): string => publicKeyInfo.toString('base64')

export function createTrustIndex(lists: readonly TrustedList[]): TrustIndex {
  const byKey = new Map<string, Listed[]>()
  for (const listed of lists.flatMap((list) => list.services.map((service) => ({ service, list })))) {
    for (const key of new Set(listed.service.certificates.map(keyOf)))
      byKey.set(key, [...(byKey.get(key) ?? []), listed])
  }
  return { lists, byKey }
}

/** Types whose certificates are anchors: authorities for signatures and seals, and for time stamps. */
const ANCHORING = new Set(['CA/QC', 'TSA/QTST', 'TSA/TSS-QC'])

export const anchorsOf = ({ lists }: TrustIndex): Certificate[] =>
  lists.flatMap(({ services }) =>
    services.filter(({ type }) => ANCHORING.has(type)).flatMap(({ certificates }) => certificates),
  )

/** What the lists say of a certificate at one time (TS 119 615 §4.4, in short: signatures-and-pdf.md §8.2). */
export type ListedStatus = Readonly<{
  qualified: boolean
  purpose: 'sign' | 'seal' | 'web'
  device: boolean
  /** The list that says so. */
  list: TrustedList
}>

/** eIDAS applies from 2016-07-01 in Brussels: before, supervision or accreditation was what counted. */
const EIDAS = new Date('2016-06-30T22:00:00Z')
const BEFORE_EIDAS = new Set(['undersupervision', 'supervisionincessation', 'accredited'])

/** Null when no list knows an authority of the path. */
export function listedStatus(index: TrustIndex, path: Path, at: Date): ListedStatus | null {
  const [certificate] = path
  const services = path
    .slice(1)
    .flatMap((authority) => servicesOf(index, authority))
    .filter(({ service }) => service.type === 'CA/QC')
  if (!certificate) return null
  const statuses = services.flatMap(({ service, list }) => {
    const state = stateAt(service, at)
    return state ? [{ ...statusIn(state, certificate, at), list }] : []
  })
  return statuses.find(({ qualified }) => qualified) ?? statuses[0] ?? null
}

function servicesOf({ byKey }: TrustIndex, authority: Certificate): Listed[] {
  return (byKey.get(keyOf(authority)) ?? []).filter(({ service }) =>
    service.certificates.some(({ subject }) => sameName(subject, authority.subject)),
  )
}

const stateAt = ({ states }: TrustedService, at: Date): ServiceState | undefined =>
  states.find(({ from }) => from <= at)

function statusIn(state: ServiceState, certificate: Certificate, at: Date): Omit<ListedStatus, 'list'> {
  const qualifiers = new Set(
    state.qualifications.filter(({ criteria }) => meets(certificate, criteria)).flatMap((entry) => entry.qualifiers),
  )
  const statements = qcStatements(certificate)
  const purpose = purposeOf(certificate, qualifiers)
  const inForce = at < EIDAS ? BEFORE_EIDAS.has(state.status) : state.status === 'granted'
  const wanted = { sign: 'ForeSignatures', seal: 'ForeSeals', web: 'ForWebSiteAuthentication' }[purpose]
  const serves = at < EIDAS || state.uses.length === 0 || state.uses.includes(wanted)
  const compliant =
    (statements.has(OID.qcCompliance) || qualifiers.has('QCStatement')) &&
    !qualifiers.has('NotQualified') &&
    !statements.has(OID.qcLegislation)
  return {
    qualified: inForce && serves && compliant,
    purpose,
    device: hasDevice(qualifiers, statements.has(OID.qcSscd)),
  }
}

function purposeOf(certificate: Certificate, qualifiers: ReadonlySet<string>): ListedStatus['purpose'] {
  if (qualifiers.has('QCForESig')) return 'sign'
  if (qualifiers.has('QCForESeal') || qualifiers.has('QCForLegalPerson')) return 'seal'
  if (qualifiers.has('QCForWSA')) return 'web'
  const written = qcStatements(certificate).get(OID.qcType)
  const types = written ? sequence(written).map(oid) : []
  // Absent on older certificates, which are then for signatures (EN 319 412-5 §4.2.3).
  if (types.length === 0 || types.includes(OID.qcTypeSign)) return 'sign'
  return types.includes(OID.qcTypeSeal) ? 'seal' : 'web'
}

/** The list overrides the certificate (§8.2 point 5). */
function hasDevice(qualifiers: ReadonlySet<string>, claimed: boolean): boolean {
  if (['QCNoQSCD', 'QCNoSSCD'].some((qualifier) => qualifiers.has(qualifier))) return false
  return claimed || ['QCWithQSCD', 'QCQSCDManagedOnBehalf', 'QCWithSSCD'].some((qualifier) => qualifiers.has(qualifier))
}

function meets(certificate: Certificate, { assert, keyUsages, policySets, nested, hasOther }: Criteria): boolean {
  if (hasOther) return false
  const usage = keyUsage(certificate)
  const policies = new Set(certificatePolicies(certificate).map(({ policy }) => policy))
  const outcomes = [
    ...keyUsages.map((wanted) => [...wanted].every(([bit, value]) => (usage?.has(bit as never) ?? false) === value)),
    ...policySets.map((set) => set.every((policy) => policies.has(policy))),
    ...nested.map((criteria) => meets(certificate, criteria)),
  ]
  if (assert === 'none') return outcomes.every((outcome) => !outcome)
  return assert === 'all' ? outcomes.every(Boolean) : outcomes.some(Boolean)
}

/** Past the day by which its next issue was due: what it says may no longer be so. */
export const isOverdue = ({ nextUpdate }: Pick<TrustedList, 'nextUpdate'>, at: Date): boolean =>
  nextUpdate !== null && nextUpdate < at
