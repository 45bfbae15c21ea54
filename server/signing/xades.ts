import { createHash } from 'node:crypto'
import type { Element } from '@xmldom/xmldom'
import {
  conclude,
  digestUse,
  failed,
  keyFacts,
  signatureUses,
  undecided,
  validateCertificate,
  type Certificate,
  type CertificateResult,
  type Finding,
  type ProofOfExistence,
} from '../certificates/index.ts'
import type { Trust } from './trust.ts'
import { bestProof, signerReport, downgraded, isArchived } from './signature-validation.ts'
import type { SignatureReport } from './verification.ts'
import type { TimestampResult } from './timestamp.ts'
import { withXadesEvidence } from './xades-evidence.ts'
import { xadesTimestamps, type XadesStamps } from './xades-timestamps.ts'
import type { ExternalFiles } from './xml-reference.ts'
import { checkXmlSignature, type XmlSignatureCheck } from './xml-signature.ts'
import { descendants, parseXml, textOf, XADES, XML_DIGESTS, XMLDSIG } from './xml.ts'
import {
  counterSignaturesOf,
  isCounterSignature,
  signedProperties,
  signs,
  signsValueOf,
  unsignedProperties,
} from './xades-structure.ts'

const MAX_SIGNATURES = 50

/**
 * Validates the XAdES signatures inside an XML document (EN 319 132-1); none when it holds none. `files` are those that they may be
 * about beside the document. Throws DerError for broken XML.
 */
export function validateXades(bytes: Buffer, trust: Trust, files?: ExternalFiles): SignatureReport[] {
  const { root, text } = parseXml(bytes)
  const own = root.namespaceURI === XMLDSIG && root.localName === 'Signature' ? [root] : []
  const all = [...own, ...descendants(root, XMLDSIG, 'Signature')].slice(0, MAX_SIGNATURES)
  return all
    .filter((signature) => !isCounterSignature(signature))
    .map((signature) => withCounterSignatures(text, signature, { trust, files }))
}

/**
 * A counter-signature (EN 319 132-1 §5.2.7.2) is about the signature it lies in, and says nothing of the document. What archives the
 * one archives the other.
 */
function withCounterSignatures(xml: string, signature: Element, { trust, files }: Circumstances): SignatureReport {
  const { report, stamps } = validate(xml, signature, { trust: withXadesEvidence(trust, signature), files })
  const counters = counterSignaturesOf(signature)
    .slice(0, MAX_SIGNATURES)
    .map((counter) => {
      const known = withXadesEvidence({ ...stamps.trust, registeredAt: existence(counter, stamps, trust) }, counter)
      const own = validate(xml, counter, { trust: known, files: undefined }).report
      const other = undecided('SIG_CONSTRAINTS_FAILURE', 'The counter-signature is about something else')
      return signsValueOf(counter, signature) ? own : downgraded(own, [other])
    })
  return counters.length > 0 ? { ...report, counterSignatures: counters } : report
}

/** The earliest proof that the counter-signature was there: archive time stamps over it, or the register. */
function existence(counter: Element, { archived }: XadesStamps, { registeredAt }: Trust): Date | null {
  const covering = archived.filter(({ elements }) => elements.some((element) => holds(element, counter)))
  const times = [...covering.map(({ time }) => time), ...(registeredAt ? [registeredAt] : [])]
  return times.length > 0 ? new Date(Math.min(...times.map(Number))) : null
}

const holds = (element: Element, inner: Element): boolean =>
  [...element.getElementsByTagNameNS(XMLDSIG, 'Signature')].includes(inner)

type Circumstances = Readonly<{ trust: Trust; files: ExternalFiles | undefined }>

type Validated = Readonly<{ report: SignatureReport; stamps: XadesStamps }>

function validate(xml: string, signature: Element, { trust, files }: Circumstances): Validated {
  const check = checkXmlSignature(xml, signature, files)
  const { certificate } = check
  const stamps = xadesTimestamps({ signature, check }, trust)
  const { results: timestamps, trust: enriched } = stamps
  const poe = bestProof(timestamps, trust)
  const certified = certificateResult(check, enriched, poe)
  const findings = [...cryptoFindings(check), ...referenceFindings(signature, certificate), ...certified.findings]
  const conclusion = conclude(findings)
  const report: SignatureReport = {
    ...conclusion,
    level: levelOf(signature, timestamps),
    ...signerReport({ certificate, certified, indication: conclusion.indication }, trust, poe),
    signingTime: declaredTime(signature),
    provedTime: poe?.time.toISOString() ?? null,
    digestIntact: check.digestIntact === true,
    signatureValid: check.signatureValid,
    coversWholeDocument: check.coversDocument,
    docMdp: null,
    modifications: [],
    timestamps: timestamps.map(({ report }) => report),
    errors: findings.map(({ subIndication, message }) => `${subIndication}: ${message}`),
  }
  return { report, stamps }
}

