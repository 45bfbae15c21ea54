import { Readable } from 'node:stream'
import { RandomAccessReader, fromRandomAccessReaderPromise, type Entry, type ZipFile } from 'yauzl'
import { extensionOf } from './file-name.ts'
import { ASIC_E, ASIC_S, EXECUTABLE, ZIP, ZIP_BASED } from './media-type.ts'
import { ZIP_END_BYTES, zipDirectory } from '../shared/zip-directory.ts'
import { sniff } from './sniff.ts'
import { readTail, type ContentSource } from './content-source.ts'
import type { Defect } from './refusal.ts'

/** An office document opens to at most this; so does what a person puts in an archive. */
const MOST_ENTRIES = 1000
const MOST_BYTES = 500 * 1000 * 1000
/** Text compresses some twenty times; beyond a hundred, and large, it is made to fill a disk. */
const MOST_RATIO = 100
const HARMLESS_BYTES = 50 * 1000 * 1000
const LARGEST_MANIFEST = 1024 * 1024

type ZipFindings = Readonly<{ mediaType: string; defect?: Defect | undefined }>

/**
 * Which of the ZIP-based types it is, and whether it may be taken: no protection, no macros, no archive in the archive, no
 * programs, nothing that swells. Only the directory, the manifests and the first bytes of entries are read.
 */
export async function checkZip(source: ContentSource): Promise<ZipFindings> {
  let zip: ZipFile | undefined
  try {
    zip = await fromRandomAccessReaderPromise(new SourceReader(source), source.size, { autoClose: false })
    const entries = await directory(zip)
    if (entries === 'too-many-entries') return { mediaType: ZIP, defect: entries }
    if (!(await isAlikeToAll(source, entries))) return { mediaType: ZIP, defect: 'damaged' }
    const kind = await kindOf(zip, entries)
    return { mediaType: kind, defect: sizeDefect(entries, source.size) ?? (await contentDefect(zip, entries, kind)) }
  } catch {
    // No directory at the end, or one that contradicts the entries: cut off, or not a ZIP that others would open either.
    return { mediaType: ZIP, defect: 'damaged' }
  } finally {
    zip?.close()
  }
}

/** Whether every program finds the same entries: not beside ours others, that were not looked at, nor two of one name. */
async function isAlikeToAll(source: ContentSource, entries: readonly Entry[]): Promise<boolean> {
  const directory = zipDirectory(await readTail(source, ZIP_END_BYTES), source.size)
  const read = entries.reduce(
    (sum, { fileNameLength, extraFieldLength, fileCommentLength }) =>
      sum + 46 + fileNameLength + extraFieldLength + fileCommentLength,
    0,
  )
  return directory?.size === read && new Set(entries.map(({ fileName }) => fileName)).size === entries.length
}

/** Reads ranges of stored content; yauzl wants a subclass. */
class SourceReader extends RandomAccessReader {
  readonly #source: ContentSource

  constructor(source: ContentSource) {
    super()
    this.#source = source
  }

