import { isDeepStrictEqual } from 'node:util'
import { AppError } from '../errors.ts'
import { isDatabaseAway } from '../shared/database-failure.ts'
import type { InTransaction, Transaction } from '../shared/transaction.ts'
import { municipalityDefects, type Municipality } from './municipality.ts'
import type { MunicipalityStore } from './municipality-store.ts'
import type { ServiceChangeStore } from './service-change-store.ts'
import type { ServiceChange } from './service-notice.ts'

/**
 * Milliseconds. Every request asks for its municipality, so the few of an installation are kept; a change made by another
 * process is seen after this.
 */
const FRESH_MS = 5_000

export type Municipalities = {
  /** The municipality that answers on a host name; with only one installed it answers on every name. */
  byHost(host: string): Promise<Municipality | undefined>
  /** In a transaction as it stands there, and not some seconds ago. */
  byId(id: string, transaction?: Transaction): Promise<Municipality>
  all(): Promise<readonly Municipality[]>
  /**
   * Adds or replaces; throws an Error listing every defect of the configuration. If it changes what is said of the services, it is written
   * down when and by whom: citizens may ask later why they could not file on a day.
   */
  save(municipality: Municipality, by?: string): Promise<void>
  /** When what is said of the services was changed, the oldest first. */
  serviceChanges(id: string): Promise<readonly ServiceChange[]>
}

/** `isAway`: the database was when it was last asked. */
type Kept = Readonly<{ list: readonly Municipality[]; until: number; isAway: boolean }>

type Deps = Readonly<{
  store: MunicipalityStore
  changes: ServiceChangeStore
  inTransaction: InTransaction
  now: () => Date
}>

export function createMunicipalityService({ store, changes, inTransaction, now }: Deps): Municipalities {
  let kept: Kept | undefined
  let asking: Promise<readonly Municipality[]> | undefined

  async function all(): Promise<readonly Municipality[]> {
    if (kept && kept.until > now().getTime()) return kept.list
    asking ??= ask().finally(() => (asking = undefined))
    if (!kept?.isAway) return asking
    asking.catch(() => undefined)
    return kept.list
  }

  /**
   * While the database is away the last good list counts on. It is all that public pages read (home, services, cards, texts), so they
   * go on as they were, however long ago somebody last asked for one; only who asks first waits to learn that nobody answers.
   * Everything else asks the database for more, and fails by itself; so does `/salute`.
   */
  async function ask(): Promise<readonly Municipality[]> {
    try {
      const list = await store.all()
      kept = { list, until: now().getTime() + FRESH_MS, isAway: false }
      return list
    } catch (error) {
      if (!kept || !isDatabaseAway(error)) throw error
      kept = { ...kept, until: now().getTime() + FRESH_MS, isAway: true }
      return kept.list
    }
  }

  return {
    all,
    async byHost(host) {
      const list = await all()
      const found = list.find(({ hosts }) => hosts.includes(host.toLowerCase()))
      return found ?? (list.length === 1 ? list[0] : undefined)
    },
    async byId(id, transaction) {
      const found = transaction
        ? await store.find(id, transaction)
        : (await all()).find((municipality) => municipality.id === id)
      if (!found) throw new AppError('NOT_FOUND', 'Unknown municipality')
      return found
    },
    serviceChanges: (id) => changes.of(id),
    async save(municipality, by = 'Configurazione del Comune') {
      const defects = municipalityDefects(municipality)
      if (defects.length > 0)
        throw new Error(`Municipality ${municipality.id} cannot be used:\n- ${defects.join('\n- ')}`)
      await inTransaction(async (transaction) => {
        const { id, services = [] } = municipality
        const before = await store.find(id, transaction)
        await store.save(municipality, transaction)
        if (!isDeepStrictEqual(before?.services ?? [], services))
          await changes.append({ municipality: id, at: now(), by, services }, transaction)
      })
      kept = undefined
      asking = undefined
    },
  }
}
