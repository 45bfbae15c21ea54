import type { Readable } from 'node:stream'
import { AppError } from '../errors.ts'
import type { StoredDocument } from '../documents/index.ts'
import type { Draft } from '../filings/index.ts'
import { decodeStep, detach, uploadFields, type Form } from '../forms/index.ts'
import type { FormBody } from '../shared/form-body.ts'
import type { DraftDeps, OpenDraft } from './draft.ts'
import type { DraftSaving } from './draft-saving-service.ts'
import { answersInStep, documentsInDraft, type PutFile } from './typed.ts'

type Deps = Pick<DraftDeps, 'store' | 'documents' | 'now'> & { saving: DraftSaving }

export type DraftFiles = ReturnType<typeof createDraftFiles>

/** The files of a draft: a file that no answer names is removed. */
export function createDraftFiles({ store, documents, now, saving }: Deps) {
  const filesOf = ({ municipality, id }: Draft): Promise<StoredDocument[]> => documents.ofFiling(municipality, id)

  /**
   * Takes one file for an upload field of the step, as far as the fields that came before it in the same request say.
   * A refused file leaves nothing behind; a taken one belongs to the draft once `saveStep` names it.
   */
  async function receiveFile(
    { draft, procedure: { form, signature } }: OpenDraft,
    file: { step: string; field: string; name: string; stream: Readable; body: FormBody },
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
      sender: draft.owner,
      name: file.name,
      maxBytes: field.maxBytes,
      accept: field.accept,
      activeContent: signature.activeContent,
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
    await saving.save(draft, { answers: detach(form, draft.answers, file.id), pending })
    await documents.remove(file)
  }

  /**
   * Takes back files that came with a form that was not saved. Those that the draft names stay: of a save whose answer was lost with its
   * connection only the draft tells how it ended.
   */
  async function forget({ draft, procedure: { form } }: OpenDraft, put: readonly PutFile[]): Promise<void> {
    if (put.length === 0) return
    const ids = new Set(put.map(({ documentId }) => documentId))
    const files = await documents.ofFiling(draft.municipality, draft.id)
    const current = await store.find(draft.municipality, draft.id)
    const named = current?.state === 'draft' ? documentsInDraft(form, current) : new Set<string>()
    for (const file of files) if (ids.has(file.id) && !named.has(file.id)) await documents.remove(file)
  }

  /**
   * Removes files that no answer names any more (forms-and-ui.md §3.7): they were replaced, or their question no longer
   * applies. `known` are those that the draft named until now, and those that came with the request.
   */
  async function dropUnused(known: Iterable<string>, draft: Draft, form: Form): Promise<void> {
    const before = [...known]
    // Most drafts have none yet: their answers need not be looked through.
    if (before.length === 0) return
    const named = documentsInDraft(form, draft)
    if (before.every((id) => named.has(id))) return
    const files = await documents.ofFiling(draft.municipality, draft.id)
    // Read after the list of files: one that a co-signer exchanged meanwhile is then in both.
    const current = await store.find(draft.municipality, draft.id)
    if (current?.state !== 'draft') return
    const used = documentsInDraft(form, current)
    for (const file of files) if (file.kind === 'attachment' && !used.has(file.id)) await documents.remove(file)
  }

  return { filesOf, receiveFile, removeFile, forget, dropUnused }
}
