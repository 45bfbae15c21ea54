import { DerError } from '../shared/asn1/der.ts'
import { OID } from '../shared/asn1/oids.ts'
import {
  accessLocations,
  crlAddresses,
  extendedKeyUsage,
  keyUsage,
  type Certificate,
  type KeyUsage,
} from './certificate.ts'
import { buildPath, pathAlgorithms, pathFindings, type Path } from './chain.ts'
import { provedAt } from './evidence-proof.ts'
import { failed, undecided, type Finding, type SubIndication } from './finding.ts'
import { unacceptable, type UsedAlgorithm } from './policy.ts'
import type { CertificateTrust } from './certificate-trust.ts'
import { needsNoRevocation, revocationStatus, type RevocationStatus } from './revocation.ts'

/** Proof that something existed at a time. A time stamp belongs to the signature; the register only to our copy of it. */
export type ProofOfExistence = Readonly<{ time: Date; source: 'timestamp' | 'register' }>

type Purpose = 'signature' | 'timestamp' | 'authentication'

export type CertificateResult = Readonly<{
  path: Path | null
  findings: readonly Finding[]
  /** What the evidence says of the certificate itself; absent when nobody asked. */
  revocation?: RevocationStatus | undefined
}>

type Subject = Readonly<{
  certificate: Certificate
  pool: readonly Certificate[]
  purpose: Purpose
  algorithms: readonly UsedAlgorithm[]
  /** Before this the signature was not made, as a time stamp among what it signs proves. */
  madeAfter?: Date | null
}>

/** X.509 validation of EN 319 102-1 §5.2.6 and, with a proof of existence, §5.6.2: path, constraints, revocation, validity, algorithms. */
export function validateCertificate(
  subject: Subject,
  trust: CertificateTrust,
  poe: ProofOfExistence | null,
): CertificateResult {
  const { certificate, pool, purpose, madeAfter = null } = subject
  const times: Times = { trust, poe, madeAfter }
  try {
    const path = buildPath(certificate, { pool: [...pool, ...trust.intermediates], anchors: trust.anchors })
    if (!path) {
      const findings = [
        undecided('NO_CERTIFICATE_CHAIN_FOUND', 'No path leads from the signer’s certificate to a trusted authority'),
        ...validityFindings(certificate, times),
        ...algorithmFindings(subject.algorithms, trust, poe),
      ]
      return { path, findings: [...purposeFindings(certificate, purpose), ...findings] }
    }
    const members = path.slice(0, Math.max(1, path.length - 1)).map((_, index) => checkMember(path, index, times))
    const findings = [
      ...purposeFindings(certificate, purpose),
      ...pathFindings(path),
      ...members.flatMap((member) => member.findings),
      ...algorithmFindings([...subject.algorithms, ...pathAlgorithms(path)], trust, poe),
    ]
    return { path, findings, revocation: members[0]?.status }
  } catch (error) {
    if (error instanceof DerError)
      return {
        path: null,
        findings: [undecided('CERTIFICATE_CHAIN_GENERAL_FAILURE', `A certificate is malformed: ${error.message}`)],
      }
    throw error
  }
}

/** Purposes that exclude signing documents when they are the only ones. */
const OTHER_PURPOSES = new Set<string>([OID.serverAuthentication, OID.codeSigning, OID.timeStamping, OID.ocspSigning])

function purposeFindings(certificate: Certificate, purpose: Purpose): Finding[] {
  const usage = keyUsage(certificate)
  const maySign = usage === null || USAGES[purpose].some((name) => usage.has(name))
  const { fits, otherwise } = EXTENDED[purpose]
  const problems = [
    ...(maySign ? [] : ['The key usage of the certificate does not allow signatures']),
    ...(fits(certificate) ? [] : [otherwise]),
  ]
  return problems.map((message) => undecided('CHAIN_CONSTRAINTS_FAILURE', message))
}

/** A handshake is signed with digitalSignature (RFC 8446 §4.4.2.2): a key for documents alone must not log anybody in. */
const USAGES: Readonly<Record<Purpose, readonly KeyUsage[]>> = {
  signature: ['nonRepudiation', 'digitalSignature'],
  timestamp: ['nonRepudiation', 'digitalSignature'],
  authentication: ['digitalSignature'],
}

type Extended = Readonly<{ fits: (certificate: Certificate) => boolean; otherwise: string }>

const EXTENDED: Readonly<Record<Purpose, Extended>> = {
  signature: {
    fits: (certificate) => !isForOtherPurposes(certificate),
    otherwise: 'The certificate is for another purpose than signing documents',
  },
  timestamp: {
    fits: (certificate) => isForStamping(certificate),
    otherwise: 'The certificate is not a time-stamping authority’s',
  },
  authentication: {
    fits: (certificate) => isForAuthentication(certificate),
    otherwise: 'The certificate is for another purpose than logging in',
  },
}

const isForOtherPurposes = (certificate: Certificate): boolean =>
  extendedKeyUsage(certificate)?.every((use) => OTHER_PURPOSES.has(use)) ?? false

