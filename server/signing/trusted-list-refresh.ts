import type { Certificate } from './certificate.ts'
import { isListSignedBy, parseTrustedList, type ListPointer, type TrustedList } from './trusted-list.ts'
import { createListFolder, LIST_OF_LISTS, type ListFolder } from './trusted-list-folder.ts'
import { fetchBytes, type FetchOptions } from './web-fetch.ts'

/** State of one list after a refresh, for the administrator. */
export type ListState = Readonly<{
  territory: string
  sequence: number | null
  issued: Date | null
  nextUpdate: Date | null
  /** What kept the list from being renewed; the last good copy then stays in use. */
  problem: string | null
}>

export type RefreshParts = Readonly<{
  /** Where the last good copies are kept. */
  folder: string
  /** Address of the European list of the lists. */
  url: string
  /** Certificates of the Official Journal that may sign it (OJ C 276, 16.08.2019, and what replaced it). */
  signers: readonly Certificate[]
  /** Only these territories; all when left out. */
  territories?: readonly string[]
  privateHosts?: FetchOptions['privateHosts']
}>

const MAX_LIST = 20 << 20
const TIMEOUT = 30_000

/**
 * Renews the trusted lists: the list of the lists against the pinned certificates, each list against the certificates that its
 * pointer names. Whatever fails leaves the last good copy in place (signatures-and-pdf.md §8.3).
 */
export async function refreshTrustedLists({
  folder,
  url,
  signers,
  territories,
  privateHosts = [],
}: RefreshParts): Promise<ListState[]> {
  const store = createListFolder(folder)
  const fetch = (address: string): Promise<Buffer> =>
    fetchBytes(address, { privateHosts, maxBytes: MAX_LIST, timeout: TIMEOUT })
  const top = await renew(store, {
    territory: LIST_OF_LISTS,
    fetch: () => fetch(url),
    digest: () => fetch(digestAddress(url)),
    signers,
  })
  const pointers = store.find(LIST_OF_LISTS)?.list.pointers ?? []
  const states = [top]
  for (const pointer of pointers.filter((candidate) => isWanted(candidate, territories))) {
    states.push(
      await renew(store, {
        territory: pointer.territory,
        fetch: () => fetch(pointer.location),
        digest: () => fetch(digestAddress(pointer.location)),
        signers: pointer.signers,
      }),
    )
  }
  return states
}

const isWanted = ({ territory, isXml }: ListPointer, territories: readonly string[] | undefined): boolean =>
  isXml && territory !== LIST_OF_LISTS && (territories?.includes(territory) ?? true)

/** Beside each list lies its SHA-256, for cheap polling. */
const digestAddress = (address: string): string => address.replace(/\.(xml|xtsl)$/i, '.sha2')

type Renewal = Readonly<{
  territory: string
  fetch: () => Promise<Buffer>
  digest: () => Promise<Buffer>
  signers: readonly Certificate[]
}>

async function renew(store: ListFolder, { territory, fetch, digest, signers }: Renewal): Promise<ListState> {
  const copy = store.find(territory)
  const known = copy?.list ?? null
  try {
    if (copy && (await isUnchanged(copy.sha256, digest))) return stateOf(territory, known, null)
    const bytes = await fetch()
    const list = parseTrustedList(bytes)
    const problem = problemOf(list, { territory, known, isSigned: () => isListSignedBy(bytes, signers) })
    if (problem !== null) return stateOf(territory, known, problem)
    store.save(territory, bytes)
    return stateOf(territory, list, null)
  } catch (error) {
    return stateOf(territory, known, error instanceof Error ? error.message : 'unknown')
  }
}

async function isUnchanged(sha256: string, digest: () => Promise<Buffer>): Promise<boolean> {
  try {
    const written = await digest()
    return written.toString('hex') === sha256 || written.toString('latin1').trim().toLowerCase() === sha256
  } catch {
    // Not every State publishes it: then the list itself is fetched.
    return false
  }
}

function problemOf(
  list: TrustedList,
  { territory, known, isSigned }: { territory: string; known: TrustedList | null; isSigned: () => boolean },
): string | null {
  if (list.territory !== territory) return 'The list is another territory’s'
  // An older list, well signed, would bring back what was withdrawn.
  if (known && list.sequence < known.sequence) return 'The list is older than the copy in use'
  return isSigned() ? null : 'The signature of the list is not valid'
}

const stateOf = (territory: string, list: TrustedList | null, problem: string | null): ListState => ({
  territory,
  sequence: list?.sequence ?? null,
  issued: list?.issued ?? null,
  nextUpdate: list?.nextUpdate ?? null,
  problem,
})
