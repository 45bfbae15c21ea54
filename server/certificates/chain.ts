import { DerError } from '../shared/asn1/der.ts'
import { OID } from '../shared/asn1/oids.ts'
import { checkSignature, signatureAlgorithm, type SignatureCheck } from './algorithms.ts'
import {
  authorityKeyId,
  basicConstraints,
  keyFacts,
  keyUsage,
  publicKey,
  sameName,
  subjectKeyId,
  type Certificate,
} from './certificate.ts'
import { undecided, type Finding } from './finding.ts'
import { nameConstraintsFinding } from './name-constraints.ts'
import { signatureUses, type UsedAlgorithm } from './policy.ts'

/** From the signer's certificate to the trust anchor, both included. One certificate when the signer's own is the anchor. */
export type Path = readonly Certificate[]

const MAX_LENGTH = 8
/** Signature checks for one path: certificates that all name each other must not cost a factorial. */
const MAX_CHECKS = 200

/** The first path found that is sound, else the first found at all, else null: no way leads to an anchor. */
export function buildPath(
  leaf: Certificate,
  { pool, anchors }: { pool: readonly Certificate[]; anchors: readonly Certificate[] },
): Path | null {
  const anchored = new Set(anchors.map(({ sha256 }) => sha256))
  const candidates = unique([...anchors, ...pool])
  const budget = { checks: MAX_CHECKS }
  let fallback: Path | null = null
  for (const path of paths([leaf], { candidates, anchored, budget })) {
    if (pathFindings(path).length === 0) return path
    fallback ??= path
  }
  return fallback
}

type Search = Readonly<{
  candidates: readonly Certificate[]
  anchored: ReadonlySet<string>
  budget: { checks: number }
}>

function* paths(path: Path, search: Search): Generator<Path> {
  const last = path.at(-1)
  if (!last) return
  if (search.anchored.has(last.sha256)) {
    yield path
    return
  }
  if (path.length >= MAX_LENGTH) return
  for (const issuer of search.candidates) {
    if (path.includes(issuer) || !mayIssue(issuer, last)) continue
    if (search.budget.checks-- <= 0) return
    if (isSignedBy(last, issuer)) yield* paths([...path, issuer], search)
  }
}

/** By name and, where both are written, by key identifier. */
function mayIssue(issuer: Certificate, certificate: Certificate): boolean {
  if (!sameName(issuer.subject, certificate.issuer)) return false
  try {
    const wanted = authorityKeyId(certificate)
    const offered = subjectKeyId(issuer)
    return wanted === null || offered === null || wanted.equals(offered)
  } catch (error) {
    if (error instanceof DerError) return false
    throw error
  }
}

const checked = new WeakMap<Certificate, WeakMap<Certificate, boolean>>()

/** Whether `issuer`'s key signed `certificate`. Remembered: the same authorities come back in every file. */
export function isSignedBy(certificate: Certificate, issuer: Certificate): boolean {
  const byIssuer = checked.get(certificate) ?? new WeakMap<Certificate, boolean>()
  checked.set(certificate, byIssuer)
  const known = byIssuer.get(issuer)
  if (known !== undefined) return known
  const { valid } = signatureOf(certificate, issuer)
  byIssuer.set(issuer, valid)
  return valid
}

function signatureOf(
  { signatureAlgorithm: algorithm, tbs, signature }: Certificate,
  issuer: Certificate,
): SignatureCheck {
  try {
    return checkSignature(signatureAlgorithm(algorithm, null), publicKey(issuer), { data: tbs, signature })
  } catch {
    // An unknown algorithm or a key that OpenSSL refuses: not an issuer that we can follow.
    return { valid: false }
  }
}

/** Extensions whose meaning this room enforces or that restrict nothing; another critical one breaks the path (RFC 5280 §4.2). */
const UNDERSTOOD = new Set<string>([
  OID.subjectKeyIdentifier,
  OID.keyUsage,
  OID.subjectAlternativeName,
  OID.issuerAlternativeName,
  OID.basicConstraints,
  OID.nameConstraints,
  OID.crlDistributionPoints,
  OID.certificatePolicies,
  OID.policyMappings,
  OID.authorityKeyIdentifier,
  OID.policyConstraints,
  OID.extendedKeyUsage,
  OID.inhibitAnyPolicy,
  OID.authorityInformation,
  OID.qcStatements,
  OID.ocspNoCheck,
])

/** What is wrong with a path whatever the time (RFC 5280 §6.1): who may issue, how far, for which names. */
export function pathFindings(path: Path): Finding[] {
  try {
    return [...findingsOf(path)]
  } catch (error) {
    if (error instanceof DerError)
      return [
        undecided('CERTIFICATE_CHAIN_GENERAL_FAILURE', `A certificate of the path is malformed: ${error.message}`),
      ]
    throw error
  }
}

function* findingsOf(path: Path): Generator<Finding> {
  for (const [index, certificate] of path.entries()) {
    const isAnchor = index === path.length - 1
    if (index > 0) yield* issuerFindings(certificate, { below: index - 1, isAnchor })
    if (isAnchor) continue
    for (const [type, { critical }] of certificate.extensions) {
      if (critical && !UNDERSTOOD.has(type))
        yield undecided('CHAIN_CONSTRAINTS_FAILURE', `Critical extension ${type} is not understood`)
    }
  }
  const nameFinding = nameConstraintsFinding(path)
  if (nameFinding) yield nameFinding
}

type Position = Readonly<{ /** Authorities between this one and the signer. */ below: number; isAnchor: boolean }>

function issuerFindings(issuer: Certificate, { below, isAnchor }: Position): Finding[] {
  const constraints = basicConstraints(issuer)
  const usage = keyUsage(issuer)
  const problems: string[] = []
  // A configured anchor of version 1 has no extensions and is trusted as it is (RFC 5280 §6.1.1 d).
  const isAuthority = constraints ? constraints.ca : isAnchor && usage === null
  if (!isAuthority) problems.push('A certificate of the path is not an authority’s')
  if (below > (constraints?.pathLength ?? Infinity)) problems.push('The path is longer than an authority allows')
  if (usage?.has('keyCertSign') === false) problems.push('An authority’s key may not sign certificates')
  return problems.map((message) => undecided('CERTIFICATE_CHAIN_GENERAL_FAILURE', message))
}

/** The algorithms on which the path stands; the anchor's own signature proves nothing and is not asked. */
export function pathAlgorithms(path: Path): UsedAlgorithm[] {
  return path.slice(0, -1).flatMap((certificate, index) => {
    const issuer = path[index + 1]
    return issuer ? signatureUses(signatureAlgorithm(certificate.signatureAlgorithm, null), keyFacts(issuer)) : []
  })
}

function unique(certificates: readonly Certificate[]): Certificate[] {
  return [...new Map(certificates.map((certificate) => [certificate.sha256, certificate])).values()]
}
