import { AppError } from '../errors.ts'
import type { Documents, Prepared, StoredDocument } from '../documents/index.ts'
import { answerText, applyLocked, canVisit, documentsOf, validateForm, type FieldError } from '../forms/index.ts'
import type { History, Outbox } from '../history/index.ts'
import type { Login } from '../identity/index.ts'
import type { Municipality } from '../municipalities/index.ts'
import { fillText, principalOf, type ProcedureVersion } from '../procedures/index.ts'
import type { Protocol, RegisteredDocument } from '../protocol/index.ts'
import { partyName, type Author } from '../shared/party.ts'
import type { InTransaction, Transaction } from '../shared/transaction.ts'
import { APPLICATION_NAME, APPLICATION_TYPE, applicationDocument, type ApplicationFacts } from './application.ts'
import { dueOf } from './clock.ts'
import type { OpenDraft } from './draft-service.ts'
import { evidenceOf, identityFacts, partyOf } from './facts.ts'
import { canRead, conflict, type Draft, type Filing, type FilingStore, type Submitted } from './filing.ts'
import { signatureDefects } from './signature-policy.ts'
import { stampDefect, stampOf, type StampStore } from './stamp.ts'

type Deps = {
  store: FilingStore
  stamps: StampStore
  documents: Documents
  protocol: Protocol
  history: History
  outbox: Outbox
  inTransaction: InTransaction
  now: () => Date
  newId: () => string
}

/** All that is known of one sending, fixed before the transaction that writes it. */
type Submission = OpenDraft & ApplicationFacts & Readonly<{ municipality: Municipality; login: Login }>

export type SubmissionService = ReturnType<typeof createSubmissionService>

/** Turns a draft into a protocolled filing: the one moment at which the law's clock starts. */
export function createSubmissionService({
  store,
  stamps,
  documents,
  protocol,
  history,
  outbox,
  inTransaction,
  now,
  newId,
}: Deps) {
  /** What still keeps the draft from being sent, in the order of the form. Empty when it may go. */
  async function defects({ draft, procedure, files }: OpenDraft, login: Login): Promise<FieldError[]> {
    const answers = applyLocked(procedure.form, draft.answers, identityFacts(login.person))
    const stamp = stampOf(procedure, answers)
    const used = stamp && (await stamps.usedBy(draft.municipality, stamp.identifier))
    return [
      ...validateForm(procedure.form, answers),
      ...signatureDefects(answers, procedure, files),
      ...(stamp && used !== undefined && used !== draft.id ? [stampDefect(stamp)] : []),
      ...unfinished(draft, procedure),
    ]
  }

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
    const filing = await own(municipality, id, login)
    if (filing.state !== 'draft') return filing
    try {
      return await send(municipality, await open(), login)
    } catch (error) {
      // Of several presses at once one was faster, and this one stumbled over what it had changed.
      const current = error instanceof AppError ? await own(municipality, id, login) : filing
      if (current.state !== 'draft') return current
      throw error
    }
  }

  async function own({ id: municipality }: Municipality, id: string, login: Login): Promise<Filing> {
    const filing = await store.find(municipality, id)
    if (filing && canRead(filing, { owner: login.person.key, offices: [] })) return filing
    throw new AppError('NOT_FOUND', 'No such filing for this person')
  }

  async function send(
    municipality: Municipality,
    { procedure, files: all, draft: stored }: OpenDraft,
    login: Login,
  ): Promise<Submitted> {
    const draft: Draft = {
      ...stored,
      answers: applyLocked(procedure.form, stored.answers, identityFacts(login.person)),
    }
    const left = await defects({ draft, procedure, files: all }, login)
    if (left.length > 0) throw incomplete(draft.id, left)
    // A file whose upload was cut off, by us too, is named by no answer: it is not part of what the person sends.
    const named = new Set(documentsOf(procedure.form, draft.answers))
    const files = all.filter((file) => named.has(file.id))
    const submission = submissionOf(municipality, { draft, procedure, files }, login)
    const application = await documents.prepare(applicationDocument(submission), {
      municipality: municipality.id,
      filing: draft.id,
      kind: 'application',
      name: APPLICATION_NAME,
      mediaType: APPLICATION_TYPE,
      at: submission.at,
    })
    const sent = await inTransaction((transaction) => protocolled(submission, application, transaction))
    // Only if these very answers were sent: those of a faster tab may name other files.
    const strays = sent.revision === draft.revision + 1 ? all.filter((file) => !named.has(file.id)) : []
    for (const stray of strays) if (stray.kind === 'attachment') await documents.remove(stray)
    return sent
  }

  /** In the transaction: of two filings with the same stamp that are sent at once, one is refused. */
  async function useStamp({ draft, procedure, at }: Submission, transaction: Transaction): Promise<void> {
    const stamp = stampOf(procedure, draft.answers)
    if (!stamp) return
    const { municipality, id: filing } = draft
    const used = { municipality, filing, at, identifier: stamp.identifier }
    if (!(await stamps.use(used, transaction))) throw incomplete(filing, [stampDefect(stamp)])
  }

  function submissionOf(municipality: Municipality, { draft, procedure, files }: OpenDraft, login: Login): Submission {
    const principal = principalOf(procedure, draft.answers) ?? null
    return {
      municipality,
      draft,
      procedure,
      files,
      login,
      at: now(),
      filer: partyOf(login.person),
      principal,
      evidence: evidenceOf(login),
    }
  }

  async function protocolled(submission: Submission, prepared: Prepared, transaction: Transaction): Promise<Submitted> {
    const { municipality, draft, procedure, files, at, filer, principal, evidence } = submission
    const current = await store.find(municipality.id, draft.id, transaction)
    if (current && current.state !== 'draft') return current
    await useStamp(submission, transaction)
    const application = await documents.keep(prepared, transaction)
    const entry = await protocol.register(
      {
        municipality: municipality.id,
        direction: 'in',
        at,
        subject: fillText(
          procedure.subject,
          { title: procedure.title, filer: partyName(filer), principal: partyName(principal ?? filer) },
          (pointer) => answerText(procedure.form, draft.answers, pointer),
        ),
        sender: principal ?? filer,
        recipients: [administrationOf(municipality, draft.office)],
        documents: [registered(application, true), ...files.map((file) => registered(file, false))],
        classification: procedure.classification,
        office: draft.office,
        reserved: procedure.reserved,
        filing: draft.id,
      },
      municipality,
      transaction,
    )
    const filing: Submitted = {
      ...common(draft),
      state: 'submitted',
      updatedAt: at,
      filer,
      principal,
      evidence,
      protocol: { entry: entry.id, number: entry.number, year: entry.year, at },
      due: dueOf([{ type: 'submitted', at }], procedure.term),
      verificationCode: newId(),
      receipt: null,
      assignedTo: null,
    }
    if (!(await store.replace(filing, transaction))) throw conflict(draft)
    await history.append(
      {
        municipality: municipality.id,
        filing: draft.id,
        type: 'submitted',
        at,
        by: authorOf(submission.login),
        data: {
          protocol: { entry: entry.id, number: entry.number, year: entry.year },
          procedure: draft.procedure,
          documents: [application, ...files].map(({ id, sha256 }) => ({ id, sha256 })),
        },
      },
      transaction,
    )
    await outbox.put(
      [
        {
          key: `receipt:${draft.id}`,
          kind: 'filing-receipt',
          municipality: municipality.id,
          payload: { filing: draft.id },
        },
      ],
      transaction,
    )
    return { ...filing, revision: filing.revision + 1 }
  }

  return { defects, submit }
}

