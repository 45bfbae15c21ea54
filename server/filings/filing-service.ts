import type { Readable } from 'node:stream'
import { AppError } from '../errors.ts'
import type { Documents, RegisteredAt, StoredDocument } from '../documents/index.ts'
import type { Login } from '../identity/index.ts'
import { sideOf, type Mandates } from '../mandates/index.ts'
import { formatProtocol } from '../protocol/index.ts'
import { assertMay, may, nameOf, type Actor } from './access.ts'
import type { Actors } from './actor-service.ts'
import { citizenOf } from './facts.ts'
import { concernedBy, type Concerned } from './interest.ts'
import {
  assertSubmitted,
  type Draft,
  type Filing,
  type FilingStore,
  type OfficeQuery,
  type Submitted,
} from './filing.ts'

type Deps = {
  store: FilingStore
  documents: Documents
  registeredAt: RegisteredAt
  mandates: Pick<Mandates, 'held'>
  actors: Actors
}

export type FilingService = ReturnType<typeof createFilingService>

/** Reading: what a person or an office may see of filings and their documents. */
export function createFilingService({ store, documents, registeredAt, mandates, actors }: Deps) {
  const standingIn = createListing({ store, mandates })

  /** Same answer for missing and forbidden: nobody learns that a filing exists. */
  async function find(municipality: string, id: string, actor: Actor): Promise<Filing> {
    const filing = await store.find(municipality, id)
    if (!filing) throw new AppError('NOT_FOUND', 'No such filing')
    assertMay(filing, 'read', await actors.on(filing, actor))
    return filing
  }

  async function submitted(municipality: string, id: string, actor: Actor): Promise<Submitted> {
    const filing = await find(municipality, id, actor)
    assertSubmitted(filing)
    return filing
  }

  /** What the person filed, what a proxy filed for them, and the filings that a mandate lets them follow. */
  const ofPerson = (municipality: string, login: Login): Promise<Filing[]> =>
    standingIn([login.person.key], municipality, login)

  /** The same, with what was filed in the name of the company that they represent in this session. */
  const ofSide = (municipality: string, login: Login): Promise<Filing[]> =>
    standingIn([...new Set([login.person.key, sideOf(login)])], municipality, login)

  /** What stands in the name of a person, or of the company that they represent: what they may give a mandate for. */
  async function sentBy(municipality: string, login: Login): Promise<{ id: string; title: string }[]> {
    return (await ofSide(municipality, login)).flatMap((filing) =>
      filing.state === 'draft' || nameOf(filing) !== sideOf(login)
        ? []
        : [{ id: filing.id, title: `${filing.procedure.title}, protocollo ${formatProtocol(filing.protocol)}` }],
    )
  }

  async function draftsOf(municipality: string, login: Login, procedure: string): Promise<Draft[]> {
    return (await ofPerson(municipality, login)).filter(
      (filing): filing is Draft => filing.state === 'draft' && filing.procedure.id === procedure,
    )
  }

  /** One document of a filing that the actor may read. */
  async function document(municipality: string, id: string, wanted: string, actor: Actor): Promise<StoredDocument> {
    const filing = await find(municipality, id, actor)
    const file = (await documents.ofFiling(municipality, filing.id)).find((candidate) => candidate.id === wanted)
    if (!file) throw new AppError('NOT_FOUND', 'No such document in the filing')
    return file
  }

  /** The same with its bytes as a stream. */
  async function openDocument(
    municipality: string,
    id: string,
    wanted: string,
    actor: Actor,
  ): Promise<{ file: StoredDocument; stream: Readable }> {
    const file = await document(municipality, id, wanted, actor)
    return { file, stream: documents.open(file) }
  }

  return {
    find,
    concerned: concernedIn(store),
    submitted,
    ofPerson,
    ofSide,
    draftsOf,
    sentBy,
    document,
    openDocument,
    /** Validates its signatures now, for whoever does not want to wait for the job. */
    validateAgain: (file: StoredDocument) => documents.validateAgain(file, registeredAt),
    byVerificationCode: (code: string) => store.byVerificationCode(code),
    ofOffices: (municipality: string, query: OfficeQuery) => store.ofOffices(municipality, query),
  }
}

/** What a person filed, what stands in one of the names, and what a mandate lets them follow. */
const createListing =
  ({ store, mandates }: Pick<Deps, 'store' | 'mandates'>) =>
  async (names: readonly string[], municipality: string, login: Login): Promise<Filing[]> => {
    const held = await mandates.held(municipality, login.person.key)
    const actor = { ...citizenOf(login), mandates: held }
    const ids = held.flatMap(({ scope }) => (scope.kind === 'filing' ? [scope.filing] : []))
    const all = await store.ofPerson(municipality, login.person.key, { names, ids })
    return all.filter((filing) => may(filing, 'see', actor))
  }

/** Whom a filing concerns, for the record of who looked at it; with an actor only if they may see it. */
const concernedIn =
  (store: FilingStore) =>
  async (municipality: string, id: string, actor?: Actor): Promise<Concerned & Readonly<{ filing: Submitted }>> => {
    const filing = await store.find(municipality, id)
    if (!filing) throw new AppError('NOT_FOUND', 'No such filing')
    if (actor) assertMay(filing, 'see', actor)
    assertSubmitted(filing)
    return { filing, ...concernedBy(filing) }
  }
