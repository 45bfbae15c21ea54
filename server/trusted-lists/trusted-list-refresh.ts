import { createHash } from 'node:crypto'
import type { Certificate } from '../certificates/index.ts'
import { fetchBytes, type FetchOptions } from '../shared/web-fetch.ts'
import { LIST_OF_LISTS, type ListFacts, type ListPointer, parseTrustedList, type ReadList } from '../signing/index.ts'
import { signersByPivots } from './pivot-lists.ts'

/** What kept a list from being renewed; the last good copy then stays in use. */
export type ListProblem = 'unreachable' | 'unreadable' | 'other-territory' | 'older' | 'badly-signed'

/** What is known of one list, for the administrator. The first three are those of the copy in use, null when there is none. */
export type ListState = Readonly<{
  territory: string
  sequence: number | null
  issued: Date | null
  /** Null for a closed list too. */
  nextUpdate: Date | null
  tried: Date
  problem: ListProblem | null
}>

/** Where the last good copies are kept. */
export type ListCopies = Readonly<{
  find: (territory: string) => Promise<(ListState & { sha256: string }) | null>
  xml: (territory: string) => Promise<Buffer | null>
  /** Takes the place of the copy that was there. */
  save: (state: ListState, copy: { sha256: string; bytes: Buffer }) => Promise<void>
  /** Records an attempt that brought nothing new. */
  note: (state: ListState) => Promise<void>
}>

export type ListSource = Readonly<{
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
export async function refreshTrustedLists(
  copies: ListCopies,
  { url, signers, territories, privateHosts = [] }: ListSource,
  { read, at }: { read: ReadList; at: Date },
): Promise<ListState[]> {
  const fetch = (address: string): Promise<Buffer> =>
    fetchBytes(address, { privateHosts, maxBytes: MAX_LIST, timeout: TIMEOUT })
  const renewed = (pointer: Pick<ListPointer, 'territory' | 'location' | 'signers'>) =>
    renew(copies, { ...pointer, fetch, read, at })
  const states = [await renewed({ territory: LIST_OF_LISTS, location: url, signers })]
  const top = await copies.xml(LIST_OF_LISTS)
  const pointers = top ? parseTrustedList(top).pointers : []
  for (const pointer of pointers.filter((candidate) => isWanted(candidate, territories)))
    states.push(await renewed(pointer))
  return states
}

const isWanted = ({ territory, isXml }: ListPointer, territories: readonly string[] | undefined): boolean =>
  isXml && territory !== LIST_OF_LISTS && (territories?.includes(territory) ?? true)

type Renewal = Pick<ListPointer, 'territory' | 'location' | 'signers'> &
  Readonly<{ fetch: (address: string) => Promise<Buffer>; read: ReadList; at: Date }>

async function renew(
  copies: ListCopies,
  { territory, location, signers, fetch, read, at }: Renewal,
): Promise<ListState> {
  const known = await copies.find(territory)
  const unchanged = (problem: ListProblem | null): ListState => ({
    ...nothing(territory, at),
    ...known,
    tried: at,
    problem,
  })
  const kept = async (problem: ListProblem | null): Promise<ListState> => {
    const state = unchanged(problem)
    await copies.note(state)
    return state
  }
  if (known && (await digestAt(location, fetch)) === known.sha256) return kept(null)
  const bytes = await fetch(location).catch(() => null)
  if (!bytes) return kept('unreachable')
  const sha256 = createHash('sha256').update(bytes).digest('hex')
  if (sha256 === known?.sha256) return kept(null)
  const list = await readSigned(bytes, signers, { fetch, read })
  if (!list) return kept('unreadable')
  const problem = problemOf(list, territory, known)
  if (problem !== null) return kept(problem)
  const { sequence, issued, nextUpdate } = list
  const state: ListState = { territory, sequence, issued, nextUpdate, tried: at, problem: null }
  await copies.save(state, { sha256, bytes })
  return state
}

/** The list, signed by one of these or by those who have followed them. */
async function readSigned(
  bytes: Buffer,
  signers: readonly Certificate[],
  { fetch, read }: Pick<Renewal, 'fetch' | 'read'>,
): Promise<ListFacts | null> {
  const list = await read(bytes, signers)
  if (!list || list.isSigned || list.territory !== LIST_OF_LISTS) return list
  const followers = await signersByPivots(list.pivots, signers, { fetch, read })
  return followers ? read(bytes, followers) : list
}

const nothing = (territory: string, tried: Date): ListState => ({
  territory,
  tried,
  sequence: null,
  issued: null,
  nextUpdate: null,
  problem: null,
})

/** Beside each list lies its SHA-256, for cheap polling; not every State publishes it: then the list itself is fetched. */
async function digestAt(location: string, fetch: (address: string) => Promise<Buffer>): Promise<string | null> {
  const address = location.replace(/\.(xml|xtsl)$/i, '.sha2')
  const written = address === location ? null : await fetch(address).catch(() => null)
  if (!written) return null
  return written.length === 32 ? written.toString('hex') : written.toString('latin1').trim().toLowerCase()
}

function problemOf(list: ListFacts, territory: string, known: ListState | null): ListProblem | null {
  if (list.territory !== territory) return 'other-territory'
  // An older list, well signed, would bring back what was withdrawn.
  if (known?.sequence != null && list.sequence < known.sequence) return 'older'
  return list.isSigned ? null : 'badly-signed'
}
