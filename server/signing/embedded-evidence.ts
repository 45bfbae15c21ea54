import {
  decodeCrls,
  decodeOcsps,
  readCertificates,
  type Certificate,
  type Evidence,
  type Ocsp,
} from '../certificates/index.ts'
import { children, context, sequence, type Der } from '../shared/asn1/der.ts'
import { OID } from '../shared/asn1/oids.ts'
import { attributesOf, type SignerInfo } from './cms.ts'

/** Validation data that a signature carries in its attributes: CAdES-XL/LT values and Adobe's archive. */
export function embeddedEvidence({ signedAttributes, unsignedAttributes }: SignerInfo): {
  evidence: Evidence
  certificates: readonly Certificate[]
} {
  const certificates = attributesOf(unsignedAttributes, OID.certificateValues).flatMap(({ values }) =>
    values.flatMap((value) => readCertificates(sequence(value))),
  )
  const lists = [
    ...attributesOf(unsignedAttributes, OID.revocationValues).flatMap(({ values }) => values),
    ...attributesOf(signedAttributes, OID.adobeRevocation).flatMap(({ values }) => values),
  ].map(revocationLists)
  return {
    certificates,
    evidence: {
      crls: decodeCrls(lists.flatMap(({ crls }) => crls)),
      ocsps: decodeOcsps(lists.flatMap(({ ocsps }) => ocsps)),
    },
  }
}

/** The OCSP answers in a value of revocation-values, or of Adobe's archive. */
export const ocspsIn = (value: Der): Ocsp[] => decodeOcsps(revocationLists(value).ocsps)

/** Both structures hold `[0] SEQUENCE OF CertificateList, [1] SEQUENCE OF OCSP response` (RFC 5126 §6.3.4; ISO 32000-2 §12.8.3.3.2). */
function revocationLists(value: Der): { crls: Buffer[]; ocsps: Buffer[] } {
  const list = (number: number): Buffer[] =>
    children(value)
      .filter(({ tag }) => tag === context(number))
      .flatMap((wrapper) => children(wrapper).flatMap((inner) => sequence(inner).map(({ raw }) => raw)))
  return { crls: list(0), ocsps: list(1) }
}
