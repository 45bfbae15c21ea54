import { INDEX, isSafePath, SEAL } from '../server/bundles/bundle.ts'
import { readZip, ZipError, type ZipEntry } from '../server/signing/zip.ts'
import type { Source } from '../server/shared/source.ts'

/** Files may be large and are stored as they are; what is packed is text, which shrinks ten times at most. */
const LIMITS = { entries: 2_000, expanded: 4 * 2 ** 30, ratio: 25 }

type Archive = Readonly<{ files: ReadonlyMap<string, () => Source>; defects: readonly string[] }>

/**
 * The files of the archive by their names. What other tools would extract differently (a name outside the folder, twice, or
 * another one before the bytes than in the directory, another way of packing; bytes that two files share, or that belong to none) is a defect.
 * Throws ZipError when it is no archive, or one made to fill a disk.
 */
export function openArchive(source: Source): Archive {
  const entries = readZip(source, LIMITS)
  const names = new Set<string>()
  const defects = entries.flatMap(({ name, local }) => {
    const folded = name.toLowerCase()
    const twice = names.has(folded)
    names.add(folded)
    return [
      ...(isSafePath(name) ? [] : [`«${name.slice(0, 100)}» non è un nome ammesso`]),
      ...(twice ? [`«${name}» c’è due volte`] : []),
      ...(local().name === name ? [] : [`«${name.slice(0, 100)}» ha un altro nome davanti al suo contenuto`]),
      ...(local().isAlike ? [] : [`«${name.slice(0, 100)}» si apre in modo diverso con programmi diversi`]),
    ]
  })
  return {
    files: new Map(entries.map(({ name, source: open }) => [name, open])),
    defects: [...defects, ...placeDefects(entries)],
  }
}

/** Between two files there may be only the sizes that a stream writes after each (APPNOTE §4.3.9). */
const DESCRIPTOR = 24

function placeDefects(entries: readonly ZipEntry[]): string[] {
  const places = entries.map(({ name, local }) => ({ ...local(), name })).sort((a, b) => a.start - b.start)
  return places.flatMap(({ name, start }, index) => {
    const before = places[index - 1]?.end ?? 0
    const most = index === 0 ? 0 : DESCRIPTOR
    return start >= before && start <= before + most ? [] : [`«${name}» non sta dove dovrebbe nell’archivio`]
  })
}

export const isBundle = ({ files }: Archive): boolean => files.has(INDEX) && files.has(SEAL)

export { ZipError }
