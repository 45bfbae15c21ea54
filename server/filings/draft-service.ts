import type { Readable } from 'node:stream'
import { AppError } from '../errors.ts'
import type { Documents, StoredDocument } from '../documents/index.ts'
import {
  decodeItem,
  decodeStep,
  detach,
  forPerson,
  prefill,
  removeItem as withoutItem,
  uploadFields,
  validateItem,
  validateStep,
  type Answers,
  type Decoded,
  type FieldError,
  type Form,
  type ItemPlace,
} from '../forms/index.ts'
import type { Login } from '../identity/index.ts'
import type { Catalogue, ProcedureVersion } from '../procedures/index.ts'
import { addDays, romeDate } from '../shared/dates.ts'
import { identityFacts } from './facts.ts'
import { assertDraft, canRead, conflict, DRAFT_DAYS, type Draft, type FilingId, type FilingStore } from './filing.ts'
import { answersInStep, documentsInDraft, pendingOf, typedOf, withFiles, type Body, type PutFile } from './typed.ts'

type Change = Partial<Pick<Draft, 'answers' | 'pending' | 'expiresAt'>>

type Deps = {
  store: FilingStore
  catalogue: Catalogue
  documents: Documents
  now: () => Date
  newId: () => string
}

/** A draft with what is needed to go on with it. */
export type OpenDraft = Readonly<{ draft: Draft; procedure: ProcedureVersion; files: readonly StoredDocument[] }>

/** What came of saving a step. With `theirs` another tab saved meanwhile, and nothing was written. */
export type SavedStep = Readonly<{
  draft: Draft
  errors: readonly FieldError[]
  /** What the page must tell besides: answers dropped, texts cut, questions that now apply and were not seen yet. */
  notes: Pick<Decoded, 'removed' | 'cut' | 'revealed'>
  theirs?: Answers | undefined
  /** Files that came with it and were not kept: of an overtaken tab, or more than the field takes. */
  leftOut: readonly PutFile[]
}>

export type SavedItem = Omit<SavedStep, 'leftOut'> & Readonly<{ item: string }>

export type StepInput = Readonly<{
  step: string
  body: Body
  files: readonly PutFile[]
  /** Revision that the page was made from. */
  revision: number
  /** Later: keep what is typed as it is and ask for nothing. */
  lenient: boolean
}>

export type DraftService = ReturnType<typeof createDraftService>

