import { undecided } from '../certificates/index.ts'
import { PDF_WARNINGS, PdfError, pdfWarnings } from '../pdf/index.ts'
import { DerError } from '../shared/asn1/der.ts'
import { OID } from '../shared/asn1/oids.ts'
import type { Source } from '../shared/source.ts'
import { validateAsic } from './asic.ts'
import { validateCades } from './cades.ts'
import type { Trust } from './trust.ts'
import { detect, type Detected } from './detect.ts'
import { openEnvelope } from './envelope.ts'
import { mediaTypeOf } from './media-type.ts'
import { validatePades } from './pades.ts'
import { downgraded } from './signature-validation.ts'
import { contentOf, type Content } from './content.ts'
import { validateXades } from './xades.ts'
import { XMLDSIG } from './xml.ts'
import type { ExternalFiles } from './xml-reference.ts'
import type { Format, SignatureReport, Verdict, Verification } from './verification.ts'

type VerifyInput = Readonly<{
  source: Source
  /** As the sender named it; used for the report and the name of the layer inside. */
  name: string
  /** The file that a detached signature is about. */
  detached?: Source | undefined
}>

/** Layers of signatures around one another that are followed (signatures-and-pdf.md §1: nested CAdES, limit 5). */
const MAX_LAYERS = 5

/** Validates whatever a file is. Never throws for bad input: what cannot be read is a verdict. */
export function verify({ source, name, detached }: VerifyInput, trust: Trust): Verification {
  return verifyLayer(
    { content: contentOf(source), name, detached: detached ? contentOf(detached) : null },
    { trust, layer: 1 },
  )
}

type Layer = Readonly<{ content: Content; name: string; detached: Content | null }>
type Circumstances = Readonly<{ trust: Trust; layer: number }>

function verifyLayer(file: Layer, circumstances: Circumstances): Verification {
  const { trust, layer } = circumstances
  const detected = detect(file.content.source)
  if (layer > MAX_LAYERS && detected.kind === 'cms')
    return unreadable(file.name, trust.at, 'Signatures are nested too deeply')
  try {
    return verifyKind(detected, file, circumstances)
  } catch (error) {
    if (!(error instanceof DerError) && !(error instanceof PdfError)) throw error
    const report = unreadable(file.name, trust.at, `FORMAT_FAILURE: ${error.message}`)
    return { ...report, format: error instanceof PdfError ? 'PDF' : (UNREADABLE[detected.kind] ?? 'other') }
  }
}

function verifyKind(detected: Detected, file: Layer, circumstances: Circumstances): Verification {
  switch (detected.kind) {
    case 'cms':
      return verifyCms(detected.source, file, circumstances)
    case 'pdf':
      return verifyPdf(detected, file, circumstances.trust)
    case 'zip':
      return verifyZip(file, circumstances)
    case 'xml':
      return verifyXml(file, circumstances.trust)
    case 'tsd':
    case 'timestamp':
    case 'mime':
      return verifyEnvelope(detected, file, circumstances)
    default:
      return verifyOther(file, circumstances.trust)
  }
}

function verifyCms(source: Source, file: Layer, circumstances: Circumstances): Verification {
  const { trust } = circumstances
  const { signatures, content, contentType } = validateCades(source, { detached: file.detached }, trust)
  if (contentType === OID.timestampInfo) return verifyEnvelope({ kind: 'timestamp', source }, file, circumstances)
  return result(file, trust, {
    format: 'CAdES',
    verdict: worst(signatures),
    signatures,
    content: content && { ...described(content), ...nested(content, file, circumstances) },
  })
}

/** The layer inside, when there is something to say of it. Its digests are those already taken. */
function nested(content: Content, { name }: Layer, { trust, layer }: Circumstances): { nested?: Verification } {
  if (detect(content.source).kind === 'other') return {}
  const inner = verifyLayer({ content, name: innerName(name), detached: null }, { trust, layer: layer + 1 })
  return inner.verdict === 'not-signed' && inner.warnings.length === 0 ? {} : { nested: inner }
}

const innerName = (name: string): string => name.replace(/\.(p7m|p7s|tsd|m7m)$/i, '')

function verifyPdf({ source, note }: Detected, file: Layer, trust: Trust): Verification {
  const { signatures, document, warnings, defect } = validatePades(source, trust)
  const isSigned = signatures.length > 0
  return result(file, trust, {
    format: isSigned ? 'PAdES' : 'PDF',
    verdict: isSigned ? worst(signatures) : 'not-signed',
    signatures,
    content: described(source === file.content.source ? file.content : contentOf(source)),
    warnings: [
      ...pdfWarnings(document).map((warning) => PDF_WARNINGS[warning]),
      ...warnings,
      ...(note === undefined ? [] : [note]),
      ...(defect === null ? [] : [PDF_WARNINGS.broken]),
    ],
  })
}

