import {
  conclude,
  displayName,
  undecided,
  validateCertificate,
  withEvidence,
  withProof,
  type CertificateResult,
  type Finding,
  type Ocsp,
  type ProofOfExistence,
  type RevocationStatus,
} from '../certificates/index.ts'
import { DerError } from '../shared/asn1/der.ts'
import { OID } from '../shared/asn1/oids.ts'
import { memorySource } from '../shared/source.ts'
import type { Trust } from './trust.ts'
import { attributesOf, readSigner, type SignerInfo } from './cms.ts'
import { archiveTimestamps, type ArchivedInput, type Archives } from './archive-timestamp.ts'
import { embeddedEvidence, ocspsIn } from './embedded-evidence.ts'
import { counterLevel } from './level.ts'
import { qualification } from './qualification.ts'
import { checkSigner, type SignerCheck, type SignerInput } from './signer-check.ts'
import { signerFacts, UNKNOWN_SIGNER } from './signer.ts'
import { contentOf } from './content.ts'
import { validateTimestamp, type TimestampResult } from './timestamp.ts'
import type { SignatureReport } from './verification.ts'

/** A signature with all that its container adds to what the CMS says. */
type SignatureInput = SignerInput &
  Readonly<{
    /** Wrong with the container: byte ranges, later changes, bytes after the end. */
    findings: readonly Finding[]
    /** Sentences that do not change the result. */
    notes: readonly string[]
    /** `archives` are the archive time stamps in the signature itself. */
    level: (check: SignerCheck, archives: readonly TimestampResult[]) => SignatureReport['level']
    /** Its container holds CRLs or OCSP answers. */
    hasStatus: boolean
    /** Those of its message. */
    certificateChoices: ArchivedInput['certificateChoices']
    revocations: ArchivedInput['revocations']
    /** Declared outside the CMS (`/M` of a PDF), used when the CMS declares none. */
    declaredTime: Date | null
    /** Document time stamps that cover the signature, already validated. */
    documentTimestamps: readonly TimestampResult[]
    coversWholeDocument: boolean
    docMdp: SignatureReport['docMdp']
    modifications: SignatureReport['modifications']
  }>

/**
 * EN 319 102-1 §5.3, §5.5 and §5.6 in one: basic validation, time stamps, and the basic result read again at the proved time. `depth` is how
 * many signatures this one counter-signs, one inside the other.
 */
export function validateSignature(input: SignatureInput, trust: Trust, depth = 0): SignatureReport {
  const check = checkSigner(input)
  const own = ownTimestamps(input, withOwnEvidence(trust, input))
  const timestamps = [...own.results, ...input.documentTimestamps]
  const poe = bestProof(timestamps, trust)
  const enriched = withProof(own.trust, signedOcsps(input.signer), earliestTime(timestamps))
  const madeAfter = latestContentTime(timestamps)
  const certified = certificateResult(check, input, { trust: enriched, poe, madeAfter })
  const findings = [...input.findings, ...check.findings, ...orderFindings(timestamps), ...certified.findings]
  const conclusion = conclude(findings)
  const { certificate } = check
  return {
    ...conclusion,
    level: input.level(
      check,
      own.results.filter(({ report }) => report.kind === 'archive'),
    ),
    ...signerReport({ certificate, certified, indication: conclusion.indication }, trust, poe),
    algorithms: [...new Set(check.algorithms.map(({ name }) => name))],
    signingTime: (check.signingTime ?? input.declaredTime)?.toISOString() ?? null,
    provedTime: poe?.time.toISOString() ?? null,
    digestIntact: check.digestIntact,
    signatureValid: check.signatureValid,
    coversWholeDocument: input.coversWholeDocument,
    docMdp: input.docMdp,
    modifications: input.modifications,
    timestamps: timestamps.map(({ report }) => report),
    ...counterSignatures(input, enriched, depth),
    errors: [...findings.map(({ subIndication, message }) => `${subIndication}: ${message}`), ...input.notes],
  }
}

/** What the signature carries in its attributes; a stamp over the whole message proves it. */
function withOwnEvidence(trust: Trust, { signer, documentTimestamps }: SignatureInput): Trust {
  const embedded = embeddedEvidence(signer)
  return withProof(withEvidence(trust, embedded), embedded.evidence.ocsps, earliestTime(documentTimestamps))
}

