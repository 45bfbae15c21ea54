import { createHash } from 'node:crypto'
import type { Element } from '@xmldom/xmldom'
import { keyFacts, type Certificate } from './certificate.ts'
import {
  validateCertificate,
  type CertificateResult,
  type ProofOfExistence,
  type Trust,
} from './certificate-validation.ts'
import { conclude, failed, undecided, type Finding } from './finding.ts'
import { digestUse, signatureUses } from './policy.ts'
import { qualification } from './qualification.ts'
import { bestProof, certificateFacts } from './signature-validation.ts'
import { signerFacts, UNKNOWN_SIGNER } from './signer.ts'
import type { SignatureReport } from './verification.ts'
import { withXadesEvidence, xadesTimestamps } from './xades-evidence.ts'
import { checkXmlSignature, XMLDSIG, type ExternalFiles, type XmlSignatureCheck } from './xml-signature.ts'
import { descendants, parseXml, textOf, XML_DIGESTS } from './xml.ts'

const XADES = 'http://uri.etsi.org/01903/v1.3.2#'
const MAX_SIGNATURES = 50

/**
 * Validates the XAdES signatures inside an XML document (EN 319 132-1); none when it holds none. `files` are those that they may be
 * about beside the document. Throws DerError for broken XML.
 */
export function validateXades(bytes: Buffer, trust: Trust, files?: ExternalFiles): SignatureReport[] {
  const { root, text } = parseXml(bytes)
  const own = root.namespaceURI === XMLDSIG && root.localName === 'Signature' ? [root] : []
  return [...own, ...descendants(root, XMLDSIG, 'Signature')]
    .slice(0, MAX_SIGNATURES)
    .map((signature) => validate(text, signature, { trust: withXadesEvidence(trust, signature), files }))
}

type Circumstances = Readonly<{ trust: Trust; files: ExternalFiles | undefined }>

function validate(xml: string, signature: Element, { trust, files }: Circumstances): SignatureReport {
  const check = checkXmlSignature(xml, signature, files)
  const { certificate } = check
  const timestamps = xadesTimestamps(signature, check.certificates, trust)
  const poe = bestProof(timestamps, trust)
  const certified = certificateResult(check, trust, poe)
  const findings = [...cryptoFindings(check), ...referenceFindings(signature, certificate), ...certified.findings]
  const conclusion = conclude(findings)
  return {
    ...conclusion,
    level: levelOf(signature),
    ...qualification({
      certificate,
      path: certified.path,
      indication: conclusion.indication,
      lists: trust.lists ?? null,
      time: poe?.time ?? trust.at,
      at: trust.at,
    }),
    signedBy: certificate ? signerFacts(certificate) : UNKNOWN_SIGNER,
    ...certificateFacts(certified),
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
  digestIntact,
  signatureValid,
  problem,
}: XmlSignatureCheck): Generator<Finding> {
  if (!certificate) yield undecided('NO_SIGNING_CERTIFICATE_FOUND', 'The signer’s certificate is not in the signature')
  else if (digestIntact === null) yield undecided('SIGNED_DATA_NOT_FOUND', problem ?? 'The signed files were not given')
  else if (!digestIntact) yield failed('HASH_FAILURE', problem ?? 'The content is not the one that was signed')
  else if (!signatureValid) yield failed('SIG_CRYPTO_FAILURE', problem ?? 'The signature value does not verify')
}

/** SigningCertificate(V2) of EN 319 132-1 §5.2.2: the signer's own word on which certificate was used. */
function referenceFindings(signature: Element, certificate: Certificate | null): Finding[] {
  const references = ['SigningCertificateV2', 'SigningCertificate'].flatMap((name) =>
    descendants(signature, XADES, name),
  )
  const digest = references[0] && descendants(references[0], XADES, 'CertDigest')[0]
  if (!digest) return [undecided('SIG_CONSTRAINTS_FAILURE', 'The signing-certificate property is missing')]
  const name = XML_DIGESTS[descendants(digest, XMLDSIG, 'DigestMethod')[0]?.getAttribute('Algorithm') ?? '']
  const value = Buffer.from(textOf(descendants(digest, XMLDSIG, 'DigestValue')[0]), 'base64')
  const isOwn =
    certificate !== null && name !== undefined && createHash(name).update(certificate.der).digest().equals(value)
  return isOwn
    ? []
    : [undecided('SIG_CONSTRAINTS_FAILURE', 'The signing-certificate property names another certificate')]
}

function declaredTime(signature: Element): string | null {
  const time = new Date(textOf(descendants(signature, XADES, 'SigningTime')[0]))
  return Number.isNaN(time.getTime()) ? null : time.toISOString()
}

function levelOf(signature: Element): SignatureReport['level'] {
  const has = (...names: string[]): boolean =>
    names.some(
      (name) => signature.getElementsByTagName(name).length > 0 || descendants(signature, '*', name).length > 0,
    )
  if (!has('SigningTime') || !has('SigningCertificateV2')) return 'none'
  if (!has('SignatureTimeStamp')) return 'B'
  if (!has('RevocationValues')) return 'T'
  return has('ArchiveTimeStamp') ? 'LTA' : 'LT'
}