/** RFC 5280 §4.2.1.12: a certificate that lists its purposes is for those only. */
const isForAuthentication = (certificate: Certificate): boolean =>
  extendedKeyUsage(certificate)?.some((use) => use === OID.clientAuthentication || use === OID.anyPurpose) ?? true

/** RFC 3161 §2.3: exactly this purpose, and critical. */
function isForStamping(certificate: Certificate): boolean {
  const extended = extendedKeyUsage(certificate)
  const isCritical = certificate.extensions.get(OID.extendedKeyUsage)?.critical === true
  return isCritical && extended?.length === 1 && extended[0] === OID.timeStamping
}

type Member = Readonly<{ findings: readonly Finding[]; status?: RevocationStatus }>

/** `poe` bounds the time of the signature from above, `madeAfter` from below. */
type Times = Readonly<{ trust: CertificateTrust; poe: ProofOfExistence | null; madeAfter: Date | null }>

function checkMember(path: Path, index: number, times: Times): Member {
  const { trust, poe } = times
  const certificate = path[index]
  const issuer = path[index + 1]
  // A signer who is the anchor himself: trusted as given, but his certificate still has an end.
  if (!certificate) return { findings: [] }
  if (!issuer) return { findings: validityFindings(certificate, times) }
  const isAuthority = index > 0
  const findings = validityFindings(certificate, times, isAuthority)
  if (!trust.evidence || needsNoRevocation(certificate)) return { findings }
  const status = revocationStatus({ certificate, issuer, isAuthority }, trust.evidence, {
    at: poe?.time ?? trust.at,
    provedAt: (ocsp) => provedAt(ocsp, trust),
  })
  if (status.kind === 'unknown') {
    trust.missing.push({
      certificate,
      issuer,
      ocsp: accessLocations(certificate, OID.ocsp),
      crls: crlAddresses(certificate),
    })
  }
  return { findings: statusFindings(status, findings, { ...times, certificate, isAuthority }), status }
}

type Circumstances = Times & Readonly<{ certificate: Certificate; isAuthority: boolean }>

function statusFindings(
  status: RevocationStatus,
  findings: readonly Finding[],
  circumstances: Circumstances,
): readonly Finding[] {
  const { certificate, trust, isAuthority } = circumstances
  if (status.kind === 'unknown') {
    const whose = isAuthority ? 'an authority' : 'the signer'
    return [...findings, undecided('TRY_LATER', `Nothing current says whether the certificate of ${whose} is revoked`)]
  }
  if (status.kind === 'revoked') return [...findings, ...revokedFindings(status.at, circumstances)]
  return findings.map((finding) =>
    finding.subIndication === 'OUT_OF_BOUNDS_NO_POE' && !isAuthority && trust.at > certificate.notAfter
      ? { ...finding, subIndication: 'OUT_OF_BOUNDS_NOT_REVOKED' as const }
      : finding,
  )
}

/**
 * A time stamp on the signature, or the register, proves that it is older, never that it is not: one that came after the revocation leaves
 * open whether the signature did (EN 319 102-1 §5.5.4 step 4).
 */
function revokedFindings(revokedAt: Date, { trust, poe, madeAfter, isAuthority }: Circumstances): Finding[] {
  if (revokedAt > (poe?.time ?? trust.at)) return []
  const when = revokedAt.toISOString()
  if (isAuthority) return [undecided('REVOKED_CA_NO_POE', `The certificate of an authority was revoked on ${when}`)]
  if (madeAfter && madeAfter >= revokedAt)
    return [failed('REVOKED', `The certificate was revoked on ${when}, before the signature was made`)]
  return [
    undecided(
      'REVOKED_NO_POE',
      `The certificate was revoked on ${when} and nothing proves that the signature is older`,
    ),
  ]
}

function validityFindings(
  { notBefore, notAfter }: Certificate,
  { trust, poe, madeAfter }: Times,
  isAuthority = false,
): Finding[] {
  const time = poe?.time ?? trust.at
  // What is proved of the signer is certain; everything else may still change with more proofs.
  const finding = (isCertain: boolean, certain: SubIndication, message: string): Finding[] => [
    isCertain && !isAuthority ? failed(certain, message) : undecided('OUT_OF_BOUNDS_NO_POE', message),
  ]
  if (time < notBefore)
    return finding(
      poe?.source === 'timestamp',
      'NOT_YET_VALID',
      `The certificate is valid only from ${notBefore.toISOString()}`,
    )
  const isMadeLate = madeAfter !== null && madeAfter > notAfter
  return time > notAfter ? finding(isMadeLate, 'EXPIRED', `The certificate expired on ${notAfter.toISOString()}`) : []
}

function algorithmFindings(
  uses: readonly UsedAlgorithm[],
  { at }: CertificateTrust,
  poe: ProofOfExistence | null,
): Finding[] {
  const names = new Set(unacceptable(uses, poe?.time ?? at).map(({ name }) => name))
  return [...names].map((name) =>
    undecided(
      poe ? 'CRYPTO_CONSTRAINTS_FAILURE' : 'CRYPTO_CONSTRAINTS_FAILURE_NO_POE',
      `${name} was no longer acceptable`,
    ),
  )
}
