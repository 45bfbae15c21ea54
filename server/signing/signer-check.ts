import {
  checkSignature,
  digestAlgorithm,
  digestUse,
  failed,
  keyFacts,
  parseName,
  publicKey,
  sameName,
  signatureAlgorithm,
  signatureUses,
  subjectKeyId,
  undecided,
  UnknownAlgorithm,
  type Certificate,
  type DigestName,
  type Finding,
  type SignatureAlgorithm,
  type SignatureCheck,
  type UsedAlgorithm,
} from '../certificates/index.ts'
import { encode, setOf } from '../shared/asn1/der-writer.ts'
import { context, DerError, fields, oid, octets, readDer, sequence, TAG, time } from '../shared/asn1/der.ts'
import { OID } from '../shared/asn1/oids.ts'
import { attributesOf, singleValue, type SignerInfo } from './cms.ts'
import { certificateReferences, refersTo, type CertificateReference } from './signing-certificate.ts'
import type { Content } from './content.ts'

/**
 * What a signature claims to be decides what it must hold: `cades` and `pades` are ETSI baseline, `pkcs7` is a PDF's older
 * `adbe.pkcs7.detached`, `timestamp` an RFC 3161 token, `counter` a signature on a signature.
 */
export type Profile = 'cades' | 'pades' | 'pkcs7' | 'timestamp' | 'counter'

export type SignerInput = Readonly<{
  signer: SignerInfo
  certificates: readonly Certificate[]
  contentType: string
  /** Null when the detached data was not given. */
  content: Content | null
  profile: Profile
}>

/** The cryptographic half of a validation: everything that needs no trust and no clock. */
export type SignerCheck = Readonly<{
  certificate: Certificate | null
  references: readonly CertificateReference[]
  digestIntact: boolean
  signatureValid: boolean
  signingTime: Date | null
  algorithms: readonly UsedAlgorithm[]
  findings: readonly Finding[]
}>

/** Verifies one SignerInfo by RFC 5652 §5.4–5.6 and the rules of signatures-and-pdf.md §5. Never throws for bad input. */
export function checkSigner(input: SignerInput): SignerCheck {
  try {
    return check(input)
  } catch (error) {
    if (!(error instanceof DerError)) throw error
    return {
      certificate: null,
      references: [],
      digestIntact: false,
      signatureValid: false,
      signingTime: null,
      algorithms: [],
      findings: [
        error instanceof UnknownAlgorithm
          ? undecided('CRYPTO_CONSTRAINTS_FAILURE_NO_POE', error.message)
          : failed('FORMAT_FAILURE', error.message),
      ],
    }
  }
}

function check(input: SignerInput): SignerCheck {
  const { signer, profile } = input
  const findings: Finding[] = [...structureFindings(input)]
  const digest = digestAlgorithm(signer.digestAlgorithm)
  const algorithm = signatureAlgorithm(signer.signatureAlgorithm, digest)
  const references = certificateReferences(signer)
  const certificate = findCertificate(input, references[0])
  const digestIntact = contentFindings(input, digest, findings)
  findings.push(...referenceFindings({ profile, references, certificate }))
  const signatureValid = certificate ? signatureFindings(input, { algorithm, digest, certificate }, findings) : false
  if (!certificate)
    findings.push(undecided('NO_SIGNING_CERTIFICATE_FOUND', 'The signer’s certificate is not in the message'))
  return {
    certificate,
    references,
    digestIntact,
    signatureValid,
    signingTime: signingTimeOf(signer),
    algorithms: [digestUse(digest), ...(certificate ? signatureUses(algorithm, keyFacts(certificate)) : [])],
    findings,
  }
}

const ONCE = [OID.contentType, OID.messageDigest, OID.signingTime, OID.signingCertificate, OID.signingCertificateV2]

function* structureFindings(input: SignerInput): Generator<Finding> {
  const { signer } = input
  if (signer.signedAttributes === null) {
    // RFC 5652 allows it; ETSI profiles do not, and nothing then binds the certificate.
    yield undecided('SIG_CONSTRAINTS_FAILURE', 'The signature has no signed attributes')
    return
  }
  for (const type of ONCE) {
    const found = attributesOf(signer.signedAttributes, type)
    if (found.length > 1) yield failed('FORMAT_FAILURE', `Signed attribute ${type} appears twice`)
    // Readers that take another of its values would tell another time or digest (RFC 5652 §11.1–11.3).
    else if (found.some(({ values }) => values.length !== 1))
      yield failed('FORMAT_FAILURE', `Signed attribute ${type} has not one value`)
  }
  yield* contentTypeFindings(input)
  if (algorithmsDiffer(signer)) yield undecided('SIG_CONSTRAINTS_FAILURE', 'The algorithms are not the protected ones')
  const policy = singleValue(signer.signedAttributes, OID.signaturePolicy)
  if (policy?.tag === TAG.sequence)
    yield undecided('SIGNATURE_POLICY_NOT_AVAILABLE', 'The signature follows a policy that is not available here')
}

/** RFC 5652 §11.1; a counter-signature must have none (§11.4), which tells it from a signature on a file. */
function* contentTypeFindings({ signer, contentType, profile }: SignerInput): Generator<Finding> {
  const declared = singleValue(signer.signedAttributes, OID.contentType)
  if (profile === 'counter') {
    if (declared) yield undecided('SIG_CONSTRAINTS_FAILURE', 'A signature on a signature names a type of content')
    return
  }
  if (!declared) yield failed('FORMAT_FAILURE', 'The content-type attribute is missing')
  else if (oid(declared) !== contentType)
    yield undecided('SIG_CONSTRAINTS_FAILURE', 'The content-type attribute is not the content’s type')
}