/** What is among the signed attributes is as old as the signature. */
const signedOcsps = ({ signedAttributes }: SignerInfo): Ocsp[] =>
  attributesOf(signedAttributes, OID.adobeRevocation).flatMap(({ values }) => values.flatMap(ocspsIn))

function certificateResult(
  { certificate, algorithms }: SignerCheck,
  { certificates }: SignatureInput,
  { trust, poe, madeAfter }: { trust: Trust; poe: ProofOfExistence | null; madeAfter: Date | null },
): CertificateResult {
  if (!certificate) return { path: null, findings: [] }
  const subject = { certificate, pool: certificates, purpose: 'signature', algorithms, madeAfter } as const
  return validateCertificate(subject, trust, poe)
}

type Certified = Readonly<{
  certificate: SignerCheck['certificate']
  certified: CertificateResult
  indication: SignatureReport['indication']
}>

/** The part of a report that is about the signer: what the signature counts as, who made it, how the certificate was judged. */
export function signerReport(
  { certificate, certified, indication }: Certified,
  trust: Trust,
  poe: ProofOfExistence | null,
): Pick<SignatureReport, 'qualification' | 'trustedList' | 'signedBy' | 'chain' | 'revocation'> {
  const { path } = certified
  const times = { time: poe?.time ?? trust.at, at: trust.at }
  return {
    ...qualification({ certificate, path, indication, lists: trust.lists ?? null, ...times }),
    signedBy: certificate ? signerFacts(certificate) : UNKNOWN_SIGNER,
    ...certificateFacts(certified),
  }
}

/** What a person may want to know of how the certificate was judged. */
function certificateFacts({ path, revocation }: CertificateResult): Pick<SignatureReport, 'chain' | 'revocation'> {
  return {
    ...(path && { chain: path.slice(1).map(({ subject }) => displayName(subject)) }),
    ...(revocation && revocation.kind !== 'unknown' && { revocation: revocationFacts(revocation) }),
  }
}

function revocationFacts(
  status: Exclude<RevocationStatus, { kind: 'unknown' }>,
): NonNullable<SignatureReport['revocation']> {
  const at = status.kind === 'good' ? status.thisUpdate : status.at
  return { status: status.kind, source: status.source, at: at.toISOString() }
}

/** Newest first, so that each time stamp is judged at the time that a later one proves. */
function ownTimestamps(input: SignatureInput, before: Trust): Archives {
  const { signer, certificates } = input
  const covering = earliest(input.documentTimestamps)
  const { results: archives, trust } = archiveTimestamps(input, before, covering)
  const poe = earliest(archives) ?? covering
  const signature = contentOf(memorySource(signer.signature))
  const stamps = tokensIn(signer.unsignedAttributes, OID.signatureTimestamp).map((token) =>
    validateTimestamp({ token, kind: 'signature', digest: signature.digest, pool: certificates }, trust, poe),
  )
  const digest = input.content ? input.content.digest : null
  const content = tokensIn(signer.signedAttributes, OID.contentTimestamp).map((token) =>
    validateTimestamp({ token, kind: 'content', digest, pool: certificates }, trust, poe),
  )
  return { results: [...content, ...stamps, ...archives], trust }
}

const tokensIn = (attributes: SignerInfo['signedAttributes'], type: string): Buffer[] =>
  attributesOf(attributes, type).flatMap(({ values }) => values.map(({ raw }) => raw))

/** The earliest proved time among time stamps that cover the signature; a content time stamp is older than it and proves nothing of it. */
export function earliestTime(timestamps: readonly TimestampResult[]): Date | null {
  const times = timestamps.flatMap(({ proof, report }) => (proof && report.kind !== 'content' ? [proof.getTime()] : []))
  return times.length === 0 ? null : new Date(Math.min(...times))
}

/** What is signed together with the content: the signature came after it (EN 319 102-1 §5.3.4). */
function latestContentTime(timestamps: readonly TimestampResult[]): Date | null {
  const times = timestamps.flatMap(({ proof, report }) => (proof && report.kind === 'content' ? [proof.getTime()] : []))
  return times.length === 0 ? null : new Date(Math.max(...times))
}

