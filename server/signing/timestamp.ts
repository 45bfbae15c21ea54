import {
  conclude,
  digestAlgorithm,
  digestUse,
  displayName,
  failed,
  undecided,
  validateCertificate,
  type Certificate,
  type DigestName,
  type Finding,
  type ProofOfExistence,
} from '../certificates/index.ts'
import { DerError, fields, integerHex, octets, oid, readWhole, sequence, TAG, time } from '../shared/asn1/der.ts'
import { OID } from '../shared/asn1/oids.ts'
import { memorySource } from '../shared/source.ts'
import type { Trust } from './trust.ts'
import { readSignedData, type SignedData } from './cms.ts'
import { checkSigner } from './signer-check.ts'
import { contentOf } from './content.ts'
import type { TimestampReport } from './verification.ts'

/** TSTInfo (RFC 3161 §2.4.2). */
type TimestampInfo = Readonly<{
  digest: DigestName
  imprint: Buffer
  time: Date
  policy: string
  nonce: string | null
}>

type TimestampToken = Readonly<{ message: SignedData; info: TimestampInfo }>

/** Decodes a TimeStampToken. Throws DerError when it is none. */
export function readToken(der: Buffer): TimestampToken {
  const message = readSignedData(memorySource(der))
  if (message.contentType !== OID.timestampInfo || !message.content) throw new DerError('Not a time-stamp token')
  const field = fields(readWhole(message.content.read(0, message.content.size)))
  field.next(TAG.integer)
  const policy = oid(field.next())
  const [algorithm, imprint] = sequence(field.next())
  field.next(TAG.integer) // Serial number.
  const generated = time(field.next())
  const nonce = field.rest().find(({ tag }) => tag === TAG.integer)
  return {
    message,
    info: {
      digest: digestAlgorithm(algorithm),
      imprint: octets(imprint),
      time: generated,
      policy,
      nonce: nonce ? integerHex(nonce) : null,
    },
  }
}

type TimestampInput = Readonly<{
  token: Buffer
  kind: TimestampReport['kind']
  /** The digest of what the token must be about. Null when it cannot be computed here. */
  digest: ((name: DigestName) => Buffer) | null
  /** Certificates known from elsewhere in the file. */
  pool: readonly Certificate[]
}>

export type TimestampResult = Readonly<{
  report: TimestampReport
  /** The proved time when everything holds, else null. */
  proof: Date | null
  /** The time that the token states, valid or not; null when it cannot be read. */
  time: Date | null
  findings: readonly Finding[]
}>

/** Validates one token: imprint, signature, authority. `poe` is a later time stamp's proof that this one existed. */
export function validateTimestamp(input: TimestampInput, trust: Trust, poe: ProofOfExistence | null): TimestampResult {
  try {
    return validate(input, trust, poe)
  } catch (error) {
    if (!(error instanceof DerError)) throw error
    const findings = [failed('FORMAT_FAILURE', `The time stamp cannot be read: ${error.message}`)]
    return {
      report: { kind: input.kind, time: '', signedBy: '', imprintIntact: false, ...conclude(findings) },
      proof: null,
      time: null,
      findings,
    }
  }
}

function validate(
  { token, kind, digest, pool }: TimestampInput,
  trust: Trust,
  poe: ProofOfExistence | null,
): TimestampResult {
  const { message, info } = readToken(token)
  const [signer, second] = message.signers
  if (!signer || second || !message.content) throw new DerError('A token has exactly one signer')
  const check = checkSigner({
    signer,
    certificates: [...message.certificates, ...pool],
    contentType: OID.timestampInfo,
    content: contentOf(message.content),
    profile: 'timestamp',
  })
  const imprintIntact = digest !== null && digest(info.digest).equals(info.imprint)
  const findings: Finding[] = [...check.findings]
  if (digest === null)
    findings.push(undecided('SIGNED_DATA_NOT_FOUND', 'The time stamp is about data that was not given'))
  else if (!imprintIntact) findings.push(failed('HASH_FAILURE', 'The time stamp is about other data'))
  if (check.certificate) {
    const subject = {
      certificate: check.certificate,
      pool: [...message.certificates, ...pool],
      purpose: 'timestamp',
      algorithms: [...check.algorithms, digestUse(info.digest)],
    } as const
    findings.push(...validateCertificate(subject, trust, poe).findings)
  }
  const conclusion = conclude(findings)
  return {
    report: {
      kind,
      time: info.time.toISOString(),
      signedBy: check.certificate ? displayName(check.certificate.subject) : '',
      imprintIntact,
      ...conclusion,
    },
    proof: conclusion.indication === 'TOTAL-PASSED' ? info.time : null,
    time: info.time,
    findings,
  }
}

/** The result once something else is found wrong: the stamp then proves nothing. */
export function rejected(result: TimestampResult, findings: readonly Finding[]): TimestampResult {
  if (findings.length === 0) return result
  const { indication, subIndication } = conclude(findings)
  return {
    ...result,
    proof: null,
    report: { ...result.report, indication, ...(subIndication && { subIndication }) },
    findings: [...findings, ...result.findings],
  }
}
