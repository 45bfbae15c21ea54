import { FORMAT, INDEX, isSafePath, SEAL, type BundleFile, type BundleIndex } from '../server/bundles/bundle.ts'
import { DerError } from '../server/shared/asn1/der.ts'
import { contentOf } from '../server/signing/content.ts'
import { judged, jsonOf, listed, member, shown, type Check, type Opened } from './check.ts'

/** The index, if it has the shape that this verifier knows; otherwise what is wrong with it, in Italian. */
export function readIndex(files: Opened['files']): BundleIndex | string {
  const value = jsonOf({ files }, INDEX)
  if (member(value, 'format') !== FORMAT) return `L’indice non è nel formato ${FORMAT}.`
  const entries = listed(member(value, 'files'))
  const right =
    entries.every(isFile) &&
    listed(member(value, 'withheld')).every((each) => typeof member(each, 'what') === 'string') &&
    hasTexts(member(value, 'municipality'), ['name', 'ipaCode', 'aooCode']) &&
    hasTexts(member(value, 'filing'), ['id', 'procedure']) &&
    hasTexts(member(value, 'history'), ['head']) &&
    hasTexts(value, ['audience', 'createdAt'])
  return right ? (value as BundleIndex) : 'L’indice è incompleto.'
}

const hasTexts = (value: unknown, names: readonly string[]): boolean =>
  names.every((name) => typeof member(value, name) === 'string')

function isFile(value: unknown): value is BundleFile {
  const document = member(value, 'document')
  return (
    hasTexts(value, ['path', 'sha256', 'role']) &&
    typeof member(value, 'size') === 'number' &&
    (document === undefined || hasTexts(document, ['id', 'name', 'kind', 'mediaType']))
  )
}

/** Every file that the index lists is there, byte for byte, and no other. */
export function checkFiles({ index, files }: Opened): Check {
  const seen = new Set([INDEX, SEAL])
  const defects = index.files.flatMap(({ path, size, sha256 }) => {
    const repeated = seen.has(path)
    seen.add(path)
    if (!isSafePath(path) || repeated) return [`${shown(path)}: elencato in modo non ammesso`]
    const open = files.get(path)
    if (!open) return [`${path}: manca`]
    return fileDefect(open, { path, size, sha256 })
  })
  const unlisted = [...files.keys()].filter((path) => !seen.has(path))
  return judged(
    'files',
    'File',
    [...defects, ...unlisted.map((path) => `${shown(path)}: non è nell’indice, qualcuno lo ha aggiunto`)],
    `I ${index.files.length} file elencati ci sono tutti, identici byte per byte; non ce ne sono altri.`,
  )
}

function fileDefect(
  open: () => ReturnType<NonNullable<ReturnType<Opened['files']['get']>>>,
  { path, size, sha256 }: Pick<BundleFile, 'path' | 'size' | 'sha256'>,
): string[] {
  try {
    const source = open()
    const same = source.size === size && contentOf(source).digest('sha256').toString('hex') === sha256
    return same ? [] : [`${path}: è stato modificato`]
  } catch (error) {
    if (error instanceof DerError) return [`${path}: non si può leggere`]
    throw error
  }
}
