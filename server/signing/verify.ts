import { validateCades } from './cades.ts'
import type { Trust } from './certificate-validation.ts'
import { DerError } from './der.ts'
import { detect, type Detected } from './detect.ts'
import { mediaTypeOf } from './media-type.ts'
import { validatePades } from './pades.ts'
import { PDF_WARNINGS, pdfWarnings } from './pdf-sanity.ts'
import { PdfError } from './pdf-value.ts'
import { contentOf, type Content, type Source } from './source.ts'
import type { Format, SignatureReport, Verdict, Verification } from './verification.ts'

export type VerifyInput = Readonly<{
  source: Source
  /** As the sender named it; used for the report and the name of the layer inside. */
  name: string
  /** The file that a detached signature is about. */
  detached?: Source | undefined
}>

/** Layers of signatures around one another that are followed (signatures-and-pdf.md §1: nested CAdES, limit 5). */
const MAX_LAYERS = 5

/** Validates whatever a file is. Never throws for bad input: what cannot be read is a verdict. */
export function verify(input: VerifyInput, trust: Trust, layer = 1): Verification {
  const detected = detect(input.source)
  if (layer > MAX_LAYERS && detected.kind !== 'other')
    return result(input, trust, {
      format: 'other',
      verdict: 'unreadable',
      errors: ['Signatures are nested too deeply'],
    })
  try {
    return verifyKind(detected, input, { trust, layer })
  } catch (error) {
    if (!(error instanceof DerError) && !(error instanceof PdfError)) throw error
    const format = error instanceof PdfError ? 'PDF' : 'CAdES'
    return result(input, trust, { format, verdict: 'unreadable', errors: [`FORMAT_FAILURE: ${error.message}`] })
  }
}

type Circumstances = Readonly<{ trust: Trust; layer: number }>

function verifyKind(detected: Detected, input: VerifyInput, { trust, layer }: Circumstances): Verification {
  switch (detected.kind) {
    case 'cms':
      return verifyCms(detected.source, input, { trust, layer })
    case 'pdf':
      return verifyPdf(detected, input, trust)
    default:
      return verifyOther(detected, input, trust)
  }
}

function verifyCms(source: Source, input: VerifyInput, { trust, layer }: Circumstances): Verification {
  const { signatures, content } = validateCades(source, input.detached ? contentOf(input.detached) : null, trust)
  return result(input, trust, {
    format: 'CAdES',
    verdict: worst(signatures),
    signatures,
    content: content && { ...described(content), ...nested(content, input, { trust, layer }) },
  })
}

function nested(content: Content, { name }: VerifyInput, { trust, layer }: Circumstances): { nested?: Verification } {
  const inner = verify({ source: content.source, name: innerName(name) }, trust, layer + 1)
  return inner.verdict === 'not-signed' && inner.warnings.length === 0 ? {} : { nested: inner }
}

const innerName = (name: string): string => name.replace(/\.(p7m|p7s|tsd|m7m)$/i, '')

function verifyPdf({ source, note }: Detected, input: VerifyInput, trust: Trust): Verification {
  const { signatures, document, warnings, defect } = validatePades(source, trust)
  const isSigned = signatures.length > 0
  return result(input, trust, {
    format: isSigned ? 'PAdES' : 'PDF',
    verdict: isSigned ? worst(signatures) : 'not-signed',
    signatures,
    content: described(contentOf(source)),
    warnings: [
      ...pdfWarnings(document).map((warning) => PDF_WARNINGS[warning]),
      ...warnings,
      ...(note === undefined ? [] : [note]),
      ...(defect === null ? [] : [PDF_WARNINGS.broken]),
    ],
  })
}

/** A name that promises a signature over bytes that are none: broken on the way, or never one. */
const PROMISES_SIGNATURE = /\.(p7m|p7s|pdf)$/i

function verifyOther({ source }: Detected, input: VerifyInput, trust: Trust): Verification {
  if (PROMISES_SIGNATURE.test(input.name))
    return result(input, trust, {
      format: 'other',
      verdict: 'unreadable',
      errors: ['FORMAT_FAILURE: the file is not what its name says'],
    })
  return result(input, trust, { format: 'other', verdict: 'not-signed', content: described(contentOf(source)) })
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
  { name }: VerifyInput,
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

const SEVERITY = ['TOTAL-PASSED', 'INDETERMINATE', 'TOTAL-FAILED'] as const

/** A file is worth its worst signature. */
export function worst(signatures: readonly SignatureReport[]): Verdict {
  return SEVERITY[Math.max(...signatures.map(({ indication }) => SEVERITY.indexOf(indication)))] ?? 'not-signed'
}