function certificateResult(
  { certificate, certificates, algorithm, digests }: XmlSignatureCheck,
  trust: Trust,
  poe: ProofOfExistence | null,
): CertificateResult {
  if (!certificate || !algorithm) return { path: null, findings: [] }
  const algorithms = [...digests.map(digestUse), ...signatureUses(algorithm, keyFacts(certificate))]
  return validateCertificate({ certificate, pool: certificates, purpose: 'signature', algorithms }, trust, poe)
}

function* cryptoFindings({
  certificate,
  algorithm,
  digestIntact,
  signatureValid,
  problem,
}: XmlSignatureCheck): Generator<Finding> {
  if (!certificate) yield undecided('NO_SIGNING_CERTIFICATE_FOUND', 'The signer’s certificate is not in the signature')
  else if (!algorithm) yield undecided('CRYPTO_CONSTRAINTS_FAILURE_NO_POE', 'The signature algorithm is not known here')
  else if (digestIntact === null) yield undecided('SIGNED_DATA_NOT_FOUND', problem ?? 'The signed files were not given')
  else if (!digestIntact) yield failed('HASH_FAILURE', problem ?? 'The content is not the one that was signed')
  else if (!signatureValid) yield failed('SIG_CRYPTO_FAILURE', problem ?? 'The signature value does not verify')
}

/**
 * SigningCertificate(V2) of EN 319 132-1 §5.2.2: the signer's own word on which certificate was used. Properties that no reference
 * signs are anybody's word.
 */
function referenceFindings(signature: Element, certificate: Certificate | null): Finding[] {
  const properties = signedProperties(signature)
  const reference = properties && signingCertificateOf(properties)
  const digest = reference && descendants(reference, XADES, 'CertDigest')[0]
  if (!digest) return [undecided('SIG_CONSTRAINTS_FAILURE', 'The signing-certificate property is missing')]
  if (!signs(signature, properties))
    return [undecided('SIG_CONSTRAINTS_FAILURE', 'The signing-certificate property is not signed')]
  const name = XML_DIGESTS.get(descendants(digest, XMLDSIG, 'DigestMethod')[0]?.getAttribute('Algorithm') ?? '')
  const value = Buffer.from(textOf(descendants(digest, XMLDSIG, 'DigestValue')[0]), 'base64')
  const isOwn =
    certificate !== null && name !== undefined && createHash(name).update(certificate.der).digest().equals(value)
  return isOwn
    ? []
    : [undecided('SIG_CONSTRAINTS_FAILURE', 'The signing-certificate property names another certificate')]
}

const signingCertificateOf = (properties: Element): Element | undefined =>
  ['SigningCertificateV2', 'SigningCertificate'].flatMap((name) => descendants(properties, XADES, name))[0]

function declaredTime(signature: Element): string | null {
  const properties = signedProperties(signature)
  const time = new Date(textOf(properties ? descendants(properties, XADES, 'SigningTime')[0] : undefined))
  return Number.isNaN(time.getTime()) ? null : time.toISOString()
}

/** Baseline level by structure. The older TS 103 171, still in Decision (EU) 2015/1506, has SigningCertificate where EN 319 132-1 has V2. */
function levelOf(signature: Element, timestamps: readonly TimestampResult[]): SignatureReport['level'] {
  const properties = signedProperties(signature)
  if (!properties || declaredTime(signature) === null || !signingCertificateOf(properties)) return 'none'
  const unsigned = unsignedProperties(signature)
  const has = (name: string): boolean => unsigned.some(({ localName }) => localName === name)
  if (!has('SignatureTimeStamp')) return 'B'
  if (!has('RevocationValues')) return 'T'
  return isArchived(timestamps.filter(({ report }) => report.kind === 'archive')) ? 'LTA' : 'LT'
}