function incomplete(id: string, [first, ...others]: readonly FieldError[]): AppError {
  return new AppError('INVALID_INPUT', 'Draft is not complete', {
    explanation:
      first && others.length === 0
        ? `${first.message.replace(/\.$/, '')}.`
        : 'Mancano ancora alcune informazioni: le trovi indicate nel riepilogo.',
    back: `/pratiche/${id}/riepilogo`,
  })
}

/** A step with something typed that is not valid: what would be sent is not what the person wrote last. */
function unfinished(draft: Draft, { form }: ProcedureVersion): FieldError[] {
  return form.steps
    .filter(({ id }) => draft.pending.some(({ step }) => step === id) && canVisit(form, id, draft.answers))
    .map(({ id, title }) => ({
      pointer: '',
      name: '',
      label: title,
      message: `In «${title}» hai scritto qualcosa che non è ancora completo: controllalo o confermalo.`,
      stepId: id,
    }))
}

export const registered = (
  { id, name, mediaType, size, sha256 }: StoredDocument,
  primary: boolean,
): RegisteredDocument => ({ id, name, mediaType, size, sha256, primary })

export function administrationOf(municipality: Municipality, officeId: string) {
  const office = municipality.offices.find(({ id }) => id === officeId)
  return {
    kind: 'administration',
    name: municipality.name,
    ipaCode: municipality.ipaCode,
    ...(office ? { office: office.name } : {}),
    pec: municipality.pec,
  } as const
}

export const authorOf = ({ person, level }: Login): Author => ({
  kind: 'citizen',
  name: `${person.givenName} ${person.familyName}`,
  cf: person.cf,
  level,
})

function common({
  id,
  municipality,
  procedure,
  channel,
  owner,
  office,
  answers,
  revision,
  createdAt,
  updatedAt,
}: Draft) {
  return { id, municipality, procedure, channel, owner, office, answers, revision, createdAt, updatedAt }
}
