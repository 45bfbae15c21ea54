import { createHash } from 'node:crypto'
import { mkdirSync, readdirSync, readFileSync, renameSync, statSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { createTrustIndex, type TrustIndex } from './trust-index.ts'
import { parseTrustedList } from './trusted-list.ts'

/** Where a process has the lists at hand for its threads, and for the command `verify`. */
type ListFolder = Readonly<{
  /** SHA-256 of what is there for a territory, or null. */
  fingerprint: (territory: string) => string | null
  /** Swapped in whole: a reader in any process sees the old or the new one. */
  save: (territory: string, bytes: Buffer) => void
}>

export function createListFolder(folder: string): ListFolder {
  const path = (territory: string): string => join(folder, `${fileName(territory)}.xml`)
  return {
    fingerprint(territory) {
      const bytes = readOrNull(path(territory))
      return bytes && createHash('sha256').update(bytes).digest('hex')
    },
    save(territory, bytes) {
      mkdirSync(folder, { recursive: true })
      const temporary = `${path(territory)}.${process.pid}.new`
      writeFileSync(temporary, bytes)
      renameSync(temporary, path(territory))
    },
  }
}

/** A territory comes from a list: it must not become a path. */
const fileName = (territory: string): string =>
  territory
    .replace(/[^A-Z]/gi, '')
    .slice(0, 8)
    .toUpperCase()

function readOrNull(path: string): Buffer | null {
  try {
    return readFileSync(path)
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return null
    throw error
  }
}

const loaded = new Map<string, { key: string; index: TrustIndex }>()

/** The index of all lists of a folder but the list of lists; null when there is none. Read again only when a file has changed. */
export function loadTrustIndex(folder: string): TrustIndex | null {
  const names = listNames(folder)
  if (names.length === 0) return null
  const key = names.map((name) => `${name} ${statSync(join(folder, name)).mtimeMs}`).join('\n')
  const known = loaded.get(folder)
  if (known?.key === key) return known.index
  const index = createTrustIndex(names.map((name) => parseTrustedList(readFileSync(join(folder, name)))))
  loaded.set(folder, { key, index })
  return index
}

function listNames(folder: string): string[] {
  try {
    return readdirSync(folder)
      .filter((name) => /^[A-Z]{2,8}\.xml$/.test(name) && name !== `${LIST_OF_LISTS}.xml`)
      .sort()
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return []
    throw error
  }
}

/** Territory of the list of the lists. */
export const LIST_OF_LISTS = 'EU'
