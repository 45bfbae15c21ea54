import { createListFolder, LIST_OF_LISTS, type ReadList } from '../signing/index.ts'
import { refreshTrustedLists, type ListSource, type ListState } from './trusted-list-refresh.ts'
import type { TrustedListStore } from './trusted-list-store.ts'

type Parts = Readonly<{
  store: TrustedListStore
  /** Folder of this machine from which the threads that verify read the lists. */
  folder: string
  /** Null: no lists are fetched, and only a copy that is there already makes anything qualified. */
  source: ListSource | null
  read: ReadList
  now: () => Date
}>

/** Lists change a few times a week; a withdrawal should count on the same day. */
const REFRESH_AFTER = 6 * 3_600_000

export type TrustedListService = ReturnType<typeof createTrustedListService>

/** The trusted lists of an installation: renewed by a worker, kept in the database, at hand in every process. */
export function createTrustedListService({ store, folder, source, read, now }: Parts) {
  const local = createListFolder(folder)
  const atHand = new Map<string, string>()

  const refresh = async (): Promise<ListState[]> =>
    source ? refreshTrustedLists(store, source, { read, at: now() }) : []

  /** At start: nothing to do when another process has looked lately. */
  async function refreshIfOld(): Promise<ListState[]> {
    const top = (await store.states()).find(({ territory }) => territory === LIST_OF_LISTS)
    const isRecent = top && top.problem === null && now().getTime() - top.tried.getTime() < REFRESH_AFTER
    return isRecent ? [] : refresh()
  }

  /** The folder with the lists in force now. Asked before each verification: a list that another process took is seen at once. */
  async function ready(): Promise<string> {
    for (const { territory, sha256 } of await store.fingerprints()) {
      if (territory === LIST_OF_LISTS || atHand.get(territory) === sha256) continue
      if (local.fingerprint(territory) !== sha256) {
        const bytes = await store.xml(territory)
        if (bytes) local.save(territory, bytes)
      }
      atHand.set(territory, sha256)
    }
    return folder
  }

  return { configured: source !== null, refresh, refreshIfOld, ready, states: store.states }
}