function verifyZip(file: Layer, circumstances: Circumstances): Verification {
  const asic = validateAsic(file.content, circumstances.trust)
  // A ZIP that is no container of signatures is a file like others: office documents are ZIPs too.
  if (!asic) return verifyOther(file, circumstances.trust)
  const { format, signatures, content, warnings } = asic
  return result(file, circumstances.trust, {
    format,
    verdict: worst(signatures),
    signatures,
    warnings,
    content: content && {
      ...described(content.content),
      ...nested(content.content, { ...file, name: content.name }, circumstances),
    },
  })
}

function verifyXml(file: Layer, trust: Trust): Verification {
  const { source } = file.content
  if (source.size > MAX_SIGNED_XML || !hasXmlSignature(source)) return verifyOther(file, trust)
  const files = file.detached ? onlyFile(file.detached) : undefined
  const signatures = validateXades(source.read(0, source.size), trust, files).map((signature) =>
    files && !signature.coversWholeDocument ? downgraded(signature, [OTHER_FILE]) : signature,
  )
  return result(file, trust, {
    format: 'XAdES',
    verdict: worst(signatures),
    signatures,
    content: described(file.content),
  })
}

const OTHER_FILE = undecided('SIGNED_DATA_NOT_FOUND', 'The signature is not about the file given')

/** The file that was given, whatever the signature calls it: what decides is the digest. */
const onlyFile = (content: Content): ExternalFiles => ({ names: ['detached'], find: () => content })

const MAX_SIGNED_XML = 20 << 20

/** In UTF-16 these characters have zeros between them, in either order of its octets. */
function hasXmlSignature(source: Source): boolean {
  const bytes = source.read(0, source.size)
  return bytes.includes(XMLDSIG) || bytes.includes(Buffer.from(XMLDSIG, 'utf16le').subarray(0, -1))
}

/** Time stamps around a file prove its time; what they surround is a layer of its own. */
function verifyEnvelope(detected: Detected, file: Layer, circumstances: Circumstances): Verification {
  const { trust, layer } = circumstances
  const { format, content, timestamps } = openEnvelope(detected, file.detached, trust)
  // S/MIME only transports: the message inside is the file.
  if (format === 'CAdES' && content) return verifyLayer({ ...file, content }, { trust, layer: layer + 1 })
  const proved = timestamps.flatMap(({ proof }) => proof ?? [])[0]
  const inner = { trust: proved ? { ...trust, registeredAt: earlier(proved, trust.registeredAt) } : trust, layer }
  return result(file, trust, {
    format,
    verdict: worst(timestamps.map(({ report }) => report)),
    content: content && { ...described(content), ...nested(content, file, inner) },
    errors: timestamps.flatMap(({ findings }) =>
      findings.map(({ subIndication, message }) => `${subIndication}: ${message}`),
    ),
    warnings: timestamps.map(
      ({ report }) => `time stamp of ${report.time} by ${report.signedBy}: ${report.indication}`,
    ),
  })
}

const earlier = (left: Date, right: Date | null): Date => (right && right < left ? right : left)

/** A name that promises a signature over bytes that are none: broken on the way, or never one. */
const PROMISES_SIGNATURE = /\.(p7m|p7s|pdf)$/i

function verifyOther(file: Layer, trust: Trust): Verification {
  if (PROMISES_SIGNATURE.test(file.name))
    return unreadable(file.name, trust.at, 'FORMAT_FAILURE: the file is not what its name says')
  return result(file, trust, { format: 'other', verdict: 'not-signed', content: described(file.content) })
}

const described = (content: Content) => ({
  size: content.source.size,
  sha256: content.digest('sha256').toString('hex'),
  mediaType: mediaTypeOf(content.source),
})

type Outcome = Readonly<
  { format: Format; verdict: Verdict } & Partial<Pick<Verification, 'signatures' | 'content' | 'errors' | 'warnings'>>
>

function result(
  { name }: Layer,
  { at }: Trust,
  { format, verdict, signatures = [], content = null, errors = [], warnings = [] }: Outcome,
): Verification {
  return { file: name, format, verdict, signatures, content, errors, warnings, validatedAt: at.toISOString() }
}

/** The report on a file of which nothing could be said. */
export const unreadable = (file: string, at: Date, error: string): Verification => ({
  file,
  format: 'other',
  verdict: 'unreadable',
  signatures: [],
  content: null,
  errors: [error],
  warnings: [],
  validatedAt: at.toISOString(),
})

/** What such a file was meant to be, as far as its first bytes say. */
const UNREADABLE: Readonly<Partial<Record<Detected['kind'], Format>>> = { cms: 'CAdES', xml: 'XAdES', tsd: 'TSD' }

const SEVERITY = ['TOTAL-PASSED', 'INDETERMINATE', 'TOTAL-FAILED'] as const

/** A file is worth its worst signature. */
function worst(signatures: readonly Pick<SignatureReport, 'indication'>[]): Verdict {
  return SEVERITY[Math.max(...signatures.map(({ indication }) => SEVERITY.indexOf(indication)))] ?? 'not-signed'
}
