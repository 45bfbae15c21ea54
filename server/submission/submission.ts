import type { StoredDocument } from '../documents/index.ts'
import type { OpenDraft } from '../drafts/index.ts'
import {
  administrationOf,
  capacityOf,
  dueOf,
  evidenceOf,
  filerOf,
  registeredDocument,
  type Draft,
  type Submitted,
} from '../filings/index.ts'
import { answerText } from '../forms/index.ts'
import type { NewEvent, NewTask } from '../history/index.ts'
import { authorOf, type Login } from '../identity/index.ts'
import type { Municipality } from '../municipalities/index.ts'
import { fillText } from '../procedures/index.ts'
import type { NewEntry, RegisterEntry } from '../protocol/index.ts'
import { partyName } from '../shared/party.ts'
import type { ApplicationFacts } from './application.ts'

/** All that is known of one sending, fixed before the transaction that writes it. */
export type Submission = Pick<OpenDraft, 'draft' | 'procedure' | 'files'> &
  ApplicationFacts &
  Readonly<{ municipality: Municipality; login: Login }>

/** The sending of a draft at the instant `at`, by the person who is logged in. */
export function submissionOf(
  { draft, procedure, files }: Pick<OpenDraft, 'draft' | 'procedure' | 'files'>,
  { municipality, login, at }: Pick<Submission, 'municipality' | 'login' | 'at'>,
): Submission {
  return {
    municipality,
    draft,
    procedure,
    files,
    login,
    at,
    filer: filerOf(login.person, procedure.form, draft.answers),
    evidence: evidenceOf(login),
  }
}

/** The sending as the register takes it; the application is its primary document. */
export function submissionEntry(
  { municipality, draft, procedure, files, at, filer }: Submission,
  application: StoredDocument,
): NewEntry {
  const { principal } = draft
  return {
    municipality: municipality.id,
    direction: 'in',
    at,
    subject: fillText(
      procedure.subject,
      { title: procedure.title, filer: partyName(filer), principal: partyName(principal ?? filer) },
      (pointer) => answerText(procedure.form, draft.answers, pointer),
    ),
    sender: principal ?? filer,
    ...(principal && { actedBy: filer, actedAs: capacityOf(draft) }),
    recipients: [administrationOf(municipality, draft.office)],
    documents: [registeredDocument(application, true), ...files.map((file) => registeredDocument(file, false))],
    classification: procedure.classification,
    office: draft.office,
    reserved: procedure.reserved,
    filing: draft.id,
  }
}

/** The filing that the draft becomes, at the draft's revision: its clock runs from the sending. */
export function submittedFiling(
  { draft, procedure, at, filer, evidence }: Submission,
  entry: RegisterEntry,
  codes: Pick<Submitted, 'verificationCode' | 'secondCode'>,
): Submitted {
  return {
    ...keptOf(draft),
    state: 'submitted',
    updatedAt: at,
    filer,
    evidence,
    protocol: { entry: entry.id, number: entry.number, year: entry.year, at },
    due: dueOf([{ type: 'submitted', at }], procedure.term),
    ...codes,
    receipt: null,
    assignedTo: null,
  }
}

/** What the history keeps of the sending. */
export function submissionEvent(
  { municipality, draft, files, at, login }: Submission,
  entry: RegisterEntry,
  application: StoredDocument,
): NewEvent {
  return {
    municipality: municipality.id,
    filing: draft.id,
    type: 'submitted',
    at,
    by: authorOf(login),
    data: {
      protocol: { entry: entry.id, number: entry.number, year: entry.year },
      procedure: draft.procedure,
      ...(draft.ground?.kind === 'mandate' && { mandate: draft.ground.mandate }),
      documents: [application, ...files].map(({ id, sha256 }) => ({ id, sha256 })),
    },
  }
}

/** What is left to do once the sending is written: its receipt. */
export const receiptDue = ({ municipality, draft }: Submission): NewTask => ({
  key: `receipt:${draft.id}`,
  kind: 'filing-receipt',
  municipality: municipality.id,
  payload: { filing: draft.id },
})

/** What a filing keeps of its draft. One that is missing here is missing in `Submitted`, and the compiler says so. */
const KEPT = [
  ...(['id', 'municipality', 'procedure', 'channel', 'office', 'answers', 'revision', 'createdAt'] as const),
  ...(['owner', 'profile', 'principal', 'ground'] as const),
]
type Kept = Pick<Draft, (typeof KEPT)[number]>

const keptOf = (draft: Draft): Kept => Object.fromEntries(KEPT.map((name) => [name, draft[name]])) as Kept
