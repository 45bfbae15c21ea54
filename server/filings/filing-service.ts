import { AppError } from '../errors.ts'
import type { Documents, RegisteredAt, StoredDocument } from '../documents/index.ts'
import type { Level, Login } from '../identity/index.ts'
import type { Mandates } from '../mandates/index.ts'
import type { Catalogue } from '../procedures/index.ts'
import type { Protocol } from '../protocol/index.ts'
import { createAbout } from './about-service.ts'
import { assertMay } from './access-failure.ts'
import { isTooWeak } from './access.ts'
import type { Actors } from './actor-service.ts'
import type { Actor } from './actor.ts'
import { citizenOf } from './facts.ts'
import { concernedBy, type Concerned } from './interest.ts'
import { createSeenService, isSeenBy } from './seen-service.ts'
import {
  assertSubmitted,
  filingWith,
  type Filing,
  type FilingStore,
  type Listed,
  type ListedDraft,
  type NameQuery,
  type OfficeQuery,
  type Submitted,
} from './filing.ts'

type Deps = {
  store: FilingStore
  documents: Documents
  registeredAt: RegisteredAt
  mandates: Pick<Mandates, 'held'>
  catalogue: Pick<Catalogue, 'version'>
  protocol: Pick<Protocol, 'amendmentsOf'>
  actors: Actors
}

export type FilingService = ReturnType<typeof createFilingService>

/** Reading: what a person or an office may see of filings and their documents. */
export function createFilingService(deps: Deps) {
  const { store, documents, registeredAt, mandates, catalogue, actors } = deps
  const about = createAbout({ store, catalogue })

  /** Same answer for missing and forbidden: nobody learns that a filing exists. */
  async function find(municipality: string, id: string, actor: Actor): Promise<Filing> {
    const filing = await filingWith(store, municipality, id)
    assertMay(filing, 'read', await actors.on(filing, actor))
    return filing
  }

  async function submitted(municipality: string, id: string, actor: Actor): Promise<Submitted> {
    const filing = await find(municipality, id, actor)
    assertSubmitted(filing)
    return filing
  }

  /** Their own drafts of one procedure, the last changed first: as many as `most`. Nobody has drafts of somebody else. */
  async function draftsOf(
    municipality: string,
    login: Login,
    which: { procedure: string; most: number },
  ): Promise<ListedDraft[]> {
    const found = await store.draftsOf(municipality, login.person.key, which)
    return found.filter((one) => isSeenBy(one, citizenOf(login)))
  }

  /** One document of a filing that the actor may read. */
  async function document(municipality: string, id: string, wanted: string, actor: Actor): Promise<StoredDocument> {
    const filing = await find(municipality, id, actor)
    const file = (await documents.ofFiling(municipality, filing.id)).find((candidate) => candidate.id === wanted)
    if (!file) throw new AppError('NOT_FOUND', 'No such document in the filing')
    return file
  }

  /** The same document with its bytes as a stream. */
  async function openDocument(
    municipality: string,
    id: string,
    wanted: string,
    actor: Actor,
  ): Promise<{ file: StoredDocument; stream: AsyncIterable<Uint8Array> }> {
    const file = await document(municipality, id, wanted, actor)
    return { file, stream: documents.open(file) }
  }

  return {
    find,
    concerned: concernedIn(store),
    sent: sentIn(store),
    submitted,
    about,
    annulled: annulledIn(deps),
    ...createSeenService({ store, mandates, about }),
    draftsOf,
    tooWeakFor: tooWeakIn({ store, actors }),
    document,
    openDocument,
    /** Validates its signatures now, for whoever does not want to wait for the job. */
    validateAgain: (file: StoredDocument) => documents.validateAgain(file, registeredAt),
    byVerificationCode: (code: string) => store.byVerificationCode(code),
    ofOffices: (municipality: string, query: OfficeQuery) => store.ofOffices(municipality, query),
    named: (municipality: string, query: NameQuery) => store.named(municipality, query),
    makeFindable: () => store.makeFindable(),
  }
}

/** Of the filings of a list those whose number the register marks as annulled (DPR 445/2000 art. 54), by their id. */
const annulledIn =
  ({ protocol }: Pick<Deps, 'protocol'>) =>
  async (listed: readonly Listed[]): Promise<ReadonlySet<string>> => {
    const entries = new Map(listed.flatMap((one) => (one.state === 'draft' ? [] : [[one.protocol.entry, one.id]])))
    const amendments = await protocol.amendmentsOf([...entries.keys()].map((id) => ({ id })))
    return new Set(
      amendments.flatMap(({ change, entry }) => (change.kind === 'annulment' ? (entries.get(entry) ?? []) : [])),
    )
  }

/** Those of these filings that were sent. No access is asked: for pages that show a filing's protocol number and no more. */
const sentIn =
  (store: FilingStore) =>
  async (municipality: string, ids: readonly string[]): Promise<Submitted[]> => {
    const found = await Promise.all(ids.map((id) => store.find(municipality, id)))
    return found.flatMap((filing) => (filing && filing.state !== 'draft' ? filing : []))
  }

/**
 * Of these filings those that the login is too weak to read, with the level that each asks for: what tells of them is as closed as
 * they are. One that is gone closes nothing.
 */
const tooWeakIn =
  ({ store, actors }: Pick<Deps, 'store' | 'actors'>) =>
  async (municipality: string, ids: readonly string[], login: Login): Promise<ReadonlyMap<string, Level>> => {
    const found = await Promise.all([...new Set(ids)].map((id) => store.find(municipality, id)))
    const levels = await Promise.all(
      found.flatMap((filing) => filing ?? []).map(async (filing) => [filing.id, await actors.wanted(filing)] as const),
    )
    return new Map(levels.filter(([, wanted]) => isTooWeak({ ...citizenOf(login), wanted })))
  }

/**
 * A filing and whom it concerns, for the record of who looked at it. With an actor, only if they may see it; throws as `find`
 * does.
 */
const concernedIn =
  (store: FilingStore) =>
  async (municipality: string, id: string, actor?: Actor): Promise<Concerned & Readonly<{ filing: Submitted }>> => {
    const filing = await filingWith(store, municipality, id)
    if (actor) assertMay(filing, 'see', actor)
    assertSubmitted(filing)
    return { filing, ...concernedBy(filing) }
  }
