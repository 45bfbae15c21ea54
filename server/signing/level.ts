import { oid } from '../shared/asn1/der.ts'
import { OID } from '../shared/asn1/oids.ts'
import { attributesOf, type Attribute, type SignedData, type SignerInfo } from './cms.ts'
import type { SignerCheck } from './signer-check.ts'
import type { SignatureReport } from './verification.ts'

type Level = SignatureReport['level']

const has = (attributes: readonly Attribute[] | null, ...types: string[]): boolean =>
  types.some((type) => attributesOf(attributes, type).length > 0)

type CmsFacts = Readonly<{
  check: SignerCheck
  /** The message holds CRLs or OCSP answers. */
  hasStatus: boolean
  /** An archive time stamp holds, in the signature or beside the message (ASiC-E, EN 319 162-1 Annex A.7). */
  isArchived: boolean
}>

/** CAdES baseline level by structure (EN 319 122-1 §6); nothing is said of validity. */
export function cadesLevel(signer: SignerInfo, facts: CmsFacts): Level {
  const isBaseline = isAboutData(signer) && hasBaselineAttributes(signer, facts)
  return isBaseline ? reached(signer, facts) : 'none'
}

/** The content has a type of its own in other messages of CMS, never in a baseline signature (signatures-and-pdf.md §3.1). */
const isAboutData = ({ signedAttributes }: SignerInfo): boolean =>
  attributesOf(signedAttributes, OID.contentType).some(
    ({ values: [type] }) => type !== undefined && oid(type) === OID.data,
  )

/** The same for a signature on a signature, which has no content type (EN 319 122-1 §5.2.7, RFC 5652 §11.4). */
export function counterLevel(signer: SignerInfo, facts: CmsFacts): Level {
  const isBaseline = !has(signer.signedAttributes, OID.contentType) && hasBaselineAttributes(signer, facts)
  return isBaseline ? reached(signer, facts) : 'none'
}

function reached({ unsignedAttributes }: SignerInfo, { hasStatus, isArchived }: CmsFacts): Level {
  if (!has(unsignedAttributes, OID.signatureTimestamp)) return 'B'
  if (!hasStatus && !has(unsignedAttributes, OID.revocationValues)) return 'T'
  // Version 3 alone makes the level (EN 319 122-1 §6.3): those of version 2 count for nothing, and are not computed.
  return isArchived ? 'LTA' : 'LT'
}

const hasBaselineAttributes = ({ signedAttributes }: SignerInfo, { check }: CmsFacts): boolean =>
  hasBaselineReference(check) && has(signedAttributes, OID.messageDigest) && has(signedAttributes, OID.signingTime)

/** EN 319 122-1 §5.2.2: one of the two, and signing-certificate (v1) only with SHA-1, which no level admits any more. */
const hasBaselineReference = ({ references: [reference, ...others], certificate }: SignerCheck): boolean =>
  reference?.version === 2 && reference.digest !== 'sha1' && others.length === 0 && certificate !== null

type PadesFacts = Readonly<{
  subFilter: string
  /** `/M` of the signature dictionary. */
  hasClaimedTime: boolean
  hasTimestamp: boolean
  /** A later `/DSS` holds revocation data. */
  hasStatus: boolean
  /** A document time stamp covers that `/DSS`. */
  hasArchiveTimestamp: boolean
}>

/** PAdES baseline level by structure (EN 319 142-1 §6). */
export function padesLevel({ signers }: SignedData, check: SignerCheck, facts: PadesFacts): Level {
  const [signer] = signers
  if (!signer || signers.length > 1 || !isPadesBaseline(signer, check, facts)) return 'none'
  if (!facts.hasTimestamp && !has(signer.unsignedAttributes, OID.signatureTimestamp)) return 'B'
  if (!facts.hasStatus) return 'T'
  return facts.hasArchiveTimestamp ? 'LTA' : 'LT'
}

/** §6.3: the claimed time of a PDF is /M; the CMS attribute is forbidden. */
function isPadesBaseline(
  { signedAttributes }: SignerInfo,
  check: SignerCheck,
  { subFilter, hasClaimedTime }: PadesFacts,
): boolean {
  if (subFilter !== 'ETSI.CAdES.detached' || !hasClaimedTime) return false
  return hasBaselineReference(check) && !has(signedAttributes, OID.signingTime)
}
