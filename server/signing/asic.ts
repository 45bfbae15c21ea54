import { failed, undecided, type Finding } from '../certificates/index.ts'
import { validateCades } from './cades.ts'
import type { Trust } from './trust.ts'
import { contentOf, type Content } from './content.ts'
import type { Format, SignatureReport } from './verification.ts'
import { downgraded } from './signature-validation.ts'
import { archiveStamps, type ArchiveStamp } from './asic-archive.ts'
import { fileDigests, readManifest, referenceFindings, type FileDigest, type Manifest } from './asic-manifest.ts'
import { validateXades } from './xades.ts'
import type { ExternalFiles } from './xml-reference.ts'
import { fileName } from './xml.ts'
import { opensAlike, readZip, type ZipEntry } from './zip.ts'

/** What an ASiC container says (EN 319 162-1). */
type AsicResult = Readonly<{
  format: Extract<Format, 'ASiC-S' | 'ASiC-E'>
  signatures: readonly SignatureReport[]
  /** The signed file when there is exactly one. */
  content: Readonly<{ name: string; content: Content }> | null
  warnings: readonly string[]
}>

/**
 * EN 319 162-1 §4.3.3.2, §4.4.3.2: XAdES signatures, in ASiC-E each file may hold several. The word by looking ahead: a name may have 64 KB of
 * nothing but this word, and from each the rest would be tried anew.
 */
const SIGNATURES_XML = /^META-INF\/(?=[^/]*signatures)[^/]*\.xml$/i
const SIGNATURE_MESSAGE = /^META-INF\/(?=[^/]*signature)[^/]*\.p7[sm]$/i
const MAX_SIGNATURES_XML = 20 << 20
const SIGNS_DATA = /^META-INF\/ASiCManifest[^/]*\.xml$/i

const MIME: ReadonlyMap<string, AsicResult['format']> = new Map([
  ['application/vnd.etsi.asic-s+zip', 'ASiC-S'],
  ['application/vnd.etsi.asic-e+zip', 'ASiC-E'],
])