/** Everything one can do with a filing before it is sent. Each use case answers NOT_FOUND for what is not the person's own. */
export function createDraftService({ store, catalogue, documents, now, newId }: Deps) {
  async function find(municipality: string, id: string, login: Login): Promise<Draft> {
    const filing = await store.find(municipality, id)
    // Missing and forbidden look the same: nobody learns that a filing exists.
    if (!filing || !canRead(filing, { owner: login.person.key, offices: [] }))
      throw new AppError('NOT_FOUND', 'No such filing for this person')
    assertDraft(filing)
    return filing
  }

  async function open(municipality: string, id: string, login: Login): Promise<OpenDraft> {
    const draft = await find(municipality, id, login)
    const version = await catalogue.version(municipality, draft.procedure.id, draft.procedure.version)
    const procedure = { ...version, form: forPerson(version.form, identityFacts(login.person)) }
    return { draft, procedure, files: await documents.ofFiling(municipality, draft.id) }
  }

  /** Begins a draft with what the municipality already knows of the person; the same `key` twice gives the same draft. */
  async function begin(municipality: string, procedureId: string, login: Login, key: string): Promise<Draft> {
    const procedure = await catalogue.find(municipality, procedureId)
    if (procedure.card.status !== 'active') {
      throw new AppError('GONE', 'Procedure not active', {
        explanation: `Questo servizio non è attivo. ${procedure.card.reason ?? ''}`.trim(),
      })
    }
    const at = now()
    return store.insertDraft({
      id: newId() as FilingId,
      municipality,
      state: 'draft',
      procedure: { id: procedure.id, version: procedure.version, hash: procedure.hash, title: procedure.title },
      channel: 'web',
      owner: login.person.key,
      office: procedure.office,
      answers: prefill(procedure.form, identityFacts(login.person)),
      revision: 0,
      createdAt: at,
      updatedAt: at,
      key,
      privacyReadAt: at,
      pending: [],
      expiresAt: expiry(at),
    })
  }

  async function save(draft: Draft, change: Change): Promise<Draft> {
    const saved = await saveUnlessOvertaken(draft, change)
    if (!saved) throw conflict(draft)
    return saved
  }

  /** Undefined when another tab was faster. */
  async function saveUnlessOvertaken(draft: Draft, change: Change): Promise<Draft | undefined> {
    const at = now()
    const next = { ...draft, updatedAt: at, expiresAt: expiry(at), ...change }
    return (await store.replace(next)) ? { ...next, revision: draft.revision + 1 } : undefined
  }

  async function reopened({ draft, ...open }: OpenDraft): Promise<OpenDraft> {
    const current = await store.find(draft.municipality, draft.id)
    if (!current) throw new AppError('NOT_FOUND', 'Draft was discarded meanwhile')
    assertDraft(current)
    return { ...open, draft: current }
  }

  /** Takes what was typed in one step. Valid answers are merged; others are kept apart until they are put right. */
  async function saveStep(open: OpenDraft, input: StepInput): Promise<SavedStep> {
    try {
      const saved = await keepStep(open, input)
      await forget(open.draft, saved.leftOut)
      return saved
    } catch (error) {
      await forget(open.draft, input.files)
      throw error
    }
  }

  async function keepStep(open: OpenDraft, input: StepInput): Promise<SavedStep> {
    const { draft, procedure } = open
    const { form } = procedure
    const { step, body, files, revision, lenient } = input
    const pending = pendingOf(draft, step)?.files ?? []
    const put = [...pending, ...files]
    const decoded = decodeStep(form, step, body, draft.answers)
    const { answers, leftOut } = withFiles(form, decoded.answers, put)
    const others = draft.pending.filter((typed) => typed.step !== step)
    const typed = (theFiles: readonly PutFile[]) => [...others, typedOf(form, step, { body, files: theFiles })]
    const { removed, cut, revealed } = decoded
    const notes = { removed, cut, revealed }
    if (revision !== draft.revision)
      return { draft: { ...draft, pending: typed(pending) }, errors: [], notes, theirs: draft.answers, leftOut: files }
    const errors = validateStep(form, step, answers)
    const valid = errors.length === 0
    const change = valid
      ? { answers, pending: others }
      : { pending: typed(put.filter((file) => !leftOut.includes(file))) }
    const saved = await saveUnlessOvertaken(draft, change)
    if (!saved) return keepStep(await reopened(open), input)
    if (valid) await dropUnused(saved, form)
    return { draft: saved, errors: lenient ? [] : errors, notes, leftOut }
  }

  /**
   * Takes one item of a list. It is kept valid or not, like a step: its card then says what is missing, and nothing
   * typed is lost. A new item gets its identifier here.
   */
  async function saveItem(
    open: OpenDraft,
    place: ItemPlace,
    input: Pick<StepInput, 'body' | 'revision' | 'step'>,
  ): Promise<SavedItem> {
    const { draft, procedure } = open
    const { form } = procedure
    const before = answersInStep(form, draft, input.step)
    const { item, answers, removed, cut, revealed } = decodeItem(form, { ...place, newId }, input.body, before)
    const notes = { removed, cut, revealed }
    if (input.revision !== draft.revision)
      return { draft: { ...draft, answers }, item, errors: [], notes, theirs: draft.answers }
    const saved = await saveUnlessOvertaken(draft, { answers })
    if (!saved) return saveItem(await reopened(open), place, input)
    return { draft: saved, item, errors: validateItem(form, { ...place, item }, answers), notes }
  }

  async function removeItem({ draft, procedure: { form } }: OpenDraft, place: ItemPlace): Promise<Draft> {
    const saved = await save(draft, { answers: withoutItem(form, place, draft.answers) })
    await dropUnused(saved, form)
    return saved
  }

  /**
   * Takes one file for an upload field of the step, as far as the fields that came before it in the same request say.
   * A refused file leaves nothing behind; a taken one belongs to the draft once `saveStep` names it.
   */
  async function receiveFile(
    { draft, procedure: { form } }: OpenDraft,
    file: { step: string; field: string; name: string; stream: Readable; body: Body },
  ): Promise<StoredDocument> {
    const answers = decodeStep(form, file.step, file.body, answersInStep(form, draft, file.step)).answers
    const field = uploadFields(form, answers).find(({ name }) => name === file.field)
    if (!field)
      throw new AppError('INVALID_INPUT', 'Upload for a field that the form does not have', {
        explanation: 'Il modulo non prevede questo file. Ricarica la pagina e riprova.',
      })
    return documents.receive(file.stream, {
      municipality: draft.municipality,
      filing: draft.id,
      kind: 'attachment',
      name: file.name,
      maxBytes: field.maxBytes,
      accept: field.accept,
      at: now(),
    })
  }

  async function removeFile({ draft, procedure: { form }, files }: OpenDraft, documentId: string): Promise<void> {
    const file = files.find((candidate) => candidate.id === documentId)
    if (!file) return
    const pending = draft.pending.map((typed) => ({
      ...typed,
      files: typed.files.filter((put) => put.documentId !== file.id),
    }))
    await save(draft, { answers: detach(form, draft.answers, file.id), pending })
    await documents.remove(file)
  }

  /** Takes back files that came with a form that was not saved. */
  async function forget(draft: Draft, put: readonly PutFile[]): Promise<void> {
    if (put.length === 0) return
    const ids = new Set(put.map(({ documentId }) => documentId))
    for (const file of await documents.ofFiling(draft.municipality, draft.id))
      if (ids.has(file.id)) await documents.remove(file)
  }

  /** Files that no answer names any more go (forms-and-ui.md §3.7): replaced by another, or of a question that no longer applies. */
  async function dropUnused(draft: Draft, form: Form): Promise<void> {
    const used = documentsInDraft(form, draft)
    for (const file of await documents.ofFiling(draft.municipality, draft.id))
      if (file.kind === 'attachment' && !used.has(file.id)) await documents.remove(file)
  }

  async function discard(municipality: string, id: string, login: Login): Promise<void> {
    await erase(await find(municipality, id, login))
  }

  /**
   * Emptied first, which keeps it from being sent while its files go; an erasure that is cut off is ended at night.
   * Throws CONFLICT when somebody goes on with it at the same moment.
   */
  async function erase(full: Draft): Promise<void> {
    const draft = await save(full, { answers: {}, pending: [], expiresAt: now() })
    for (const file of await documents.ofFiling(draft.municipality, draft.id)) await documents.remove(file)
    await store.removeDraft(draft)
  }

  /** Erases drafts past their expiry; the worker calls it every day. Returns how many. */
  async function eraseExpired(): Promise<number> {
    const expired = await store.expiredDrafts(now(), 500)
    let erased = 0
    for (const draft of expired) if (await erase(draft).then(() => true, falseIfConflict)) erased += 1
    return erased
  }

  const filesOf = ({ municipality, id }: Draft): Promise<StoredDocument[]> => documents.ofFiling(municipality, id)

  return {
    open,
    filesOf,
    begin,
    saveStep,
    saveItem,
    removeItem,
    receiveFile,
    removeFile,
    forget,
    discard,
    eraseExpired,
  }
}

function falseIfConflict(error: unknown): false {
  if (error instanceof AppError && error.code === 'CONFLICT') return false
  throw error
}

const expiry = (at: Date): Date => new Date(`${addDays(romeDate(at), DRAFT_DAYS)}T00:00:00Z`)
