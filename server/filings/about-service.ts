import { answerText } from '../forms/index.ts'
import { fillText, placeholders, type Catalogue, type ProcedureVersion } from '../procedures/index.ts'
import { may } from './access.ts'
import type { Actor } from './actor.ts'
import type { Filing, FilingStore, Listed } from './filing.ts'

/** What a list says of a filing beside its title, by its id: nothing where the procedure says nothing. */
export type About = ReadonlyMap<string, string>

type Deps = Readonly<{ store: Pick<FilingStore, 'find'>; catalogue: Pick<Catalogue, 'version'> }>

/** The same of one filing, from its answers; undefined where its procedure says nothing, or while it is not answered. */
export function aboutText(
  { about, form }: Pick<ProcedureVersion, 'about' | 'form'>,
  { state, answers }: Pick<Filing, 'state' | 'answers'>,
): string | undefined {
  if (about === undefined) return undefined
  const answer = (pointer: string) => answerText(form, answers, pointer)
  // Of a draft not all was answered yet.
  const isTold = state !== 'draft' || placeholders(about).every((name) => answer(name) !== undefined)
  return isTold ? fillText(about, {}, answer) : undefined
}

/**
 * What tells the filings of a list apart, in words of whoever sent them: of those only that this actor may read. A citizen comes with
 * the mandates that they hold.
 */
export const createAbout =
  ({ store, catalogue }: Deps) =>
  async (listed: readonly Listed[], actor: Actor): Promise<About> => {
    const said = listed.map(async (one): Promise<[string, string][]> => {
      const { id, municipality, procedure } = one
      const version = await catalogue.version(municipality, procedure.id, procedure.version)
      if (version.about === undefined) return []
      const filing = isWhole(one) ? one : await store.find(municipality, id)
      if (!filing) return []
      const reader = actor.kind === 'citizen' ? { ...actor, wanted: version.login.level } : actor
      if (!may(filing, 'read', reader)) return []
      const text = aboutText(version, filing)
      return text === undefined ? [] : [[id, text]]
    })
    return new Map((await Promise.all(said)).flat())
  }

/** Lists of a person come without answers. */
const isWhole = (one: Listed): one is Filing => 'answers' in one
