import type { Readable } from 'node:stream'
import { AppError } from '../errors.ts'
import type { DocumentId, Documents, StoredDocument } from '../documents/index.ts'
import {
  decodeStep,
  documentIds,
  prefill,
  uploadFields,
  validateStep,
  withDocument,
  withoutDocument,
  type Answers,
  type FieldError,
  type UploadField,
} from '../forms/index.ts'
import type { Login } from '../identity/index.ts'
import type { Catalogue, ProcedureVersion } from '../procedures/index.ts'
import { addDays, romeDate } from '../shared/dates.ts'
import { identityFacts } from './facts.ts'
import { assertDraft, canRead, conflict, DRAFT_DAYS, type Draft, type FilingId, type FilingStore } from './filing.ts'

type Deps = {
  store: FilingStore
  catalogue: Catalogue
  documents: Documents
  now: () => Date
  newId: () => string
}

/** A draft with what is needed to go on with it. */
export type OpenDraft = Readonly<{ draft: Draft; procedure: ProcedureVersion; files: readonly StoredDocument[] }>

/** What came of saving a step. `conflictWith` is there when another tab saved meanwhile: nothing was written. */
export type SavedStep = Readonly<{ draft: Draft; errors: FieldError[]; removed: readonly string[]; conflictWith?: Answers }>

