import { formatSize } from '../shared/file-size.ts'
/**
 * What a file is, read from its first bytes: the name and the browser's word are not evidence.
 * Recognised ≠ admitted: each upload says what it admits (protocol-and-procedure.md §1.8); the others are here so that a
 * person is told what they sent.
 */
type FileType = Readonly<{
  mediaType: string
  /** As it stands in an Italian sentence: «… è in realtà una foto HEIC». */
  label: string
  /** Without the dot; the first is the one that we give. */
  extensions: readonly string[]
}>

const type = (mediaType: string, label: string, ...extensions: string[]): FileType => ({ mediaType, label, extensions })

export const PDF = 'application/pdf'
export const P7M = 'application/pkcs7-mime'
export const P7S = 'application/pkcs7-signature'
export const XML = 'application/xml'
export const ZIP = 'application/zip'
export const ASIC_E = 'application/vnd.etsi.asic-e+zip'
export const ASIC_S = 'application/vnd.etsi.asic-s+zip'
export const TSD = 'application/timestamped-data'
export const JPEG = 'image/jpeg'
export const PNG = 'image/png'
export const TIFF = 'image/tiff'
export const EXECUTABLE = 'application/x-executable'

/** What a paper may be that a person sends us outside a form: an answer to the office, a power of attorney. */
export const PAPER = { maxBytes: 20_000_000, accept: [PDF, P7M, JPEG, PNG] } as const

/** How large one of them may be, as a page says it. */
export const PAPER_LIMIT = { maxBytes: PAPER.maxBytes, maxSize: formatSize(PAPER.maxBytes) } as const

const FILE_TYPES: readonly FileType[] = [
  type(PDF, 'un documento PDF', 'pdf'),
  type(P7M, 'un file firmato p7m', 'p7m'),
  type(P7S, 'una firma separata, senza il documento firmato (p7s)', 'p7s', 'p7m'),
  type(TSD, 'un file con marca temporale', 'tsd'),
  type(JPEG, 'un’immagine JPEG', 'jpg', 'jpeg', 'jpe', 'jfif'),
  type(PNG, 'un’immagine PNG', 'png'),
  type(TIFF, 'un’immagine TIFF', 'tif', 'tiff'),
  type(XML, 'un file XML', 'xml', 'xsd', 'xsl'),
  type('text/plain', 'un file di testo', 'txt', 'text', 'log', 'md'),
  type('text/csv', 'una tabella CSV', 'csv'),
  type('message/rfc822', 'un messaggio di posta', 'eml'),
  type('application/vnd.oasis.opendocument.text', 'un testo ODT', 'odt'),
  type('application/vnd.oasis.opendocument.spreadsheet', 'un foglio di calcolo ODS', 'ods'),
  type('application/vnd.openxmlformats-officedocument.wordprocessingml.document', 'un testo Word DOCX', 'docx'),
  type('application/vnd.openxmlformats-officedocument.spreadsheetml.sheet', 'un foglio di calcolo XLSX', 'xlsx'),
  type(ASIC_E, 'un contenitore firmato ASiC-E', 'asice', 'sce'),
  type(ASIC_S, 'un contenitore firmato ASiC-S', 'asics', 'scs'),
  type(ZIP, 'un archivio ZIP', 'zip'),
  type(EXECUTABLE, 'un programma eseguibile', 'exe'),
  type('text/html', 'una pagina web', 'html', 'htm'),
  type('image/svg+xml', 'un’immagine SVG', 'svg'),
  type('image/gif', 'un’immagine GIF', 'gif'),
  type('image/webp', 'un’immagine WebP', 'webp'),
  type('image/heic', 'una foto HEIC', 'heic', 'heif'),
  type('image/bmp', 'un’immagine BMP', 'bmp'),
  type('video/mp4', 'un filmato', 'mp4', 'mov'),
  type('application/rtf', 'un testo RTF', 'rtf'),
  type(
    'application/x-ole-storage',
    'un documento Office di vecchio formato o protetto da password',
    'doc',
    'xls',
    'ppt',
    'msg',
  ),
  type('application/vnd.rar', 'un archivio RAR', 'rar'),
  type('application/x-7z-compressed', 'un archivio 7z', '7z'),
  type('application/gzip', 'un archivio GZIP', 'gz', 'tgz'),
]

const BY_MEDIA_TYPE = new Map(FILE_TYPES.map((each) => [each.mediaType, each]))
const UNKNOWN: FileType = type('application/octet-stream', 'di un tipo che non riconosciamo')

export const fileType = (mediaType: string): FileType => BY_MEDIA_TYPE.get(mediaType) ?? UNKNOWN

/** The types that are a ZIP underneath: which one, only the archive's directory tells. */
export const ZIP_BASED: ReadonlySet<string> = new Set(
  FILE_TYPES.map((each) => each.mediaType).filter((each) => /zip$|opendocument|openxmlformats/.test(each)),
)

/** The type of a ZIP by its name, as long as its directory was not read: a Word file is a ZIP too. */
export const zipNamed = (extension: string): string =>
  FILE_TYPES.find((each) => ZIP_BASED.has(each.mediaType) && each.extensions.includes(extension))?.mediaType ?? ZIP

/** `DOCX`, for a list of files. */
export const shortType = (mediaType: string): string => fileType(mediaType).extensions[0]?.toUpperCase() ?? 'file'

/** `PDF (.pdf), un'immagine JPEG (.jpg)…` for the sentence that says what may be attached. */
export function listTypes(mediaTypes: readonly string[]): string {
  const extensions = mediaTypes.flatMap((each) => fileType(each).extensions.slice(0, 1))
  return [...new Set(extensions)].map((each) => `.${each}`).join(', ')
}

/** Does that name announce that type? A name without an extension announces nothing and is right for every type. */
export function nameFits(extension: string, mediaType: string): boolean {
  return extension === '' || fileType(mediaType).extensions.includes(extension)
}