/** CMSAlgorithmProtection (RFC 6211): the algorithms once more, but signed. */
function algorithmsDiffer({
  signedAttributes,
  digestAlgorithm: digest,
  signatureAlgorithm: signature,
}: SignerInfo): boolean {
  const value = singleValue(signedAttributes, OID.algorithmProtection)
  if (!value) return false
  const field = fields(value)
  const protectedDigest = oid(sequence(field.next(TAG.sequence))[0])
  const protectedSignature = field.optional(context(1))
  if (protectedDigest !== oid(sequence(digest)[0])) return true
  return (
    protectedSignature !== undefined && oid(sequence(protectedSignature, context(1))[0]) !== oid(sequence(signature)[0])
  )
}

function findCertificate(
  { signer, certificates }: SignerInput,
  reference: CertificateReference | undefined,
): Certificate | null {
  const named = certificates.filter((certificate) => isNamed(signer, certificate))
  // Two certificates may bear one name (a renewed one with the same key): the signed reference decides.
  return (reference && named.find((certificate) => refersTo(reference, certificate))) ?? named[0] ?? null
}

function isNamed({ id }: SignerInfo, certificate: Certificate): boolean {
  if ('keyId' in id) return subjectKeyId(certificate)?.equals(id.keyId) ?? false
  if (certificate.serial !== id.serial) return false
  return certificate.issuer.der.equals(id.issuer) || sameName(certificate.issuer, parseName(readDer(id.issuer)))
}

function contentFindings({ signer, content }: SignerInput, digest: DigestName, findings: Finding[]): boolean {
  if (!content) {
    findings.push(undecided('SIGNED_DATA_NOT_FOUND', 'The signed file was not given'))
    return false
  }
  // Without attributes the signature itself is over the content and is the only check there is.
  if (signer.signedAttributes === null) return true
  const declared = singleValue(signer.signedAttributes, OID.messageDigest)
  if (!declared) {
    findings.push(failed('FORMAT_FAILURE', 'The message-digest attribute is missing'))
    return false
  }
  const intact = octets(declared).equals(content.digest(digest))
  if (!intact) findings.push(failed('HASH_FAILURE', 'The content is not the one that was signed'))
  return intact
}

type ReferenceFacts = Readonly<{
  profile: Profile
  references: readonly CertificateReference[]
  certificate: Certificate | null
}>

function* referenceFindings({ profile, references, certificate }: ReferenceFacts): Generator<Finding> {
  if (references.length === 0) {
    if (profile !== 'pkcs7') yield undecided('SIG_CONSTRAINTS_FAILURE', 'The signing-certificate attribute is missing')
    return
  }
  if (certificate && !references.every((reference) => refersTo(reference, certificate)))
    yield undecided('SIG_CONSTRAINTS_FAILURE', 'The signing-certificate attribute names another certificate')
}

type SignatureFacts = Readonly<{ algorithm: SignatureAlgorithm; digest: DigestName; certificate: Certificate }>

function signatureFindings({ signer, content }: SignerInput, facts: SignatureFacts, findings: Finding[]): boolean {
  const { algorithm, digest, certificate } = facts
  const key = keyOf(certificate)
  if (!key) {
    findings.push(failed('SIG_CRYPTO_FAILURE', 'The public key cannot be used'))
    return false
  }
  const over: Over = (data, hash = algorithm.hash) =>
    checkSignature({ ...algorithm, hash }, key, { data, signature: signer.signature })
  const differs = algorithm.hash !== null && algorithm.hash !== digest
  if (differs) findings.push(undecided('SIG_CONSTRAINTS_FAILURE', 'Content and signature use different hashes'))
  if (signer.signedAttributes === null) return legacyFindings({ content, over }, findings)
  const sorted = setOf(signer.signedAttributes.map(({ raw }) => raw))
  const { valid, note } = over(sorted)
  // Some signers name one hash and use the other: shown as the inconsistency that it is, not as forgery.
  if (valid || (differs && over(sorted, digest).valid)) return true
  const isUnsorted = over(encode(TAG.set, ...signer.signedAttributes.map(({ raw }) => raw))).valid
  findings.push(failed('SIG_CRYPTO_FAILURE', isUnsorted ? UNSORTED : (note ?? 'The signature value does not verify')))
  return false
}

const UNSORTED = 'Signed over non-DER attribute order; some readers show it as valid'

type Over = (data: Buffer, hash?: DigestName | null) => SignatureCheck

type Legacy = Readonly<{ content: Content | null; over: Over }>
const MAX_LEGACY_CONTENT = 256 << 20

function legacyFindings({ content, over }: Legacy, findings: Finding[]): boolean {
  if (!content) return false
  const { source } = content
  const valid = source.size <= MAX_LEGACY_CONTENT && over(source.read(0, source.size)).valid
  if (!valid) findings.push(failed('SIG_CRYPTO_FAILURE', 'The signature value does not verify over the content'))
  return valid
}

function keyOf(certificate: Certificate): ReturnType<typeof publicKey> | null {
  try {
    return publicKey(certificate)
  } catch {
    return null
  }
}

function signingTimeOf({ signedAttributes }: SignerInfo): Date | null {
  const value = attributesOf(signedAttributes, OID.signingTime)[0]?.values[0]
  return value ? time(value) : null
}
