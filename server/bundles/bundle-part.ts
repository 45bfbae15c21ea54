import { createHash } from 'node:crypto'
import type { StoredDocument } from '../documents/index.ts'
import type { BundleFile, FileRole } from './bundle.ts'

/** One file of the bundle: its bytes if we made it; for a stored document, what opens it when its turn in the ZIP comes. */
export type Part = Readonly<{ file: BundleFile; content: Buffer | (() => AsyncIterable<Uint8Array>) }>

/** A file that we made. */
export function madePart(path: string, role: FileRole, content: string | Buffer, document?: StoredDocument): Part {
  const bytes = Buffer.from(content)
  const sha256 = createHash('sha256').update(bytes).digest('hex')
  return { file: { path, size: bytes.length, sha256, role, ...(document && named(document)) }, content: bytes }
}

export const jsonPart = (path: string, role: FileRole, value: unknown, document?: StoredDocument): Part =>
  madePart(path, role, `${JSON.stringify(value, null, 2)}\n`, document)

/** A document as it is stored. */
export function documentPart(path: string, document: StoredDocument, open: () => AsyncIterable<Uint8Array>): Part {
  const { size, sha256 } = document
  return { file: { path, size, sha256, role: 'document', ...named(document) }, content: open }
}

const named = ({ id, name, kind, mediaType }: StoredDocument): Pick<BundleFile, 'document'> => ({
  document: { id, name, kind, mediaType },
})
