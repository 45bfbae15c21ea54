import { AppError } from '../errors.ts'
import { municipalityDefects, type Municipality } from './municipality.ts'
import type { MunicipalityStore } from './municipality-store.ts'

/**
 * Milliseconds. Every request asks for its municipality, so the few of an installation are kept; a change made by another
 * process is seen after this.
 */
const FRESH_MS = 5_000

export type Municipalities = {
  /** The municipality that answers on a host name; with only one installed it answers on every name. */
  byHost(host: string): Promise<Municipality | undefined>
  byId(id: string): Promise<Municipality>
  all(): Promise<readonly Municipality[]>
  /** Adds or replaces; throws an Error listing every defect of the configuration. */
  save(municipality: Municipality): Promise<void>
}

export function createMunicipalityService(store: MunicipalityStore, now: () => Date): Municipalities {
  let kept: { list: readonly Municipality[]; until: number } | undefined

  async function all(): Promise<readonly Municipality[]> {
    const at = now().getTime()
    if (kept && kept.until > at) return kept.list
    kept = { list: await store.all(), until: at + FRESH_MS }
    return kept.list
  }

  return {
    all,
    async byHost(host) {
      const list = await all()
      const found = list.find(({ hosts }) => hosts.includes(host.toLowerCase()))
      return found ?? (list.length === 1 ? list[0] : undefined)
    },
    async byId(id) {
      const found = (await all()).find((municipality) => municipality.id === id)
      if (!found) throw new AppError('NOT_FOUND', 'Unknown municipality')
      return found
    },
    async save(municipality) {
      const defects = municipalityDefects(municipality)
      if (defects.length > 0)
        throw new Error(`Municipality ${municipality.id} cannot be used:\n- ${defects.join('\n- ')}`)
      await store.save(municipality)
      kept = undefined
    },
  }
}
