import type { Answered, Draft } from '../filings/index.ts'
import { blankIn, givenAt, reusable, withNewItems, withReused, type Reusable } from '../forms/index.ts'
import type { Login } from '../identity/index.ts'
import type { FormBody } from '../shared/form-body.ts'
import type { DraftDeps, OpenDraft } from './draft.ts'
import { isSource, MOST_LOOKED_THROUGH, sourcesFor } from './earlier.ts'
import { answersInStep, answersUnder, listChange } from './typed.ts'

/** What a step may take from one request that the person sent before. */
export type Earlier = Readonly<{ from: Pick<Answered, 'id' | 'procedure' | 'protocol'>; values: readonly Reusable[] }>

type Deps = Pick<DraftDeps, 'store' | 'catalogue' | 'now' | 'newId'>
type Place = Readonly<{ step: string; login: Login }>

/**
 * What a person gave once is not asked again (service-requirements.md C.SE.1.5). It is looked up when a page wants it and kept
 * nowhere: what was erased or taken back since is not offered.
 */
export function createEarlierData({ store, catalogue, now, newId }: Deps) {
  /** From the latest request that has something for the fields of the step in which nothing is written; null when none has. */
  async function earlier({ draft, procedure }: OpenDraft, { step, login }: Place): Promise<Earlier | null> {
    if (draft.nothingEarlier) return null
    const { form, reuse } = procedure
    const blank = blankIn(form, { step, answers: answersInStep(form, draft, step), reuse })
    const which = sourcesFor(draft, now())
    if (blank.length === 0 || !which) return null
    const { municipality } = draft
    const last = await store.lastSent(municipality, login.person.key, { ...which, most: MOST_LOOKED_THROUGH })
    for (const sent of last) {
      const source = await catalogue.version(municipality, sent.procedure.id, sent.procedure.version)
      if (!isSource({ sent, procedure: source }, login)) continue
      const values = blank.flatMap(([meaning, field]) => {
        const pointer = source.reuse[meaning]
        return (pointer !== undefined && reusable(form, field, givenAt(sent.answers, pointer))) || []
      })
      if (values.length > 0) return { from: sent, values }
    }
    return null
  }

  /**
   * The draft and what was typed in one of its steps; with `reuse:<id>` as the pressed button, with what that request offers
   * where there was nothing. Nothing of it is saved yet. If another request would be offered by now nothing is taken: nobody saw
   * it.
   */
  async function withEarlier(
    open: OpenDraft,
    { body, action, ...place }: Place & Readonly<{ body: FormBody; action: string }>,
  ): Promise<{ open: OpenDraft; body: FormBody; taken: Earlier | null }> {
    const offer = action.startsWith('reuse:') ? await earlier(open, place) : null
    if (!offer || action !== `reuse:${offer.from.id}`) return { open, body, taken: null }
    const { taken: values, ...filled } = withReused(body, offer.values)
    const draft = values.reduce((begun, { list }) => (list ? withItems(begun, place.step, list) : begun), open.draft)
    return { open: { ...open, draft }, ...filled, taken: values.length > 0 ? { ...offer, values } : null }
  }

  function withItems(draft: Draft, step: string, list: NonNullable<Reusable['list']>): Draft {
    const answers = withNewItems({ ...list, newId }, answersUnder(draft, step))
    return { ...draft, ...listChange(draft, { step, name: list.name }, answers) }
  }

  return { earlier, withEarlier }
}
