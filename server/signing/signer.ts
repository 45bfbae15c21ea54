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
import { plainLine } from '../shared/plain-text.ts'
import type { SignatureReport } from './verification.ts'

/** The signer as the certificate names them: never from an appearance or a declared name. */
export function signerFacts(certificate: Certificate): SignatureReport['signedBy'] {
  const { subject, issuer, serial, notBefore, notAfter, sha256 } = certificate
  const organization = attributeOf(subject, OID.organization)
  const limitsOfUse = usageLimits(certificate)
  return {
    name: plainLine(signerName(certificate)),
    taxCode: taxCode(certificate),
    ...(organization === undefined || /^non presente$/i.test(organization)
      ? {}
      : { organization: plainLine(organization) }),
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
  const notices = lenient(() => certificatePolicies(certificate).flatMap((policy) => policy.notices), [])
  return notices.map(plainLine).join(' · ')
}

/** What the certificate says of itself, by its type or else by its subject; it proves nothing until a trusted list confirms it (§4.1, §8). */
export function claimsSeal(certificate: Certificate): boolean {
  // A malformed extension hides what it would have said; the rest of the certificate still stands.
  const types = lenient(() => {
    const typeList = qcStatements(certificate).get(OID.qcType)
    return typeList ? sequence(typeList).map(oid) : []
  }, [])
  return types.length > 0 ? types.includes(OID.qcTypeSeal) : isLegalPerson(certificate)
}

const isLegalPerson = ({ subject }: Certificate): boolean =>
  attributeOf(subject, OID.organizationIdentifier) !== undefined &&
  attributeOf(subject, OID.surname) === undefined &&
  attributeOf(subject, OID.serialNumber) === undefined