  override _readStreamForRange(start: number, end: number) {
    return Readable.from(this.#source.open(start, end), { objectMode: false })
  }
}

async function directory(zip: ZipFile): Promise<readonly Entry[] | 'too-many-entries'> {
  if (zip.entryCount > MOST_ENTRIES) return 'too-many-entries'
  const entries: Entry[] = []
  for await (const entry of zip.eachEntry()) entries.push(entry)
  return entries
}

const OOXML = 'application/vnd.openxmlformats-officedocument.'

async function kindOf(zip: ZipFile, entries: readonly Entry[]): Promise<string> {
  const [first] = entries
  // ODF 1.3 part 2 §3.3 and ETSI EN 319 162-1 §A.1: the first entry, uncompressed, is the media type.
  if (first?.fileName === 'mimetype') {
    const declared = (await text(zip, first)).trim()
    return ZIP_BASED.has(declared) ? declared : ZIP
  }
  const names = new Set(entries.map((entry) => entry.fileName))
  if (!names.has('[Content_Types].xml')) return ZIP
  if (names.has('word/document.xml')) return `${OOXML}wordprocessingml.document`
  if (names.has('xl/workbook.xml')) return `${OOXML}spreadsheetml.sheet`
  return ZIP
}

function sizeDefect(entries: readonly Entry[], compressed: number): Defect | undefined {
  const opened = entries.reduce((sum, entry) => sum + entry.uncompressedSize, 0)
  if (opened > MOST_BYTES) return 'bomb'
  return opened > HARMLESS_BYTES && opened > MOST_RATIO * compressed ? 'bomb' : undefined
}

async function contentDefect(zip: ZipFile, entries: readonly Entry[], kind: string): Promise<Defect | undefined> {
  if (entries.some((entry) => entry.isEncrypted())) return 'encrypted'
  if (ARCHIVES.has(kind)) return archiveDefect(zip, entries)
  // Both: a program may take it for the other kind.
  return (await officeDefect(zip, entries)) ?? openDocumentDefect(zip, entries)
}

/** The parts may have any name: what they are stands in the content types (ECMA-376 part 2 §10.1.2). */
async function officeDefect(zip: ZipFile, entries: readonly Entry[]): Promise<Defect | undefined> {
  const types = entries.find((entry) => entry.fileName === '[Content_Types].xml')
  const listed = types ? await text(zip, types) : ''
  if (/macroEnabled|vbaProject|intlmacrosheet|macrosheet/i.test(listed)) return 'macros'
  return entries.some((entry) => /vbaProject\.bin$|macrosheets\//i.test(entry.fileName)) ? 'macros' : undefined
}

/** ODF 1.3 part 2 §3.4 (encryption) and §3.6: scripts live in `Basic/` and `Scripts/`. */
async function openDocumentDefect(zip: ZipFile, entries: readonly Entry[]): Promise<Defect | undefined> {
  if (entries.some((entry) => /^(Basic|Scripts)\//.test(entry.fileName))) return 'macros'
  const manifest = entries.find((entry) => entry.fileName === 'META-INF/manifest.xml')
  return manifest && (await text(zip, manifest)).includes('encryption-data') ? 'encrypted' : undefined
}

/** A container of signatures holds what a person puts in it, as any archive does. */
const ARCHIVES: ReadonlySet<string> = new Set([ZIP, ASIC_E, ASIC_S])

const ARCHIVE = /^(zip|7z|rar|gz|tgz|tar|bz2|xz|cab|arj|lzh|ace|zst)$/

async function archiveDefect(zip: ZipFile, entries: readonly Entry[]): Promise<Defect | undefined> {
  for (const entry of entries) {
    const { fileName } = entry
    if (fileName.endsWith('/')) continue
    if (ARCHIVE.test(extensionOf(fileName))) return 'nested-archive'
    // Some programs unpack by what stands before the bytes.
    const { compressionMethod } = await zip.readLocalFileHeaderPromise(entry, { minimal: false })
    if (compressionMethod !== entry.compressionMethod) return 'damaged'
    if (sniff(await firstBytes(zip, entry, 4096), fileName) === EXECUTABLE) return 'program-inside'
  }
  return undefined
}

/** As a reader of XML has it, in either encoding that these formats allow (ECMA-376 part 2 §8.1.4) and with no letter hidden in its number. */
async function text(zip: ZipFile, entry: Entry): Promise<string> {
  const bytes = await firstBytes(zip, entry, LARGEST_MANIFEST)
  const isWide = bytes.subarray(0, 2).includes(0xff) || bytes.subarray(0, 2).includes(0)
  // Of the two orders of bytes no matter which: all that is looked for is ASCII.
  const plain = isWide ? Buffer.from(bytes.filter((byte) => byte !== 0)).toString('latin1') : bytes.toString('utf8')
  return plain.replaceAll(/&#(?:x([\da-f]{1,6})|(\d{1,7}));/gi, (_, hex?: string, decimal?: string) =>
    String.fromCharCode(hex === undefined ? Number(decimal) : parseInt(hex, 16)),
  )
}

/** Inflates no more than `most` bytes: the size that the directory declares may lie. */
async function firstBytes(zip: ZipFile, entry: Entry, most: number): Promise<Buffer> {
  const chunks: Buffer[] = []
  let length = 0
  for await (const chunk of (await zip.openReadStreamPromise(entry)) as AsyncIterable<Buffer>) {
    chunks.push(chunk)
    length += chunk.length
    if (length >= most) break
  }
  return Buffer.concat(chunks)
}