/** Null when the ZIP is no ASiC container. Throws DerError (ZipError) when it is broken. */
export function validateAsic(content: Content, trust: Trust): AsicResult | null {
  const entries = readZip(content.source)
  const format = formatOf(entries)
  if (!format) return null
  const data = entries.filter(({ name }) => !/^META-INF\//i.test(name) && name !== 'mimetype' && !name.endsWith('/'))
  const messages = entries.filter(({ name }) => SIGNATURE_MESSAGE.test(name))
  const documents = entries.filter(({ name }) => SIGNATURES_XML.test(name))
  const digestOf = fileDigests(entries)
  const stamps = archiveStamps(entries, digestOf, trust)
  const manifests = messages.length === 0 ? [] : entries.filter(({ name }) => SIGNS_DATA.test(name)).map(opened)
  const container = { data, manifests, trust, digestOf, stamps }
  const signatures = [
    ...messages.flatMap((message) => validateMessage(message, container)),
    ...documents.flatMap((document) => validateDocument(document, container)),
  ]
  const [only] = data
  const shape = shapeFindings(format, { data, entries })
  return {
    format,
    signatures: signatures.map((signature) => downgraded(signature, shape)),
    content: only && data.length === 1 ? { name: only.name, content: contentOf(only.source()) } : null,
    warnings: [
      ...(data.length > 0 && signatures.some(({ coversWholeDocument }) => !coversWholeDocument) ? [PARTIAL] : []),
      ...entries
        .filter((entry) => /^META-INF\/.*\.(xml|tst|ers)$/i.test(entry.name) && !/manifest/i.test(entry.name))
        .filter(
          (entry) =>
            !documents.includes(entry) && !stamps.some((stamp) => stamp.token === entry && isAbout(stamp, messages)),
        )
        .map(({ name }) => `${name.split('/').at(-1) ?? ''} was not verified`),
    ],
  }
}

/** Whoever opens an extended container sees all its files alike, signed or not. */
const PARTIAL = 'partial: a file of the container is not under every signature'

const isAbout = ({ files }: ArchiveStamp, messages: readonly ZipEntry[]): boolean =>
  messages.some(({ name }) => files.has(name))

/** EN 319 162-1 §4.3.3.1: whoever opens the container must not find a second file that nobody signed. */
const NOT_SIMPLE = 'A simple container holds exactly one file beside its signatures'
const NOT_ALIKE = 'A file of the container is damaged, or has another name for other programs'

type Parts = Readonly<Record<'data' | 'entries', readonly ZipEntry[]>>

const shapeFindings = (format: AsicResult['format'], { data, entries }: Parts): Finding[] => [
  ...(format === 'ASiC-S' && data.length !== 1 ? [failed('FORMAT_FAILURE', NOT_SIMPLE)] : []),
  ...(entries.every(opensAlike) ? [] : [failed('FORMAT_FAILURE', NOT_ALIKE)]),
]

function formatOf(entries: readonly ZipEntry[]): AsicResult['format'] | null {
  const mimetype = entries.find(({ name }) => name === 'mimetype')
  const declared =
    mimetype && mimetype.size < 100 ? MIME.get(mimetype.source().read(0, 100).toString('latin1').trim()) : undefined
  if (declared) return declared
  const isSigned = entries.some(({ name }) => /^META-INF\/.*(signature|timestamp|ASiCManifest)/i.test(name))
  if (!isSigned) return null
  return entries.some(({ name }) => /ASiCManifest/i.test(name)) ? 'ASiC-E' : 'ASiC-S'
}

type OpenManifest = Manifest & Readonly<{ entry: ZipEntry }>
const opened = (entry: ZipEntry): OpenManifest => ({ entry, ...readManifest(entry.source()) })

type Container = Readonly<{
  data: readonly ZipEntry[]
  manifests: readonly OpenManifest[]
  trust: Trust
  digestOf: FileDigest
  stamps: readonly ArchiveStamp[]
}>

/** The CAdES signature is over the only file (ASiC-S §4.3) or over the manifest that names it (ASiC-E §4.4). */
function validateMessage(
  message: ZipEntry,
  { data, manifests, trust, digestOf, stamps }: Container,
): SignatureReport[] {
  const manifest = manifests.find(({ signature }) => signature === message.name)
  const signed = manifest?.entry ?? (data.length === 1 ? data[0] : undefined)
  const findings = manifest ? referenceFindings(manifest.references, digestOf, trust.at) : []
  if (!signed)
    findings.push(undecided('SIGNED_DATA_NOT_FOUND', 'It is not clear which file of the container is signed'))
  const whole = [message.name, ...(signed ? [signed.name] : []), ...(manifest?.references ?? []).map(({ uri }) => uri)]
  const beside = {
    detached: signed ? contentOf(signed.source()) : null,
    stamps: stamps.filter((stamp) => whole.every((name) => stamp.files.has(name))).map(({ result }) => result),
  }
  const { signatures } = validateCades(message.source(), beside, trust)
  return signatures
    .map((signature) => downgraded(signature, findings))
    .map((signature) => (manifest ? overFilesOf(manifest, signature, data) : signature))
}

/** The manifest may leave out files that whoever opens the container sees beside those that it names. */
function overFilesOf({ references }: Manifest, signature: SignatureReport, data: Container['data']): SignatureReport {
  const named = new Set(references.map(({ uri }) => uri))
  const coversWholeDocument = signature.coversWholeDocument && data.every(({ name }) => named.has(name))
  return { ...signature, coversWholeDocument }
}

/**
 * XAdES signatures name the files that they are about themselves; what none of them names is unsigned, and said to be. `META-INF/manifest.xml`
 * lists types of files for readers of ODF, signs nothing and may be missing (EN 319 162-1 §4.4.3.2: “if present”), though EU DSS asks for it.
 */
function validateDocument(document: ZipEntry, { data, trust }: Container): SignatureReport[] {
  const contents = new Map(data.map((entry) => [entry.name, contentOf(entry.source())]))
  const files: ExternalFiles = {
    names: [...contents.keys()],
    find: (uri) => (uri === null ? null : (contents.get(fileName(uri)) ?? null)),
  }
  const source = document.source()
  return validateXades(source.read(0, Math.min(source.size, MAX_SIGNATURES_XML + 1)), trust, files)
}
