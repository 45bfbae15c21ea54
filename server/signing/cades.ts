import { failed, type Finding } from '../certificates/index.ts'
import type { Source } from '../shared/source.ts'
import { readSignedData, type SignedData } from './cms.ts'
import { hasStatus, withMessageEvidence } from './message-evidence.ts'
import type { Trust } from './trust.ts'
import { cadesLevel } from './level.ts'
import { earliestTime, isArchived, validateSignature } from './signature-validation.ts'
import { contentOf, type Content } from './content.ts'
import type { TimestampResult } from './timestamp.ts'
import type { SignatureReport } from './verification.ts'

type CadesResult = Readonly<{
  signatures: readonly SignatureReport[]
  content: Content | null
  contentType: string
}>

/** What lies beside a message: the file it is about when the message does not hold it, and time stamps that cover the message. */
type Beside = Readonly<{ detached: Content | null; stamps?: readonly TimestampResult[] }>

/** Validates every signer of a CMS message. Throws DerError when the bytes cannot be read as SignedData at all. */
export function validateCades(source: Source, { detached, stamps = [] }: Beside, trust: Trust): CadesResult {
  const message = readSignedData(source)
  const content = message.content ? contentOf(message.content) : detached
  const findings = [...trailingFindings(source, message), ...otherContentFindings(content, detached)]
  const enriched = withMessageEvidence(trust, message, earliestTime(stamps))
  const signatures = message.signers.map((signer) =>
    validateSignature(
      {
        signer,
        certificates: message.certificates,
        contentType: message.contentType,
        content,
        profile: 'cades',
        findings,
        notes: [],
        level: (check, archives) =>
          cadesLevel(signer, {
            check,
            hasStatus: hasStatus(message),
            isArchived: isArchived([...archives, ...stamps]),
          }),
        hasStatus: hasStatus(message),
        certificateChoices: message.certificateChoices,
        revocations: message.revocations,
        declaredTime: null,
        documentTimestamps: stamps,
        coversWholeDocument: findings.length === 0 && content !== null,
        docMdp: null,
        modifications: [],
      },
      enriched,
    ),
  )
  return { signatures, content, contentType: message.contentType }
}

/** A message that holds its content may be about something else than the file it is shown beside. */
function otherContentFindings(content: Content | null, detached: Content | null): Finding[] {
  if (!content || !detached || content === detached || content.digest('sha256').equals(detached.digest('sha256')))
    return []
  return [failed('HASH_FAILURE', 'The message holds other content than the file given')]
}

const MAX_TRAILER = 1 << 16

/** Zeros and line ends after the message are common and harmless; other bytes are somebody's addition (signatures-and-pdf.md §1.1). */
function trailingFindings(source: Source, { end }: SignedData): Finding[] {
  const rest = source.read(end, MAX_TRAILER)
  const isPadding =
    source.size - end <= MAX_TRAILER &&
    rest.every((octet) => octet === 0 || octet === 0x0a || octet === 0x0d || octet === 0x20)
  return isPadding ? [] : [failed('FORMAT_FAILURE', 'There are bytes after the message')]
}
