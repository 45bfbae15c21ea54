import type { OpenDraft } from '../drafts/index.ts'
import { AppError } from '../errors.ts'
import {
  assertMay,
  citizenOf,
  filingWith,
  type Actors,
  type Draft,
  type Filing,
  type Submitted,
} from '../filings/index.ts'
import { applyLocked, documentsOf } from '../forms/index.ts'
import type { Login } from '../identity/index.ts'
import type { Municipality } from '../municipalities/index.ts'
import { assertSendable } from '../procedures/index.ts'
import type { InTransaction } from '../shared/transaction.ts'
import { APPLICATION_NAME, APPLICATION_TYPE, applicationDocument } from './application.ts'
import { incomplete } from './completeness.ts'
import { createCompletenessService } from './completeness-service.ts'
import { createRegistrationService, type RegistrationDeps } from './registration-service.ts'
import { submissionOf } from './submission.ts'

type Deps = RegistrationDeps & {
  actors: Actors
  inTransaction: InTransaction
  now: () => Date
}

export type SubmissionService = ReturnType<typeof createSubmissionService>

/** Turns a draft into a protocolled filing: the one moment at which the law's clock starts. */
export function createSubmissionService(deps: Deps) {
  const { store, documents, actors, inTransaction, now } = deps
  const { defects } = createCompletenessService(deps)
  const { protocolled } = createRegistrationService(deps)

  /**
   * Submits once, however often it is asked: the second call returns the filing that the first one made.
   * Number, entry, state, history and outbox are written together or not at all (architecture §4).
   * Throws INVALID_INPUT when defects are left, NOT_FOUND for a filing that is not the person's own.
   */
  async function submit(
    municipality: Municipality,
    id: string,
    login: Login,
    open: () => Promise<OpenDraft>,
  ): Promise<Submitted> {
    try {
      const opened = await open()
      assertMay(opened.draft, 'send', await actors.on(opened.draft, citizenOf(login)))
      return await send(municipality, opened, login)
    } catch (error) {
      if (!(error instanceof AppError)) throw error
      // It was sent before; or, of several presses at once, one was faster and this one stumbled over what it had changed.
      const current = await own(municipality, id, login)
      if (current.state !== 'draft') return current
      throw error
    }
  }

  async function own({ id: municipality }: Municipality, id: string, login: Login): Promise<Filing> {
    const filing = await filingWith(store, municipality, id)
    assertMay(filing, 'see', await actors.on(filing, citizenOf(login)))
    return filing
  }

  async function send(
    municipality: Municipality,
    { procedure, facts, files: all, draft: stored, service }: OpenDraft,
    login: Login,
  ): Promise<Submitted> {
    assertSendable(service, `/pratiche/${stored.id}/riepilogo`)
    const draft: Draft = {
      ...stored,
      ground: await actors.groundOf(stored),
      answers: applyLocked(procedure.form, stored.answers, facts),
    }
    const left = await defects({ draft, procedure, facts, files: all }, login)
    if (left.length > 0) throw incomplete(draft.id, left)
    // A file whose upload was cut off is named by no answer, and is not part of what the person sends.
    const named = new Set(documentsOf(procedure.form, draft.answers))
    const files = all.filter((file) => named.has(file.id))
    const submission = submissionOf({ draft, procedure, files }, { municipality, login, at: now() })
    const application = await documents.prepare(applicationDocument(submission), {
      municipality: municipality.id,
      filing: draft.id,
      kind: 'application',
      name: APPLICATION_NAME,
      mediaType: APPLICATION_TYPE,
      at: submission.at,
    })
    const strays = all.filter((file) => file.kind === 'attachment' && !named.has(file.id))
    const sent = await inTransaction(async (transaction) => {
      await documents.disown(strays, transaction)
      return protocolled(submission, application, transaction)
    })
    await documents.abandon(strays)
    return sent
  }

  return { defects, submit }
}