export type StepInput = Readonly<{
  step: string
  body: Record<string, unknown>
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
    if (!filing || !canRead(filing, { owner: login.person.key, offices: [] })) throw new AppError('NOT_FOUND', 'No such filing for this person')
    assertDraft(filing)
    return filing
  }

  async function open(municipality: string, id: string, login: Login): Promise<OpenDraft> {
    const draft = await find(municipality, id, login)
    const procedure = await catalogue.version(municipality, draft.procedure.id, draft.procedure.version)
    return { draft, procedure, files: await documents.ofFiling(municipality, draft.id) }
  }

  /** Begins a draft with what the municipality already knows of the person; the same `key` twice gives the same draft. */
  async function begin(municipality: string, procedureId: string, login: Login, key: string): Promise<Draft> {
    const procedure = await catalogue.find(municipality, procedureId)
    if (procedure.card.status !== 'active') {
      throw new AppError('GONE', 'Procedure not active', { explanation: `Questo servizio non è attivo. ${procedure.card.reason ?? ''}`.trim() })
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
      pending: null,
      expiresAt: expiry(at),
    })
  }

  async function save(draft: Draft, change: Partial<Pick<Draft, 'answers' | 'pending'>>): Promise<Draft> {
    const at = now()
    const next = { ...draft, ...change, updatedAt: at, expiresAt: expiry(at) }
    if (!(await store.replace(next))) throw conflict(draft)
    return { ...next, revision: draft.revision + 1 }
  }

  /** Takes what was typed in one step. Valid answers are merged; others are kept apart until they are put right. */
  async function saveStep({ draft, procedure }: OpenDraft, input: StepInput): Promise<SavedStep> {
    const decoded = decodeStep(procedure.form, input.step, input.body, draft.answers)
    if (input.revision !== draft.revision) return { draft: { ...draft, pending: { step: input.step, answers: decoded.answers } }, errors: [], removed: [], conflictWith: draft.answers }
    const errors = validateStep(procedure.form, input.step, decoded.answers)
    if (errors.length > 0) {
      const kept = await save(draft, { pending: { step: input.step, answers: decoded.answers } })
      return { draft: kept, errors: input.lenient ? [] : errors, removed: [] }
    }
    const saved = await save(draft, { answers: decoded.answers, pending: null })
    await dropUnused(saved, procedure)
    return { draft: saved, errors: [], removed: decoded.removed }
  }

  /** Streams one file into the draft under an upload field. A refused file leaves nothing behind. */
  async function addFile(municipality: string, id: string, login: Login, file: { field: string; name: string; stream: Readable }): Promise<StoredDocument> {
    const { draft, procedure, files } = await open(municipality, id, login)
    const field = fieldOf(procedure, draft, file.field)
    const present = documentIds(currentAnswers(draft), field.pointer).filter((document) => files.some((stored) => stored.id === document))
    if (present.length >= field.maxItems) {
      throw new AppError('INVALID_INPUT', 'Too many files in the field', {
        explanation: field.maxItems === 1 ? `Per «${field.label}» hai già caricato un file: eliminalo prima di caricarne un altro.` : `Per «${field.label}» puoi caricare al massimo ${field.maxItems} file.`,
      })
    }
    const document = await documents.receive(file.stream, {
      municipality,
      filing: draft.id,
      kind: 'attachment',
      name: file.name,
      maxBytes: field.maxBytes,
      accept: field.accept,
      at: now(),
    })
    await changeAnswers(municipality, id, login, (answers) => withDocument(answers, field, document.id))
    return document
  }

  async function removeFile(municipality: string, id: string, login: Login, documentId: string): Promise<void> {
    const { files } = await open(municipality, id, login)
    const file = files.find((candidate) => candidate.id === documentId)
    if (!file) return
    await changeAnswers(municipality, id, login, (answers) => withoutDocument(answers, file.id))
    await documents.remove(file)
  }

  /** Applies a change to answers and pending answers alike; files arrive from two tabs at once, so a lost race is run again. */
  async function changeAnswers(municipality: string, id: string, login: Login, change: (answers: Answers) => Answers): Promise<void> {
    for (let attempt = 0; attempt < 5; attempt += 1) {
      const draft = await find(municipality, id, login)
      const pending = draft.pending && { ...draft.pending, answers: change(draft.pending.answers) }
      const at = now()
      if (await store.replace({ ...draft, answers: change(draft.answers), pending, updatedAt: at, expiresAt: expiry(at) })) return
    }
    throw new AppError('CONFLICT', 'Draft changed five times during one upload')
  }

  /** Files of answers that no longer apply go with them (forms-and-ui.md §3.7). */
  async function dropUnused(draft: Draft, procedure: ProcedureVersion): Promise<void> {
    const used = new Set(uploadFields(procedure.form, draft.answers).flatMap(({ pointer }) => documentIds(draft.answers, pointer)))
    for (const file of await documents.ofFiling(draft.municipality, draft.id)) if (!used.has(file.id)) await documents.remove(file)
  }

  async function discard(municipality: string, id: string, login: Login): Promise<void> {
    await erase(await find(municipality, id, login))
  }

  async function erase(draft: Draft): Promise<void> {
    for (const file of await documents.ofFiling(draft.municipality, draft.id)) await documents.remove(file)
    await store.removeDraft(draft)
  }

  /** Erases drafts past their expiry; the worker calls it every day. Returns how many. */
  async function eraseExpired(): Promise<number> {
    const expired = await store.expiredDrafts(now(), 500)
    for (const draft of expired) await erase(draft)
    return expired.length
  }

  return { open, begin, saveStep, save, addFile, removeFile, discard, eraseExpired }
}

/** What the person sees in a step: what they typed last, valid or not. */
export const currentAnswers = (draft: Draft, step?: string): Answers =>
  draft.pending && (step === undefined || draft.pending.step === step) ? draft.pending.answers : draft.answers

function fieldOf(procedure: ProcedureVersion, draft: Draft, name: string): UploadField {
  const field = uploadFields(procedure.form, currentAnswers(draft)).find((candidate) => candidate.name === name)
  if (!field) throw new AppError('INVALID_INPUT', 'Upload for a field that the form does not have', { explanation: 'Il modulo non prevede questo file. Ricarica la pagina e riprova.' })
  return field
}

const expiry = (at: Date): Date => new Date(`${addDays(romeDate(at), DRAFT_DAYS)}T00:00:00Z`)

export type { DocumentId }
