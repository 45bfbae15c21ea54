import { attributeOf, certificatePolicies, displayName, qcStatements, type Certificate } from '../certificates/index.ts'
import { oid, sequence } from '../shared/asn1/der.ts'
import { lenient } from '../shared/asn1/lenient.ts'
import { OID } from '../shared/asn1/oids.ts'
import { isCodiceFiscale } from '../shared/italian/codice-fiscale.ts'
import type { SignatureReport } from './verification.ts'

const CODE = '[A-Z]{6}[0-9LMNPQRSTUV]{2}[ABCDEHLMPRST][0-9LMNPQRSTUV]{2}[A-Z][0-9LMNPQRSTUV]{3}[A-Z]'
const IN_SERIAL_NUMBER = new RegExp(`^(?:TINIT-|IT:)(${CODE})$`, 'i')
/** CNS and CIE: `CN = CODICEFISCALE/<card>.<hash>` (signatures-and-pdf.md §4.2). */
const IN_COMMON_NAME = new RegExp(`^(${CODE})/`, 'i')
const LEGAL_PERSON = /^(?:VATIT-|NTRIT-|CF:IT-)(\d{11})$/i

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

/** Codice fiscale of a person, or the eleven digits of a legal person; null when the certificate holds neither, or one with a wrong control character. */
export function taxCode({ subject }: Certificate): string | null {
  const find = (pattern: RegExp, type: string): string | undefined =>
    pattern.exec(attributeOf(subject, type) ?? '')?.[1]
  const code = (find(IN_SERIAL_NUMBER, OID.serialNumber) ?? find(IN_COMMON_NAME, OID.commonName))?.toUpperCase()
  if (code !== undefined) return isCodiceFiscale(code) ? code : null
  return find(LEGAL_PERSON, OID.organizationIdentifier) ?? null
}

function usageLimits(certificate: Certificate): string {
  return lenient(() => certificatePolicies(certificate).flatMap(({ notices }) => notices), []).join(' · ')
}

/** What the certificate says of itself; it proves nothing until a trusted list confirms it (§4.1, §8). */
export type QualifiedClaims = Readonly<{
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
