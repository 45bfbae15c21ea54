import type { Indication, SignatureReport, Verification } from './verification.ts'

/**
 * The report on a file as an ETSI validation report (TS 119 102-2 v1.4.1), for those who exchange validations: one entry a signature,
 * counter-signatures after theirs. A file without signatures has none, and gives null.
 */
export function etsiReport({ signatures, content, validatedAt }: Verification): string | null {
  const all = signatures.flatMap(withCounterSignatures)
  if (all.length === 0) return null
  const certificates = [...new Set(all.flatMap(({ signedBy }) => signedBy.sha256 ?? []))]
  const entries = all.map((signature) => signatureReport(signature, { validatedAt, document: content?.sha256 ?? null }))
  return [
    '<?xml version="1.0" encoding="UTF-8"?>',
    '<vr:ValidationReport xmlns:vr="http://uri.etsi.org/19102/v1.4.1#" xmlns:ds="http://www.w3.org/2000/09/xmldsig#" xmlns:XAdES="http://uri.etsi.org/01903/v1.3.2#">',
    ...entries,
    ...(certificates.length > 0
      ? [element('vr:SignatureValidationObjects', certificates.map(certificateObject).join(''))]
      : []),
    '</vr:ValidationReport>',
  ].join('')
}

const withCounterSignatures = (signature: SignatureReport): SignatureReport[] => [
  signature,
  ...(signature.counterSignatures ?? []).flatMap(withCounterSignatures),
]

const MAIN: Readonly<Record<Indication, string>> = {
  'TOTAL-PASSED': 'total-passed',
  INDETERMINATE: 'indeterminate',
  'TOTAL-FAILED': 'total-failed',
}

type Circumstances = Readonly<{ validatedAt: string; document: string | null }>

function signatureReport(signature: SignatureReport, { validatedAt, document }: Circumstances): string {
  return element(
    'vr:SignatureValidationReport',
    times(signature, validatedAt) +
      signersDocument(document) +
      attributes(signature) +
      signer(signature) +
      quality(signature) +
      process(signature) +
      status(signature),
  )
}

function times({ provedTime }: SignatureReport, validatedAt: string): string {
  const proof =
    text('vr:POETime', provedTime ?? validatedAt) +
    text('vr:TypeOfProof', `urn:etsi:019102:poetype:${provedTime ? 'provided' : 'validation'}`)
  return element(
    'vr:ValidationTimeInfo',
    text('vr:ValidationTime', validatedAt) + element('vr:BestSignatureTime', proof),
  )
}

const signersDocument = (sha256: string | null): string =>
  sha256 === null ? '' : element('vr:SignersDocument', digest(sha256))

const attributes = ({ signingTime }: SignatureReport): string =>
  signingTime === null ? '' : element('vr:SignatureAttributes', element('vr:SigningTime', text('vr:Time', signingTime)))

function signer({ signedBy: { sha256, name } }: SignatureReport): string {
  if (sha256 === undefined) return ''
  return element(
    'vr:SignerInformation',
    `<vr:SignerCertificate VOReference="${objectId(sha256)}"/>${text('vr:Signer', name)}`,
  )
}

/** The standard wants an address; the EU's DSS library writes the words of TS 119 615 as this one. */
const quality = ({ qualification }: SignatureReport): string =>
  element(
    'vr:SignatureQuality',
    text('vr:SignatureQualityInformation', `urn:cef:dss:signatureQualification:${qualification.replace(/ /g, '-')}`),
  )

function process({ timestamps }: SignatureReport): string {
  const kind = timestamps.some(({ kind: stamp }) => stamp === 'archive' || stamp === 'document') ? 'LTA' : 'LTVM'
  return element(
    'vr:SignatureValidationProcess',
    text(
      'vr:SignatureValidationProcessID',
      `urn:etsi:019102:validationprocess:${timestamps.length === 0 ? 'Basic' : kind}`,
    ),
  )
}

function status({ indication, subIndication, errors }: SignatureReport): string {
  const data = errors.map((message) =>
    element('vr:ReportData', text('vr:Type', 'urn:etsi:019102:reportdata:message') + text('vr:Value', message)),
  )
  return element(
    'vr:SignatureValidationStatus',
    text('vr:MainIndication', `urn:etsi:019102:mainindication:${MAIN[indication]}`) +
      (subIndication === undefined ? '' : text('vr:SubIndication', `urn:etsi:019102:subindication:${subIndication}`)) +
      (data.length === 0
        ? ''
        : element('vr:AssociatedValidationReportData', element('vr:AdditionalValidationReportData', data.join('')))),
  )
}

const certificateObject = (sha256: string): string =>
  `<vr:ValidationObject id="${objectId(sha256)}">${text('vr:ObjectType', 'urn:etsi:019102:validationObject:certificate')}${element('vr:ValidationObjectRepresentation', digest(sha256))}</vr:ValidationObject>`

const objectId = (sha256: string): string => `C-${sha256}`

const digest = (sha256: string): string =>
  `<vr:DigestAlgAndValue><ds:DigestMethod Algorithm="http://www.w3.org/2001/04/xmlenc#sha256"/>${text('ds:DigestValue', Buffer.from(sha256, 'hex').toString('base64'))}</vr:DigestAlgAndValue>`

/** An element around markup, and one around text. */
const element = (name: string, markup: string): string => `<${name}>${markup}</${name}>`
const text = (name: string, value: string): string => element(name, escape(value))

const escape = (value: string): string =>
  value
    .replace(/&/g, '&amp;')
    .replace(/</g, '&lt;')
    .replace(/>/g, '&gt;')
    .replace(/[^\t\n\r\x20-\ufffd]/g, '\ufffd')
