import { AppError } from '../errors.ts'
import {
  assertDraft,
  assertMay,
  citizenOf,
  denial,
  filingWith,
  formFactsOf,
  type Acting,
  type Action,
  type Draft,
  type FilingId,
} from '../filings/index.ts'
import type { StoredDocument } from '../documents/index.ts'
import { asksForFiles, forPerson, prefill, type Form } from '../forms/index.ts'
import type { Login } from '../identity/index.ts'
import { assertActive } from '../procedures/index.ts'
import { formatFigure } from '../shared/figure.ts'
import { draftExpiry, MOST_OPEN, type DraftDeps, type OpenDraft } from './draft.ts'
import { sourcesFor } from './earlier.ts'
import { documentsInDraft } from './typed.ts'

/** No upload takes longer: what is younger may belong to one that goes on. */
const DAY_MS = 24 * 3_600_000

/** What a person said on the first page. */
type Beginning = Readonly<{ procedure: string; key: string; acting: Acting }>

export type DraftOpening = ReturnType<typeof createDraftOpening>

/** Beginning a draft, and coming back to it. */
export function createDraftOpening({ store, catalogue, municipalities, documents, actors, now, newId }: DraftDeps) {
  /**
   * The draft, if the person may do `to` with it. Missing and forbidden look the same: nobody learns that a filing exists.
   */
  async function find(municipality: string, id: string, { login, to }: { login: Login; to: Action }): Promise<Draft> {
    const filing = await filingWith(store, municipality, id)
    const actor = citizenOf(login)
    // What was sent under a mandate is seen by whoever still has one; a draft stays its owner's without.
    assertMay(filing, 'see', filing.state === 'draft' ? actor : await actors.on(filing, actor))
    assertDraft(filing)
    assertMay(filing, to, actor)
    return filing
  }

  /** The draft with all its files or, for the page of one `step`, with none if that step asks for none. */
  async function open(municipality: string, id: string, login: Login, step?: string): Promise<OpenDraft> {
    const draft = await find(municipality, id, { login, to: 'edit' })
    const version = await catalogue.version(municipality, draft.procedure.id, draft.procedure.version)
    const facts = formFactsOf(login.person, draft, await municipalities.byId(municipality))
    const procedure = { ...version, form: forPerson(version.form, facts) }
    const needed = step === undefined || asksForFiles(procedure.form, step)
    const service = await catalogue.state(municipality, draft.procedure.id)
    const files = needed ? await documents.ofFiling(municipality, id) : []
    for (const stray of straysOf(draft, procedure.form, { files, at: now() })) await documents.remove(stray)
    const actor = await actors.on(draft, citizenOf(login))
    const mandateEnded = denial(draft, 'send', actor) === 'mandate-ended'
    return { draft, procedure, facts, service, files, mandateEnded }
  }

  /** Begins a draft with what is already known of the person and of whom they act for; the same `key` twice gives the same draft. */
  async function begin(municipality: string, login: Login, { procedure: id, key, acting }: Beginning): Promise<Draft> {
    const procedure = await catalogue.find(municipality, id)
    assertActive(await catalogue.state(municipality, id), `/servizi/${id}`)
    const at = now()
    const which = sourcesFor(acting, at)
    const sent = which ? await store.lastSent(municipality, login.person.key, { ...which, most: 1 }) : []
    const fresh = newId() as FilingId
    const draft = await store.insertDraft({
      id: fresh,
      municipality,
      state: 'draft',
      procedure: { id: procedure.id, version: procedure.version, hash: procedure.hash, title: procedure.title },
      channel: 'web',
      owner: login.person.key,
      office: procedure.office,
      ...acting,
      answers: prefill(procedure.form, formFactsOf(login.person, acting, await municipalities.byId(municipality))),
      revision: 0,
      createdAt: at,
      updatedAt: at,
      key,
      privacyReadAt: at,
      pending: [],
      ...(sent.length === 0 && { nothingEarlier: true }),
      expiresAt: draftExpiry(at),
    })
    // Only now: pressed twice, the last draft that there is room for is not refused.
    if (draft.id === fresh) await assertRoom(draft)
    return draft
  }

  /** Throws, and leaves nothing of the draft that was just begun, where its owner has too many. */
  async function assertRoom(draft: Draft): Promise<void> {
    if ((await store.draftCount(draft.municipality, draft.owner, MOST_OPEN + 1)) <= MOST_OPEN) return
    await store.removeDraft(draft)
    throw new AppError('TOO_MANY_REQUESTS', 'Too many drafts', {
      explanation: `Hai già ${formatFigure(MOST_OPEN)} richieste iniziate e non inviate: è il massimo. Nella tua area personale, tra le pratiche in bozza, invia o elimina quelle che hai lasciato da parte, poi inizia questa.`,
    })
  }

  return { find, open, begin }
}

/** What a process left that died during an upload: no answer names it, so nobody sees it who could delete it (GDPR art. 5 c. 1 e). */
function straysOf(
  draft: Draft,
  form: Form,
  { files, at }: { files: readonly StoredDocument[]; at: Date },
): StoredDocument[] {
  const old = files.filter(({ kind, createdAt }) => kind === 'attachment' && +createdAt < +at - DAY_MS)
  const named = old.length > 0 ? documentsInDraft(form, draft) : new Set<string>()
  return old.filter(({ id }) => !named.has(id))
}