export function earliest(timestamps: readonly TimestampResult[]): ProofOfExistence | null {
  const time = earliestTime(timestamps)
  return time && { time, source: 'timestamp' }
}

/** Whether one of the time stamps around a message holds, whoever made it: what a level says of structure, not of validity. */
export const isArchived = (stamps: readonly TimestampResult[]): boolean =>
  stamps.some(({ report }) => report.indication !== 'TOTAL-FAILED')

/** What proves best when the signature was there: a time stamp on it, or the register. */
export function bestProof(timestamps: readonly TimestampResult[], { registeredAt }: Trust): ProofOfExistence | null {
  const stamped = earliest(timestamps)
  if (stamped && (!registeredAt || stamped.time <= registeredAt)) return stamped
  return registeredAt ? { time: registeredAt, source: 'register' } : null
}

/** EN 319 102-1 §5.5.4 step 5: a time stamp on the content cannot be younger than one on the signature. */
function orderFindings(timestamps: readonly TimestampResult[]): Finding[] {
  const latestContent = latestContentTime(timestamps)
  const first = earliest(timestamps)
  return first && latestContent && latestContent > first.time
    ? [undecided('TIMESTAMP_ORDER_FAILURE', 'A time stamp on the content is younger than one on the signature')]
    : []
}

const MAX_COUNTER_DEPTH = 5

/** RFC 5652 §11.4: signatures over the signature value, each possibly signed again. */
function counterSignatures(
  input: SignatureInput,
  trust: Trust,
  depth: number,
): { counterSignatures?: readonly SignatureReport[] } {
  const values = attributesOf(input.signer.unsignedAttributes, OID.counterSignature).flatMap(
    (attribute) => attribute.values,
  )
  if (values.length === 0 || depth >= MAX_COUNTER_DEPTH) return {}
  return {
    counterSignatures: values.flatMap((value) => counterSignature(() => readSigner(value), input, { trust, depth })),
  }
}

function counterSignature(
  read: () => SignerInfo,
  parent: SignatureInput,
  { trust, depth }: { trust: Trust; depth: number },
): SignatureReport[] {
  try {
    const signer = read()
    const content = contentOf(memorySource(parent.signer.signature))
    const input: SignatureInput = {
      signer,
      content,
      certificates: parent.certificates,
      contentType: OID.data,
      profile: 'counter',
      findings: [],
      notes: [],
      level: (check, archives) =>
        counterLevel(signer, {
          check,
          hasStatus: parent.hasStatus,
          isArchived: isArchived([...archives, ...parent.documentTimestamps]),
        }),
      hasStatus: parent.hasStatus,
      certificateChoices: parent.certificateChoices,
      revocations: parent.revocations,
      declaredTime: null,
      // What covers the whole message covers the signatures on it too.
      documentTimestamps: parent.documentTimestamps,
      coversWholeDocument: true,
      docMdp: null,
      modifications: [],
    }
    return [validateSignature(input, trust, depth + 1)]
  } catch (error) {
    if (error instanceof DerError) return []
    throw error
  }
}

/** A report made worse by what its container shows; findings that weigh no more than its own change nothing but its errors. */
export function downgraded(report: SignatureReport, findings: readonly Finding[]): SignatureReport {
  const { indication, subIndication } = conclude(findings)
  const errors = [...findings.map((finding) => `${finding.subIndication}: ${finding.message}`), ...report.errors]
  const isWorse =
    indication === 'TOTAL-FAILED'
      ? report.indication !== 'TOTAL-FAILED'
      : indication === 'INDETERMINATE' && report.indication === 'TOTAL-PASSED'
  if (!isWorse || subIndication === undefined) return { ...report, errors }
  const digestIntact = report.digestIntact && subIndication !== 'HASH_FAILURE'
  return {
    ...report,
    indication,
    subIndication,
    digestIntact,
    qualification: indication === 'TOTAL-FAILED' ? 'N/A' : `Indeterminate ${report.qualification}`,
    errors,
  }
}
