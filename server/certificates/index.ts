// Certificates for development and tests are made by `development-pki.ts` and `development-cards.ts`. Other rooms have no use
// for them: `setup/` imports those files directly.

// How a room makes a certificate of its own at set-up.
export { extension, issueCertificate, toPem, usage } from './certificate-builder.ts'

// What certificates and signatures are made of.
export {
  checkSignature,
  digestAlgorithm,
  digestIdentifier,
  signatureAlgorithm,
  signatureIdentifier,
  UnknownAlgorithm,
  type DigestName,
  type SignatureAlgorithm,
  type SignatureCheck,
} from './algorithms.ts'
export {
  attributeOf,
  certificatePolicies,
  displayName,
  keyFacts,
  keyUsage,
  parseCertificate,
  parseName,
  publicKey,
  qcStatements,
  sameName,
  subjectKeyId,
  type Certificate,
} from './certificate.ts'
export { readCertificateFile, readCertificateFolder, readCrlFolder } from './certificate-files.ts'
export { decodeCertificates, readCertificates } from './certificate-set.ts'
export { taxCode } from './tax-code.ts'
export { digestUse, signatureUses, unacceptable, type UsedAlgorithm } from './policy.ts'

// What is known of revocation, and how more of it is fetched.
export { readCrls, type Crl } from './crl.ts'
export { decodeCrls, decodeOcsps, readEvidence, type Evidence, type EvidenceOrder } from './evidence.ts'
export { missingOrder, type MissingOrder } from './missing-revocation.ts'
export type { Ocsp } from './ocsp.ts'
export type { RevocationStatus } from './revocation.ts'
export {
  createRevocationDownload,
  withDownloads,
  type Downloaded,
  type DownloadRevocation,
} from './revocation-download.ts'

// Whether a certificate was good at a time.
export type { CertificateTrust } from './certificate-trust.ts'
export { validateCertificate, type CertificateResult, type ProofOfExistence } from './certificate-validation.ts'
export type { Path } from './chain.ts'
export {
  createClientCertificateCheck,
  type ClientCertificate,
  type ClientCertificateDefect,
} from './client-certificate.ts'
export { withEvidence, withProof } from './evidence-proof.ts'
export { conclude, failed, undecided, type Finding, type Indication, type SubIndication } from './finding.ts'
