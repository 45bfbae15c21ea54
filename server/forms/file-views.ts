import { formatSize } from '../shared/file-size.ts'
import type { Field } from './form.ts'
import { acceptOf, documentsIn, maxBytesOf } from './uploads.ts'

/**
 * What the pages need to know of a stored document; the records of the `documents` room fit. `href`: where it can be
 * read; `notes`: what is known of it (its signature), with `tone` success, warning or danger.
 */
export type FormFile = Readonly<{
  id: string
  name: string
  mediaType: string
  size: number
  href?: string | undefined
  notes?: readonly { tone: string; text: string }[] | undefined
}>

/** `details`: `PDF, 1,2 MB`. */
export type FileView = Pick<FormFile, 'id' | 'name' | 'href' | 'notes'> & Readonly<{ details: string }>

const TYPE_NAMES: Readonly<Record<string, string>> = {
  'application/pdf': 'PDF',
  'application/pkcs7-mime': 'PDF firmato (.p7m)',
  'application/pkcs7-signature': 'firma separata (.p7s)',
  'application/timestamped-data': 'file con marca temporale (.tsd)',
  'application/vnd.etsi.asic-e+zip': 'contenitore firmato (.asice)',
  'application/vnd.etsi.asic-s+zip': 'contenitore firmato (.asics)',
  'application/vnd.oasis.opendocument.text': 'ODT',
  'application/vnd.oasis.opendocument.spreadsheet': 'ODS',
  'application/vnd.openxmlformats-officedocument.wordprocessingml.document': 'DOCX',
  'application/vnd.openxmlformats-officedocument.spreadsheetml.sheet': 'XLSX',
  'application/zip': 'ZIP',
  'image/jpeg': 'JPEG',
  'image/png': 'PNG',
  'image/tiff': 'TIFF',
  'application/xml': 'XML',
  'message/rfc822': 'messaggio di posta (.eml)',
  'text/csv': 'CSV',
  'text/plain': 'testo',
}

/** Media types that a browser does not know by that name, or not at all. */
const EXTENSIONS: Readonly<Record<string, readonly string[]>> = {
  'application/pkcs7-mime': ['.p7m'],
  'application/pkcs7-signature': ['.p7s'],
  'application/timestamped-data': ['.tsd'],
  'application/vnd.etsi.asic-e+zip': ['.asice', '.sce'],
  'application/vnd.etsi.asic-s+zip': ['.asics', '.scs'],
  'application/pdf': ['.pdf'],
  'message/rfc822': ['.eml'],
}

const list = new Intl.ListFormat('it', { type: 'disjunction' })

const typeName = (mediaType: string): string =>
  TYPE_NAMES[mediaType] ?? mediaType.split('/').at(-1)?.toUpperCase() ?? 'file'

/** The documents of an upload answer that are really stored. */
export function filesOf(value: unknown, files: readonly FormFile[]): FileView[] {
  return documentsIn(value)
    .flatMap((id) => files.find((file) => file.id === id) ?? [])
    .map(({ mediaType, size, ...file }) => pageFile(file, `${typeName(mediaType)}, ${formatSize(size)}`))
}

/** Only what a page shows: the records of documents hold more. */
const pageFile = ({ id, name, href, notes }: Omit<FormFile, 'mediaType' | 'size'>, details: string): FileView => ({
  id,
  name,
  href,
  notes,
  details,
})

/** `PDF, JPEG o PNG, al massimo 10 MB`, said before the person chooses a file. */
export function limitsText(field: Field): string {
  return `${list.format(acceptOf(field).map(typeName))}, al massimo ${formatSize(maxBytesOf(field))}`
}

/** The `accept` attribute. */
export const acceptAttribute = (field: Field): string =>
  [...acceptOf(field), ...acceptOf(field).flatMap((type) => EXTENSIONS[type] ?? [])].join(',')
