import { formatSize } from '../shared/file-size.ts'
import type { Field } from './form.ts'
import { acceptOf, documentsIn, maxBytesOf } from './uploads.ts'

/** What the pages need to know of a stored document; the records of the `documents` room fit. */
export type FormFile = Readonly<{ id: string; name: string; mediaType: string; size: number }>

/** `details`: `PDF, 1,2 MB`. */
export type FileView = Readonly<{ id: string; name: string; details: string }>

const TYPE_NAMES: Readonly<Record<string, string>> = {
  'application/pdf': 'PDF',
  'application/pkcs7-mime': 'PDF firmato (.p7m)',
  'image/jpeg': 'JPEG',
  'image/png': 'PNG',
  'image/tiff': 'TIFF',
  'application/xml': 'XML',
  'text/plain': 'testo',
}

/** Media types that a browser does not know by that name, or not at all. */
const EXTENSIONS: Readonly<Record<string, string>> = { 'application/pkcs7-mime': '.p7m', 'application/pdf': '.pdf' }

const list = new Intl.ListFormat('it', { type: 'disjunction' })

export const typeName = (mediaType: string): string =>
  TYPE_NAMES[mediaType] ?? mediaType.split('/').at(-1)?.toUpperCase() ?? 'file'

/** The documents of an upload answer that are really stored. */
export function filesOf(value: unknown, files: readonly FormFile[]): FileView[] {
  return documentsIn(value)
    .flatMap((id) => files.find((file) => file.id === id) ?? [])
    .map(({ id, name, mediaType, size }) => ({ id, name, details: `${typeName(mediaType)}, ${formatSize(size)}` }))
}

/** `PDF, JPEG o PNG, al massimo 10 MB`, said before the person chooses a file. */
export function limitsText(field: Field): string {
  return `${list.format(acceptOf(field).map(typeName))}, al massimo ${formatSize(maxBytesOf(field))}`
}

/** The `accept` attribute. */
export const acceptAttribute = (field: Field): string =>
  [...acceptOf(field), ...acceptOf(field).flatMap((type) => EXTENSIONS[type] ?? [])].join(',')
