import type { Login } from '../identity/index.ts'
import { sideOf, type Mandates } from '../mandates/index.ts'
import { formatProtocol } from '../protocol/index.ts'
import type { About, createAbout } from './about-service.ts'
import { citizenDenial } from './access.ts'
import type { CitizenActor } from './actor.ts'
import { citizenOf } from './facts.ts'
import {
  totalIn,
  type Counts,
  type Filing,
  type FilingStore,
  type Listed,
  type Page,
  type PersonQuery,
  type Seer,
} from './filing.ts'

const OWN: PersonQuery = { followed: false }

type Deps = Readonly<{
  store: FilingStore
  mandates: Pick<Mandates, 'held'>
  about: ReturnType<typeof createAbout>
}>

/** What a person sees: what they filed, what a proxy filed for them, what a mandate lets them follow. */
export function createSeenService({ store, mandates, about }: Deps) {
  const seenIn = createSeeing(mandates)

  /**
   * Lists of it, together with what was filed in the name of the company that they represent in this session: counted and
   * read page by page, as somebody may have thousands.
   */
  async function ofSide(municipality: string, login: Login): Promise<SideLists> {
    const names = [...new Set([login.person.key, sideOf(login)])]
    const { seer, actor, onlySeen } = await seenIn(municipality, login, names)
    return {
      count: (query = {}) => store.countOf(municipality, seer, query),
      page: async (query) => onlySeen(await store.listOf(municipality, seer, query)),
      about: async (listed) => about(listed, actor),
      mandateEnded: (filing) => citizenDenial(filing, 'send', actor) === 'mandate-ended',
    }
  }

  /** A person's own filings, with all that is in them: filed by them or in their name, not those that they may only follow. */
  async function* own(municipality: string, login: Login): AsyncGenerator<Filing> {
    const { seer, onlySeen } = await seenIn(municipality, login, [login.person.key])
    for await (const filing of store.ofPerson(municipality, seer, OWN)) yield* onlySeen([filing])
  }

  async function countOwn(municipality: string, login: Login): Promise<number> {
    const { seer } = await seenIn(municipality, login, [login.person.key])
    return totalIn(await store.countOf(municipality, seer, OWN))
  }

  /** What was sent in the name of a person, or of the company that they represent, last changed first: what they may give a mandate for. */
  async function sentBy(municipality: string, login: Login, query: PersonQuery & Page): Promise<Titled[]> {
    const side = await ofSide(municipality, login)
    const found = await side.page({ ...query, sentInNameOf: sideOf(login) })
    const about = await side.about(found)
    return found.flatMap((filing) => {
      if (filing.state === 'draft') return []
      const title = `${filing.procedure.title}, protocollo ${formatProtocol(filing.protocol)}`
      const words = about.get(filing.id)
      return [{ id: filing.id, title: words ? `${title} (${words})` : title }]
    })
  }

  return { own, ofSide, countOwn, sentBy }
}

/** The one rule, for what lists have of a filing. */
export const isSeenBy = (filing: Listed, actor: CitizenActor): boolean => citizenDenial(filing, 'see', actor) === null

type Titled = Readonly<{ id: string; title: string }>

type SideLists = Readonly<{
  count: (query?: PersonQuery) => Promise<Counts>
  page: (query: PersonQuery & Page) => Promise<Listed[]>
  about: (listed: readonly Listed[]) => Promise<About>
  /** Whether no mandate is left by which they could send this draft. */
  mandateEnded: (draft: Listed) => boolean
}>

/** Who looks at lists, and the rule of access for what was read. */
const createSeeing =
  (mandates: Deps['mandates']) => async (municipality: string, login: Login, names: readonly string[]) => {
    const held = await mandates.held(municipality, login.person.key)
    const actor = { ...citizenOf(login), mandates: held }
    const seer: Seer = { owner: login.person.key, names, mandates: held }
    const onlySeen = <Found extends Listed>(all: readonly Found[]): Found[] =>
      all.filter((filing) => isSeenBy(filing, actor))
    return { seer, actor, onlySeen }
  }
