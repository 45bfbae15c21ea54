import { reportsOf, type StoredDocument } from '../documents/index.ts'
import { formatDateTime } from '../shared/dates.ts'
import { formatSize } from '../shared/file-size.ts'
import { verificationWords, warningWords, type Verification } from '../signing/index.ts'
import { signatureNode, TONES, type SignatureNode, type Tone } from './signature-node-views.ts'

/** One layer of a file: the container, what signs it, what is inside. */
type LayerNode = Readonly<{
  title: string
  facts: readonly Fact[]
  signatures: readonly SignatureNode[]
  inner: LayerNode | null
}>

type Fact = Readonly<{ label: string; value: string }>

type SignaturePage = Readonly<{
  title: string
  name: string
  /** Address of this page. */
  base: string
  /** Null when the file cannot hold signatures, or holds none. */
  tree: LayerNode | null
  outcome: Readonly<{ tone: Tone; title: string; reason: string }>
  warnings: readonly string[]
  facts: readonly Fact[]
  /** Every validation, newest first; empty when there was one only and nobody may choose. */
  reports: readonly Readonly<{ text: string; outcome: string; href: string; current: boolean }>[]
  /** Set when we go on trying by ourselves. */
  nextTry: string | null
  downloads: readonly Readonly<{ href: string; text: string }>[]
  /** The clerk sees everything; the filer what concerns a person. */
  detailed: boolean
}>

type Options = Readonly<{
  base: string
  detailed: boolean
  /** Which report, from the oldest; the newest when left out. */ index?: number | undefined
}>

/** What is known of a file's signatures, as a clerk or its filer reads it. */
export function signaturePage(document: StoredDocument, { base, detailed, index }: Options): SignaturePage {
  const reports = reportsOf(document)
  const shown = index ?? reports.length - 1
  const report = reports[shown]
  const signed = report && report.verdict !== 'not-signed' ? report : undefined
  return {
    title: 'Verifica delle firme',
    name: document.name,
    base,
    tree: signed && signed.verdict !== 'unreadable' ? layer(signed, { detailed }) : null,
    outcome: outcomeOf(report),
    warnings: report ? warningWords(report) : [],
    facts: factsOf(document, report),
    reports: reportLinks(reports, { base, shown }),
    nextTry: document.revalidation ? formatDateTime(document.revalidation.due) : null,
    downloads: signed ? downloadLinks(signed, base, shown === reports.length - 1 ? '' : `?rapporto=${shown}`) : [],
    detailed,
  }
}

function reportLinks(
  reports: readonly Verification[],
  { base, shown }: { base: string; shown: number },
): SignaturePage['reports'] {
  const links = reports.map((report, position) => ({
    text: `${position === 0 ? 'All’arrivo' : 'Verifica ripetuta'}, ${formatDateTime(new Date(report.validatedAt))}`,
    outcome: verificationWords(report).title,
    href: position === reports.length - 1 ? base : `${base}?rapporto=${position}`,
    current: position === shown,
  }))
  return links.reverse()
}

function downloadLinks({ signatures }: Verification, base: string, query: string): SignaturePage['downloads'] {
  const json = { href: `${base}/rapporto.json${query}`, text: 'Rapporto completo (JSON)' }
  const xml = { href: `${base}/rapporto.xml${query}`, text: 'Rapporto europeo (XML, ETSI TS 119 102-2)' }
  return signatures.length > 0 ? [json, xml] : [json]
}

function outcomeOf(report: Verification | undefined): SignaturePage['outcome'] {
  if (!report)
    return {
      tone: 'neutral',
      title: 'Nessuna firma',
      reason: 'Un file di questo tipo non può contenere firme elettroniche.',
    }
  const { light, title, reason } = verificationWords(report)
  return { tone: TONES[light], title, reason }
}

function factsOf({ size, sha256, createdAt }: StoredDocument, report: Verification | undefined): Fact[] {
  return [
    { label: 'Ricevuto il', value: formatDateTime(createdAt) },
    { label: 'Dimensione', value: formatSize(size) },
    { label: 'Impronta SHA-256', value: sha256 },
    ...(report ? [{ label: 'Verificato il', value: formatDateTime(new Date(report.validatedAt)) }] : []),
  ]
}

const FORMATS: Readonly<Record<Verification['format'], string>> = {
  CAdES: 'Busta firmata (CAdES, .p7m)',
  PAdES: 'PDF firmato (PAdES)',
  XAdES: 'XML firmato (XAdES)',
  'ASiC-S': 'Contenitore con un file firmato (ASiC-S)',
  'ASiC-E': 'Contenitore con più file firmati (ASiC-E)',
  TSD: 'File con marca temporale (TSD)',
  M7M: 'File firmato con marca temporale (M7M)',
  PDF: 'PDF',
  other: 'File',
}

const APART = 'Firma separata dal documento, che qui manca (CAdES, .p7s)'

function layer({ format, signatures, content }: Verification, options: { detailed: boolean }): LayerNode {
  const nested = content?.nested
  const isOutside = ['CAdES', 'ASiC-S', 'ASiC-E', 'TSD', 'M7M'].includes(format)
  return {
    title: format === 'CAdES' && !content ? APART : FORMATS[format],
    facts:
      content && isOutside && options.detailed
        ? [
            { label: 'Contenuto', value: `${content.mediaType ?? 'file'}, ${formatSize(content.size)}` },
            { label: 'Impronta SHA-256 del contenuto', value: content.sha256 },
          ]
        : [],
    signatures: signatures.map((signature) => signatureNode(signature, options)),
    inner: nested ? layer(nested, options) : null,
  }
}
