import { DerError, readWhole, time } from '../shared/asn1/der.ts'
import { OID } from '../shared/asn1/oids.ts'
import type { Certificate } from './certificate.ts'
import { coversIssuer, expiredCertificatesSince, findEntry, type Crl } from './crl.ts'
import type { Evidence } from './evidence.ts'
import { responderOf, responseFor, type Ocsp } from './ocsp.ts'
import { unacceptable, type UsedAlgorithm } from './policy.ts'
import { statusAlgorithms } from './signed-status.ts'

export type RevocationStatus =
  | Readonly<{ kind: 'good'; source: 'CRL' | 'OCSP'; thisUpdate: Date }>
  | Readonly<{ kind: 'revoked'; source: 'CRL' | 'OCSP'; at: Date; reason: number | null }>
  | Readonly<{ kind: 'unknown' }>

/** One answer about one certificate. `keepsExpired`: since when the answer would still name expired certificates. */
type Statement = Readonly<{
  source: 'CRL' | 'OCSP'
  revoked: { at: Date; reason: number | null } | null
  thisUpdate: Date
  nextUpdate: Date | null
  keepsExpired: Date | null
  algorithms: readonly UsedAlgorithm[]
}>

/** CRLReason certificateHold: suspended, counts as revoked from that moment (signatures-and-pdf.md §9). */
const HOLD = 6
const REMOVED_FROM_CRL = 8
/** How long an answer without nextUpdate is taken as current. */
const DEFAULT_LIFE = 86_400_000

type Question = Readonly<{ certificate: Certificate; issuer: Certificate; isAuthority: boolean }>

/** The time that is asked about, and since when an answer is known to have been there. */
type Times = Readonly<{ at: Date; provedAt: (ocsp: Ocsp) => Date }>

/** What the evidence says of a certificate for a time. */
export function revocationStatus(question: Question, evidence: Evidence, { at, provedAt }: Times): RevocationStatus {
  const statements = [...statementsOf(question, evidence, provedAt)]
    .filter(({ algorithms, thisUpdate }) => unacceptable(algorithms, thisUpdate).length === 0)
    .sort((left, right) => right.thisUpdate.getTime() - left.thisUpdate.getTime())
  const revoked = decisiveRevocation(statements)
  if (revoked) return revoked
  const good = statements.find(
    (statement) => statement.revoked === null && isFresh(statement, at) && speaksOf(statement, question.certificate),
  )
  return good ? { kind: 'good', source: good.source, thisUpdate: good.thisUpdate } : { kind: 'unknown' }
}

/** A revocation is for ever; a suspension only as long as the newest answer repeats it. */
function decisiveRevocation(newestFirst: readonly Statement[]): RevocationStatus | null {
  for (const [index, { revoked, source }] of newestFirst.entries()) {
    if (!revoked || revoked.reason === REMOVED_FROM_CRL) continue
    if (revoked.reason !== HOLD || index === 0) return { kind: 'revoked', source, ...revoked }
  }
  return null
}

function isFresh({ thisUpdate, nextUpdate }: Statement, at: Date): boolean {
  const life = nextUpdate ? nextUpdate.getTime() - thisUpdate.getTime() : DEFAULT_LIFE
  return thisUpdate.getTime() >= at.getTime() - Math.max(life, 0)
}

/**
 * Whether its silence says anything of the certificate: nothing while that did not exist and nobody could have revoked it (the consistency
 * that EU DSS asks for), nor after its expiry, when it may quietly leave the lists.
 */
function speaksOf({ thisUpdate, keepsExpired }: Statement, { notBefore, notAfter }: Certificate): boolean {
  if (thisUpdate < notBefore) return false
  return thisUpdate <= notAfter || (keepsExpired !== null && keepsExpired <= notAfter)
}

function* statementsOf(
  question: Question,
  { crls, ocsps }: Evidence,
  provedAt: Times['provedAt'],
): Generator<Statement> {
  for (const ocsp of ocsps) {
    const statement = guarded(() => ocspStatement(question, ocsp, provedAt))
    if (statement) yield statement
  }
  for (const crl of crls) {
    const statement = guarded(() => crlStatement(question, crl))
    if (statement) yield statement
  }
}

/** Broken revocation data is as good as none. */
function guarded(read: () => Statement | null): Statement | null {
  try {
    return read()
  } catch (error) {
    if (error instanceof DerError) return null
    throw error
  }
}

function crlStatement({ certificate, issuer, isAuthority }: Question, crl: Crl): Statement | null {
  if (!coversIssuer(crl, issuer, isAuthority)) return null
  const { thisUpdate, nextUpdate } = crl
  return {
    source: 'CRL',
    revoked: findEntry(crl, certificate.serial),
    thisUpdate,
    nextUpdate,
    keepsExpired: expiredCertificatesSince(crl),
    algorithms: statusAlgorithms(crl, issuer),
  }
}

function ocspStatement({ certificate, issuer }: Question, ocsp: Ocsp, provedAt: Times['provedAt']): Statement | null {
  const response = responseFor(ocsp, certificate, issuer)
  if (!response || response.status === 'unknown') return null
  const responder = responderOf(ocsp, issuer, provedAt(ocsp))
  if (!responder) return null
  const cutoff = response.extensions.get(OID.ocspArchiveCutoff)
  return {
    source: 'OCSP',
    revoked: response.revokedAt ? { at: response.revokedAt, reason: response.reason } : null,
    thisUpdate: response.thisUpdate,
    nextUpdate: response.nextUpdate,
    keepsExpired: cutoff ? time(readWhole(cutoff.value)) : null,
    algorithms: statusAlgorithms(ocsp, responder),
  }
}

/** Certificates whose status nobody publishes: an OCSP responder's own, and short-lived ones (EN 319 412-1 §5.2). */
export const needsNoRevocation = (certificate: Certificate): boolean =>
  certificate.extensions.has(OID.ocspNoCheck) || certificate.extensions.has(OID.validityAssuredShortTerm)
