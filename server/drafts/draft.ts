import type { Documents, StoredDocument } from '../documents/index.ts'
import type { Actors, Draft, FilingStore } from '../filings/index.ts'
import type { Answers, Decoded, FieldError, PrefillFacts } from '../forms/index.ts'
import type { Municipalities } from '../municipalities/index.ts'
import type { Catalogue, ProcedureVersion, ServiceState } from '../procedures/index.ts'
import { addDays, romeDate } from '../shared/dates.ts'
import type { FormBody } from '../shared/form-body.ts'
import type { PutFile } from './typed.ts'

/** What the services of drafts depend on. */
export type DraftDeps = {
  store: FilingStore
  catalogue: Catalogue
  municipalities: Pick<Municipalities, 'all' | 'byId'>
  documents: Documents
  actors: Pick<Actors, 'on'>
  /** What asks others to sign the draft's documents, and ends with it. Handed in: invitations are the matter of a later room. */
  invitations: {
    ofFiling(municipality: string, draft: string): Promise<readonly Readonly<{ id: string }>[]>
    endOf(draft: Draft): Promise<void>
  }
  now: () => Date
  newId: () => string
}

/** A draft with what is needed to go on with it. */
export type OpenDraft = Readonly<{
  draft: Draft
  procedure: ProcedureVersion
  /** What is known without being asked, now. */
  facts: PrefillFacts
  files: readonly StoredDocument[]
  /** Whether its service takes requests now: the draft may be filled in whatever it is, and sent only while it does. */
  service: ServiceState
  /** Its person has no mandate any more by which they could send it: it may be filled in all the same. */
  mandateEnded: boolean
}>

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

/** `emptied`: all that the item held was taken out on its page, and it stands as it was. */
export type SavedItem = Omit<SavedStep, 'leftOut'> & Readonly<{ item: string | null; emptied: boolean }>

export type StepInput = Readonly<{
  step: string
  body: FormBody
  files: readonly PutFile[]
  /** Revision that the page was made from. */
  revision: number
  /** "Save and go on later": keeps what is typed as it is, and reports no error. */
  lenient: boolean
}>

/** Days after its last change at which a draft is erased with its files (protocol-and-procedure.md §7, retention). */
export const DRAFT_DAYS = 90

/** Days that are left to a draft when its service takes requests again: time to come back to it. */
export const REOPENED_DAYS = 30

/** Drafts of one person at a time, with their files: more than whoever files for others every day has in hand. */
export const MOST_OPEN = 1_000

/** When a draft that was last changed at `at` is erased. */
export const draftExpiry = (at: Date): Date => new Date(`${addDays(romeDate(at), DRAFT_DAYS)}T00:00:00Z`)
