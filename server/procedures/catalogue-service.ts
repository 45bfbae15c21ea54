import { AppError } from '../errors.ts'
import { createSharedTypes, readSharedTypes } from '../forms/index.ts'
import type { Municipalities } from '../municipalities/index.ts'
import { romeDate } from '../shared/dates.ts'
import type { Transaction } from '../shared/transaction.ts'
import type { ProcedureVersion } from './procedure.ts'
import { readProcedureFiles } from './procedure-files.ts'
import type { PublicationStore } from './publication-store.ts'
import { publishProcedures, toVersion } from './publishing.ts'
import { serviceState, type ServiceState } from './service-state.ts'

export type Catalogue = {
  /** The procedures that a municipality offers now (those of its offices), in the order of their titles. */
  all(municipality: string): Promise<readonly ProcedureVersion[]>
  /** The version in force; NOT_FOUND if the municipality does not offer it. */
  find(municipality: string, id: string): Promise<ProcedureVersion>
  /** Any version ever published, for the drafts and filings that were begun on it; NOT_FOUND if there is none. */
  version(municipality: string, id: string, version: number): Promise<ProcedureVersion>
  /**
   * Whether the service takes requests, whatever version they were begun on: today, or at the instant `at`. In a transaction no change
   * of the municipality is missed. A procedure that is no longer among the files is not said to be closed.
   */
  state(municipality: string, id: string, when?: { at?: Date; transaction?: Transaction }): Promise<ServiceState>
}

type Deps = { root: string; store: PublicationStore; municipalities: Municipalities; now: () => Date }

const italian = new Intl.Collator('it')

/** Reads `forms/` once, at start; a change of the files counts from the next start. */
export async function createCatalogueService({ root, store, municipalities, now }: Deps): Promise<Catalogue> {
  const today = () => romeDate(now())
  const current = await publishProcedures({ root, types: readSharedTypes(root, today), store, now, today })
  const byTitle = current.toSorted((a, b) => italian.compare(a.title, b.title))
  const byId = new Map(current.map((version) => [version.id, version]))
  const older = new Map<string, Promise<ProcedureVersion>>()

  async function fromStore(id: string, version: number): Promise<ProcedureVersion> {
    const found = await store.find(id, version)
    if (!found) throw unknown(id)
    const types = createSharedTypes(found.publication.types, today)
    const rules = found.publication.rules === null ? undefined : await rulesOf(root, id)
    const reuse = byId.get(id)?.reuse ?? {}
    return toVersion(found.publication, found.hash, { types, rules, reuse, today })
  }

  return {
    async all(municipality) {
      const offices = new Set((await municipalities.byId(municipality)).offices.map(({ id }) => id))
      return byTitle.filter(({ office }) => offices.has(office))
    },
    async find(municipality, id) {
      const { offices } = await municipalities.byId(municipality)
      const version = byId.get(id)
      if (!version || !offices.some((office) => office.id === version.office)) throw unknown(id)
      return version
    },
    async state(municipality, id, { at = now(), transaction } = {}) {
      const { services = [] } = await municipalities.byId(municipality, transaction)
      const version = byId.get(id)
      // Every step of every draft asks, and almost never has anybody said anything: the day costs more than all the rest.
      if (!version || (services.length === 0 && version.card.status === 'active')) return { status: 'active' }
      return serviceState(version, { services }, romeDate(at))
    },
    async version(municipality, id, version) {
      await municipalities.byId(municipality)
      const inForce = byId.get(id)
      if (inForce?.version === version) return inForce
      const key = `${id}@${version}`
      const kept = older.get(key) ?? fromStore(id, version)
      // At once: a list asks for the version of all its filings together, and to compile it takes a while.
      older.set(key, kept)
      kept.catch(() => older.delete(key))
      return kept
    },
  }
}

/** The rules of an older version are those of today: they are written to accept the answers of every open version. */
async function rulesOf(root: string, id: string) {
  return readProcedureFiles(root, [])
    .find((files) => files.id === id)
    ?.rules?.load()
}

const unknown = (id: string): AppError =>
  new AppError('NOT_FOUND', `No procedure ${id}`, {
    explanation: 'Questo servizio non esiste o il Comune non lo offre online. Cercalo nell’elenco dei servizi.',
  })
