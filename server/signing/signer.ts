import {
  attributeOf,
  certificatePolicies,
  displayName,
  qcStatements,
  taxCode,
  type Certificate,
} from '../certificates/index.ts'
import { oid, sequence } from '../shared/asn1/der.ts'
import { lenient } from '../shared/asn1/lenient.ts'
import { OID } from '../shared/asn1/oids.ts'
import type { SignatureReport } from './verification.ts'

/** The signer as the certificate names them: never from an appearance or a declared name. */
export function signerFacts(certificate: Certificate): SignatureReport['signedBy'] {
  const { subject, issuer, serial, notBefore, notAfter, sha256 } = certificate
  const organization = attributeOf(subject, OID.organization)
  const limitsOfUse = usageLimits(certificate)
  return {
    name: signerName(certificate),
    taxCode: taxCode(certificate),
    ...(organization === undefined || /^non presente$/i.test(organization) ? {} : { organization }),
    issuer: displayName(issuer),
    serial,
    validFrom: notBefore.toISOString(),
    validTo: notAfter.toISOString(),
    sha256,
    ...(limitsOfUse === '' ? {} : { limitsOfUse }),
  }
}

/** What is shown when no certificate could be found. */
export const UNKNOWN_SIGNER: SignatureReport['signedBy'] = { name: '', taxCode: null }

function signerName({ subject }: Certificate): string {
  const pseudonym = attributeOf(subject, OID.pseudonym)
  if (pseudonym !== undefined) return `pseudonimo: ${pseudonym}`
  const given = attributeOf(subject, OID.givenName)
  const family = attributeOf(subject, OID.surname)
  return given !== undefined && family !== undefined ? `${given} ${family}` : displayName(subject)
}

function usageLimits(certificate: Certificate): string {
  return lenient(() => certificatePolicies(certificate).flatMap(({ notices }) => notices), []).join(' · ')
}

/** What the certificate says of itself; it proves nothing until a trusted list confirms it (§4.1, §8). */
type QualifiedClaims = Readonly<{
  compliant: boolean
  device: boolean
  seal: boolean
  euLegislation: boolean
  web: boolean
}>

export function qualifiedClaims(certificate: Certificate): QualifiedClaims {
  // A malformed extension hides what it would have said; the rest of the certificate still stands.
  const none = { compliant: false, device: false, seal: isLegalPerson(certificate), euLegislation: true, web: false }
  return lenient(() => {
    const statements = qcStatements(certificate)
    const typeList = statements.get(OID.qcType)
    const types = typeList ? sequence(typeList).map(oid) : []
    return {
      compliant: statements.has(OID.qcCompliance),
      device: statements.has(OID.qcSscd),
      seal: types.length > 0 ? types.includes(OID.qcTypeSeal) : isLegalPerson(certificate),
      euLegislation: !statements.has(OID.qcLegislation),
      web: types.length > 0 && types.every((type) => type === OID.qcTypeWeb),
    }
  }, none)
}

const isLegalPerson = ({ subject }: Certificate): boolean =>
  attributeOf(subject, OID.organizationIdentifier) !== undefined &&
  attributeOf(subject, OID.surname) === undefined &&
  attributeOf(subject, OID.serialNumber) === undefined
